# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Standard deviation of numbers."""

from statistics import stdev


def standard_deviation(numbers: list[float]) -> float:
    """Sample standard deviation (spread) of numbers, with n - 1 in the divisor.

    Args:
        numbers: At least two numbers.

    Returns:
        The standard deviation, in the numbers' own unit.

    Raises:
        ValueError: There are fewer than two numbers.

    Examples:
        >>> standard_deviation([2, 4, 6])
        2.0
    """
    if len(numbers) < 2:
        raise ValueError(f"a standard deviation needs two numbers or more, not {len(numbers)}")
    return stdev(numbers)
