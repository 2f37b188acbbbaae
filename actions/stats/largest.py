# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Largest of numbers."""


def largest(numbers: list[float]) -> float:
    """Largest (maximum, highest, greatest, most expensive) of numbers.

    Args:
        numbers: The numbers.

    Returns:
        The largest one.

    Raises:
        ValueError: There are no numbers.

    Examples:
        >>> largest([3, -2, 7])
        7
    """
    if not numbers:
        raise ValueError("there are no numbers to find the largest of")
    return max(numbers)
