# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""A percentage of a number."""


def percent_of(percent: float, value: float) -> float:
    """A percentage (percent, %, share) of a number, such as 15 % of 240.

    Args:
        percent: The percentage, 100 for the whole.
        value: The number that it is taken of.

    Returns:
        The number times percent, divided by 100.

    Examples:
        >>> percent_of(15, 240)
        36.0
    """
    return percent * value / 100
