# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Least common multiple of two numbers."""

import math


def least_common_multiple(a: int, b: int) -> int:
    """Least (lowest, smallest) common multiple (lcm) of two whole numbers.

    Args:
        a: The first number.
        b: The second number.

    Returns:
        The smallest positive number that both divide; 0 where one of them is 0.

    Examples:
        >>> least_common_multiple(4, 6)
        12
    """
    return math.lcm(a, b)
