# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Median of numbers."""

import statistics


def median(numbers: list[float]) -> float:
    """Median (middle value) of numbers.

    Args:
        numbers: The numbers.

    Returns:
        The middle one in order of size; the mean of the middle two where the count is even.

    Raises:
        ValueError: There are no numbers.

    Examples:
        >>> median([9, 1, 2])
        2
        >>> median([1, 2, 3, 9])
        2.5
    """
    if not numbers:
        raise ValueError("there are no numbers to take the median of")
    return statistics.median(numbers)
