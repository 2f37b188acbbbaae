# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Prime factors of a number."""

import math

from .is_prime import is_prime


def prime_factors(n: int) -> list[int]:
    """Prime factors (factorization) of a whole number.

    Args:
        n: The number, from 1 to 3.3e24; those with two large factors take a while.

    Returns:
        The primes whose product it is, in order of size, repeated ones included; none for 1.

    Raises:
        ValueError: The number is below 1 or too large.

    Examples:
        >>> prime_factors(360)
        [2, 2, 2, 3, 3, 5]
    """
    if n < 1:
        raise ValueError(f"{n} has no prime factors: the number must be 1 or more")
    factors: list[int] = []
    for prime in (2, 3, 5, 7, 11, 13):
        while n % prime == 0:
            factors.append(prime)
            n //= prime
    return factors + sorted(_large_factors(n))


def _large_factors(n: int) -> list[int]:
    if n == 1:
        return []
    if is_prime(n):
        return [n]
    divisor = _divisor(n)
    return _large_factors(divisor) + _large_factors(n // divisor)


def _divisor(n: int) -> int:
    """A divisor of the odd composite number n, by Pollard's rho method."""
    root = math.isqrt(n)
    if root * root == n:
        return root
    for step in range(1, n):
        slow = fast = 2
        divisor = 1
        while divisor == 1:
            slow = (slow * slow + step) % n
            fast = (fast * fast + step) % n
            fast = (fast * fast + step) % n
            divisor = math.gcd(slow - fast, n)
        if divisor != n:
            return divisor
    raise ValueError(f"no divisor of {n} found")
