# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""The date some days after a date."""

import datetime as dt

from .parse_date import parse_date


def add_days(date: str, days: int) -> str:
    """The date some days after (later, from) or, with a negative number, before a date.

    Args:
        date: The date to count from, such as '2024-02-28'.
        days: How many days to add.

    Returns:
        The new date as 'YYYY-MM-DD'.

    Raises:
        ValueError: The text is not a date, or the result lies outside the years 1 to 9999.

    Examples:
        >>> add_days("2024-02-28", 2)
        '2024-03-01'
        >>> add_days("2024-01-01", -1)
        '2023-12-31'
    """
    try:
        return (dt.date.fromisoformat(parse_date(date)) + dt.timedelta(days=days)).isoformat()
    except OverflowError as error:
        raise ValueError(f"{days} days from {date} is outside the years 1 to 9999") from error
