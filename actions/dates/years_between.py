# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Number of whole years between two dates."""

from datetime import date

from .parse_date import parse_date


def years_between(start: str, end: str) -> int:
    """Number of whole years between two dates, such as a person's age (how old) on a date.

    Args:
        start: The first date, such as the birthday; it may not come after the end.
        end: The second date.

    Returns:
        The years completed; who was born on 29 February completes one on 1 March.

    Raises:
        ValueError: One of them is not a date, or the start comes after the end.

    Examples:
        >>> years_between("1990-05-17", "2024-05-16")
        33
        >>> years_between("1990-05-17", "2024-05-17")
        34
    """
    first, last = date.fromisoformat(parse_date(start)), date.fromisoformat(parse_date(end))
    if first > last:
        raise ValueError(f"the start {first} comes after the end {last}")
    before_the_day = (last.month, last.day) < (first.month, first.day)
    return last.year - first.year - before_the_day
