# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Factorial of a number."""

import math


def factorial(n: int) -> int:
    """Factorial (n!) of a whole number: the product of the numbers from 1 to n.

    Args:
        n: The number, 0 or more.

    Returns:
        The product; 1 for 0.

    Raises:
        ValueError: n is negative.

    Examples:
        >>> factorial(5)
        120
    """
    if n < 0:
        raise ValueError(f"n is {n}, but must not be negative")
    return math.factorial(n)
