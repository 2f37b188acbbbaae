# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Seconds as a duration that people read."""

_UNITS = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000))


def format_duration(seconds: float) -> str:
    """Seconds written as a duration (length of time) in days, hours, minutes and seconds.

    Args:
        seconds: The duration in seconds; it is rounded to milliseconds.

    Returns:
        The duration in the form that parse_duration reads, units of zero left out.

    Raises:
        ValueError: The seconds are infinite or not a number.

    Examples:
        >>> format_duration(5405)
        '1h 30m 5s'
        >>> format_duration(-0.25)
        '-0.25s'
    """
    try:
        rest = abs(round(seconds * 1000))
    except (OverflowError, ValueError) as error:
        raise ValueError(f"{seconds} seconds is not a duration") from error
    sign = "-" if seconds < 0 and rest else ""
    parts = []
    for name, size in _UNITS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{name}")
    if rest or not parts:
        parts.append(f"{rest / 1000:g}s")
    return sign + " ".join(parts)
