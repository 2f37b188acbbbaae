# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Whether a number is prime."""

_BASES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)
_LIMIT = 3_317_044_064_679_887_385_961_981


def is_prime(n: int) -> bool:
    """Whether a whole number is prime (a prime number).

    The Miller-Rabin test with the first 13 primes as bases, which is proved to make no mistake
    below the limit (Sorenson and Webster, 2015).

    Args:
        n: The number, below 3.3e24.

    Returns:
        True where it is prime; numbers below 2 are not.

    Raises:
        ValueError: The number is too large.

    Examples:
        >>> is_prime(97), is_prime(91), is_prime(1)
        (True, False, False)
    """
    if n >= _LIMIT:
        raise ValueError(f"the number has to be below {_LIMIT}")
    if n < 2 or any(n % base == 0 for base in _BASES):
        return n in _BASES
    return all(_may_be_prime(n, base) for base in _BASES)


def _may_be_prime(n: int, base: int) -> bool:
    """Whether the base does not prove the odd number n composite."""
    twos = ((n - 1) & (1 - n)).bit_length() - 1
    power = pow(base, (n - 1) >> twos, n)
    if power in (1, n - 1):
        return True
    for _ in range(twos - 1):
        power = power * power % n
        if power == n - 1:
            return True
    return False
