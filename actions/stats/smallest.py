# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Smallest of numbers."""


def smallest(numbers: list[float]) -> float:
    """Smallest (minimum, lowest, least, cheapest) of numbers.

    Args:
        numbers: The numbers.

    Returns:
        The smallest one.

    Raises:
        ValueError: There are no numbers.

    Examples:
        >>> smallest([3, -2, 7])
        -2
    """
    if not numbers:
        raise ValueError("there are no numbers to find the smallest of")
    return min(numbers)
