# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Prime numbers below a limit."""

import math


def primes_below(n: int) -> list[int]:
    """Prime numbers below (less than, up to) a limit.

    Args:
        n: The limit, which is not itself included; at most 10 million.

    Returns:
        The primes in order of size.

    Raises:
        ValueError: The limit is above 10 million.

    Examples:
        >>> primes_below(20)
        [2, 3, 5, 7, 11, 13, 17, 19]
    """
    if n > 10_000_000:
        raise ValueError(f"the limit is {n}, but may be at most 10 million")
    sieve = bytearray([0, 0]) + bytearray([1]) * max(n - 2, 0)
    for number in range(2, math.isqrt(max(n, 0)) + 1):
        if sieve[number]:
            sieve[number * number :: number] = bytes(
                len(range(number * number, len(sieve), number))
            )
    return [number for number, prime in enumerate(sieve) if prime]
