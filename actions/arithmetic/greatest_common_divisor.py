# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Greatest common divisor of two numbers."""

import math


def greatest_common_divisor(a: int, b: int) -> int:
    """Greatest common divisor (gcd, highest common factor) of two whole numbers.

    Args:
        a: The first number.
        b: The second number.

    Returns:
        The largest number that divides both; 0 where both are 0.

    Examples:
        >>> greatest_common_divisor(84, 36)
        12
    """
    return math.gcd(a, b)
