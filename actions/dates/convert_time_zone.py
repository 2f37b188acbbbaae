# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""A time in another time zone."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def convert_time_zone(time: str, from_zone: str, to_zone: str) -> str:
    """A date and time converted from one time zone to another, summer time (DST) counted in.

    Args:
        time: The time as '2024-07-01 15:30' or in another ISO form; where it tells its own offset,
            that counts.
        from_zone: The zone that it is in, such as 'America/New_York', 'Europe/Oslo' or 'UTC'.
        to_zone: The zone wanted.

    Returns:
        The time there in ISO form, with its offset.

    Raises:
        ValueError: The time cannot be read, or a zone is unknown.

    Examples:
        >>> convert_time_zone("2024-07-01 15:30", "America/New_York", "Europe/Oslo")
        '2024-07-01T21:30:00+02:00'
    """
    try:
        moment = datetime.fromisoformat(time.strip())
    except ValueError as error:
        raise ValueError(f"{time!r} is no time; write it as 2024-07-01 15:30") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_zone(from_zone))
    return moment.astimezone(_zone(to_zone)).isoformat()


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name.strip().replace(" ", "_"))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"unknown time zone {name!r}; write it as Europe/Oslo or UTC") from error
