# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Arithmetic mean of numbers."""

from statistics import fmean


def mean(numbers: list[float]) -> float:
    """Arithmetic mean (average, avg) of numbers.

    Args:
        numbers: The numbers.

    Returns:
        Their sum divided by their count.

    Raises:
        ValueError: There are no numbers.

    Examples:
        >>> mean([1, 2, 6])
        3.0
    """
    if not numbers:
        raise ValueError("there are no numbers to average")
    return fmean(numbers)
