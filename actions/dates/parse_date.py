# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""A date in ISO form."""

import re
from datetime import date

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})", re.ASCII)
_TIME = re.compile(r"(?:(?:[,: ]+|T)\d{1,2}:\d{2}|T\d{4}).*", re.ASCII | re.DOTALL)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", re.ASCII)
_DAY_MONTH = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?[ /-]+(?:of )?([a-z]+)\.?,?[ /-]+(\d{4})", re.ASCII
)
_MONTH_DAY = re.compile(r"([a-z]+)\.? +(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})", re.ASCII)
_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? +")


def parse_date(text: str) -> str:
    """A written date in ISO form, year-month-day.

    Understood are '2024-02-29' (also with '/', '.' or nothing between), '29 February 2024',
    'Feb 29, 2024', '29.2.2024' (the day first), and '29/2/2024' or '2/29/2024' where only one
    reading is a date. A time may follow; it is dropped, and its zone does not move the date.

    Args:
        text: The date as it is written.

    Returns:
        The date as 'YYYY-MM-DD'.

    Raises:
        ValueError: The text is not a date, or can be read as two.

    Examples:
        >>> parse_date("February 29, 2024"), parse_date("29.2.2024")
        ('2024-02-29', '2024-02-29')
        >>> parse_date("03/04/2024")
        Traceback (most recent call last):
        ...
        ValueError: '03/04/2024' can mean 2024-03-04 or 2024-04-03; write it as YYYY-MM-DD
    """
    readings = sorted({day for day in _readings(text.strip()) if day})
    if not readings:
        raise ValueError(f"{text!r} is not a date; write it as YYYY-MM-DD")
    if len(readings) > 1:
        either = " or ".join(readings)
        raise ValueError(f"{text!r} can mean {either}; write it as YYYY-MM-DD")
    return readings[0]


def _readings(text: str) -> list[str]:
    """What the text can mean, '' for a reading that is no date."""
    text = _TIME.sub("", text, count=1)
    if match := _YEAR_FIRST.fullmatch(text):
        # '2024-123' and '202411' are no dates: without separators all eight digits must be there.
        whole = match[2] or len(match[3] + match[4]) == 4
        return [_iso(match[1], match[3], match[4])] if whole else []
    if match := _YEAR_LAST.fullmatch(text):
        day_first = _iso(match[4], match[3], match[1])
        return [day_first] if match[2] == "." else [day_first, _iso(match[4], match[1], match[3])]
    text = _WEEKDAY.sub("", text.casefold(), count=1)
    if match := _DAY_MONTH.fullmatch(text):
        return [_iso(match[3], match[2], match[1])]
    if match := _MONTH_DAY.fullmatch(text):
        return [_iso(match[3], match[1], match[2])]
    return []


def _iso(year: str, month: str, day: str) -> str:
    if not month.isdigit():
        named = [name for name in _MONTHS if len(month) > 2 and name.startswith(month)]
        month = str(_MONTHS.index(named[0]) + 1) if named else "0"
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""
