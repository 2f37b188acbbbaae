# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Percentile of numbers."""

import math


def percentile(numbers: list[float], percent: float) -> float:
    """Percentile (quantile, quartile) of numbers, linear between the two nearest.

    Args:
        numbers: The numbers.
        percent: From 0 (the smallest) to 100 (the largest); 50 is the median.

    Returns:
        The number below which that share of the numbers lies.

    Raises:
        ValueError: There are no numbers, or percent is not within 0 and 100.

    Examples:
        >>> percentile([10, 20, 30, 40, 50], 90)
        46.0
    """
    if not numbers:
        raise ValueError("there are no numbers to take a percentile of")
    if not 0 <= percent <= 100:
        raise ValueError(f"percent is {percent}, but must be from 0 to 100")
    ordered = sorted(numbers)
    position = (len(ordered) - 1) * percent / 100
    below, above = ordered[math.floor(position)], ordered[math.ceil(position)]
    return below + (above - below) * (position - math.floor(position))
