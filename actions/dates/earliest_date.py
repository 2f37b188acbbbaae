# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Earliest of dates."""

from typing import Any

from .parse_date import parse_date


def earliest_date(items: list[Any]) -> str:
    """Earliest (first, oldest) date of a list, such as when the first order was.

    Args:
        items: The dates as they are written; None and '' are left out.

    Returns:
        The date as 'YYYY-MM-DD'.

    Raises:
        ValueError: There are no dates, or one of the items is not a date.

    Examples:
        >>> earliest_date(["2024-03-01", "29 February 2024", None])
        '2024-02-29'
    """
    dates = [parse_date(str(item)) for item in items if item not in (None, "")]
    if not dates:
        raise ValueError("there are no dates to find the earliest of")
    return min(dates)
