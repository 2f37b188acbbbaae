# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Day of the week of a date."""

import datetime as dt

from .parse_date import parse_date

_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def weekday_name(date: str) -> str:
    """Day of the week (weekday) of a date: which day it is, was or will be.

    Args:
        date: The date, such as '2024-02-29'.

    Returns:
        The weekday's English name.

    Raises:
        ValueError: The text is not a date.

    Examples:
        >>> weekday_name("2024-02-29")
        'Thursday'
    """
    return _NAMES[dt.date.fromisoformat(parse_date(date)).weekday()]
