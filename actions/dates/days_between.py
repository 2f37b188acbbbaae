# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Number of days between two dates."""

from datetime import date

from .parse_date import parse_date


def days_between(start: str, end: str) -> int:
    """Number of days between two dates (from one date to another, until).

    Args:
        start: The first date, such as '2024-02-28'.
        end: The second date.

    Returns:
        The days from start to end; negative where end comes first, 0 for the same day.

    Raises:
        ValueError: One of them is not a date.

    Examples:
        >>> days_between("2024-02-28", "2024-03-01")
        2
    """
    return (date.fromisoformat(parse_date(end)) - date.fromisoformat(parse_date(start))).days
