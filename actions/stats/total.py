# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Sum of numbers."""

import math


def total(numbers: list[float]) -> float:
    """Total (sum) of numbers, added up without rounding errors.

    Args:
        numbers: The numbers.

    Returns:
        Their sum, int where all of them are; 0 where there are none.

    Examples:
        >>> total([1, 2, 3])
        6
        >>> total([0.1] * 10)
        1.0
    """
    whole = all(isinstance(number, int) for number in numbers)
    return sum(numbers) if whole else math.fsum(numbers)
