"""Literals that a task spells in words: sums, percentages, periods, durations."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence

from dynasaur.models.planning.literals import Literal, Places
from dynasaur.models.planning.words import Token

_NUMBER = r"-?\d+(?:,\d{3})*(?:\.\d+)?"
_PERCENT_OF = re.compile(rf"({_NUMBER})\s*(?:%|percent) of ({_NUMBER})(?![\w,.]*\d)", re.IGNORECASE)
_ROOT_OF = re.compile(rf"square root of ({_NUMBER})|sqrt\(?({_NUMBER})\)?", re.IGNORECASE)
_POWER = re.compile(
    rf"({_NUMBER}) (?:raised )?to the "
    rf"(?:power of ({_NUMBER})|({_NUMBER})(?:st|nd|rd|th)(?: power)?)",
    re.IGNORECASE,
)
_SIGNS = {
    "plus": "+",
    "added to": "+",
    "minus": "-",
    "times": "*",
    "multiplied by": "*",
    "divided by": "/",
    "over": "/",
    "modulo": "%",
    "mod": "%",
}
_WORD = "|".join(name for name in _SIGNS if name != "over")
_SPOKEN = re.compile(rf"{_NUMBER}(?: (?:{_WORD}) {_NUMBER})+(?![\w.,]*\d)", re.IGNORECASE)
_SQUARED = re.compile(rf"({_NUMBER}) (squared|cubed)", re.IGNORECASE)
_PART = (
    r"\d+(?:\.\d+)?\s?(?:h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?|d|days?|w|weeks?)(?![a-z])"
)
_DURATION = re.compile(rf"(?<![\w.]){_PART}(?:(?:,? and |, | |){_PART})+", re.IGNORECASE)
_MONTH = "|".join(list(calendar.month_name)[1:])
_PERIOD = re.compile(
    rf"(?:(?P<month>{_MONTH})(?: of)? |(?P<quarter>Q[1-4]|[a-z]+ quarter)(?: of)? |(?:year )?)"
    r"(?P<year>(?:19|20)\d{2})(?![\d-])",
    re.IGNORECASE,
)
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4}
_BACK = re.compile(r"(?P<n>\d+) days? (?P<back>before|earlier than|prior to)\b", re.IGNORECASE)
_RUN = re.compile(r"(?<![\w.,/-])-?\d+(?:\.\d+)?(?: -?\d+(?:\.\d+)?){2,}(?![\w.,/:-])")


def spoken_literals(text: str, parts: Sequence[Token]) -> Iterator[Literal]:
    """The literals that the words of a text amount to."""
    places = Places(parts)
    for expression, start, end in _expressions(text):
        yield Literal("expression", expression, places.of(start, end))
    for match in _DURATION.finditer(text):
        yield Literal("duration", match.group(), places.of(*match.span()))
    for match in _RUN.finditer(text):
        numbers = [float(one) if "." in one else int(one) for one in match.group().split()]
        yield Literal("numbers", tuple(numbers), places.of(*match.span()))
    for match in _BACK.finditer(text):
        span = places.of(*match.span("n")) | places.of(*match.span("back"))
        yield Literal("number", -int(match["n"]), span)
    yield from _periods(text, places)


def _expressions(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _PERCENT_OF.finditer(text):
        yield f"{_plain(match[1])} * {_plain(match[2])} / 100", *match.span()
    for match in _ROOT_OF.finditer(text):
        yield f"sqrt({_plain(match[1] or match[2])})", *match.span()
    for match in _POWER.finditer(text):
        yield f"{_plain(match[1])} ** {_plain(match[2] or match[3])}", *match.span()
    for match in _SQUARED.finditer(text):
        yield f"{_plain(match[1])} ** {2 if match[2].lower() == 'squared' else 3}", *match.span()
    for match in _SPOKEN.finditer(text):
        written = match.group().lower()
        for words, sign in _SIGNS.items():
            written = written.replace(f" {words} ", f" {sign} ")
        yield _plain(written), *match.span()


def _plain(number: str) -> str:
    return number.replace(",", "")


def _periods(text: str, places: Places) -> Iterator[Literal]:
    """A month, a quarter or a year, as its first and its last day."""
    for match in _PERIOD.finditer(text):
        year = int(match["year"])
        months = _months(match["month"], match["quarter"])
        if months is None or (match["month"] and _is_day(text, match.start())):
            continue
        first, last = months
        span = places.of(*match.span())
        end = calendar.monthrange(year, last)[1]
        # Two dates that belong together; the words stand for the first of them.
        pair = match.group()
        yield Literal("date", f"{year}-{first:02}-01", span, column=pair, sort="start")
        yield Literal("date", f"{year}-{last:02}-{end:02}", column=pair, sort="end")


def _is_day(text: str, start: int) -> bool:
    """The month is part of a full date."""
    return bool(re.search(r"\d(?:st|nd|rd|th)?(?: of)? $", text[:start]))


def _months(month: str | None, quarter: str | None) -> tuple[int, int] | None:
    if month:
        number = list(calendar.month_name).index(month.capitalize())
        return number, number
    if quarter:
        first = quarter.split()[0].lower()
        number = int(first[1]) if first[1:].isdigit() else _QUARTERS.get(first, 0)
        return (3 * number - 2, 3 * number) if number else None
    return 1, 12
