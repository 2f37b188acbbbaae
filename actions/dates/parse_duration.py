# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Seconds of a duration."""

import re

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "ms": 0.001}
_NAMES = {
    "sec": "s", "second": "s", "min": "m", "minute": "m", "hr": "h", "hour": "h",
    "day": "d", "week": "w", "wk": "w", "msec": "ms", "millisecond": "ms",
}  # fmt: skip
_CLOCK = re.compile(r"(?:(\d+):)?(\d+):([0-5]\d(?:\.\d+)?)", re.ASCII)
_ISO = re.compile(r"p(?=.)([\d.]+w)?([\d.]+d)?(?:t(?=.)([\d.]+h)?([\d.]+m)?([\d.]+s)?)?", re.ASCII)
_PART = re.compile(r"\s*(?:,|and\b)?\s*(\d+(?:\.\d+)?|\.\d+)\s*([a-z]+)", re.ASCII)


def parse_duration(text: str) -> float:
    """Seconds of a written duration (length of time), such as '1h 30m' or '2 days'.

    Understood are weeks, days, hours, minutes, seconds and milliseconds, in words or letters;
    clock times '1:30:00' (hours, minutes, seconds) and '4:05' (minutes, seconds); and ISO 8601
    durations such as 'PT1H30M'.

    Args:
        text: The duration as it is written.

    Returns:
        The duration in seconds.

    Raises:
        ValueError: The text is not a duration, or in months or years, whose length varies.

    Examples:
        >>> parse_duration("1 hour and 30 minutes"), parse_duration("4:05")
        (5400.0, 245.0)
    """
    written = text.strip().lower()
    sign = -1.0 if written.startswith("-") else 1.0
    written = written.removeprefix("-").strip()
    if match := _CLOCK.fullmatch(written):
        hours, minutes, seconds = match.groups()
        return sign * (3600 * int(hours or 0) + 60 * int(minutes) + float(seconds))
    if match := _ISO.fullmatch(written):
        written = " ".join(part for part in match.groups() if part)
    total, position = 0.0, 0
    while match := _PART.match(written, position):
        total += float(match[1]) * _seconds(match[2], text)
        position = match.end()
    if position == 0 or written[position:].strip():
        raise ValueError(f"{text!r} is not a duration; write it as in '1h 30m'")
    return sign * total


def _seconds(unit: str, text: str) -> float:
    """Seconds of one unit, by letter or by name."""
    name = unit if unit in _SECONDS else _NAMES.get(unit, _NAMES.get(unit.removesuffix("s"), ""))
    if name not in _SECONDS:
        raise ValueError(f"{text!r}: {unit!r} is not a unit of time from weeks to milliseconds")
    return _SECONDS[name]
