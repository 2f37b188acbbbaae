# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Distance between two places on Earth."""

from math import asin, cos, radians, sin, sqrt

_RADIUS = 6371.0088  # the mean radius of the Earth in kilometres (IUGG)


def distance_on_earth(
    from_latitude: float, from_longitude: float, to_latitude: float, to_longitude: float
) -> float:
    """Distance in kilometres between two places on Earth by their coordinates (great circle).

    Args:
        from_latitude: Latitude of the first place in degrees, negative below the equator.
        from_longitude: Its longitude in degrees, negative on the side of America.
        to_latitude: Latitude of the second place.
        to_longitude: Its longitude.

    Returns:
        The kilometres along the surface of a sphere with the Earth's mean radius, right to about
        0.5 %.

    Raises:
        ValueError: A latitude lies beyond a pole, or a longitude is beyond 360 degrees.

    Examples:
        >>> round(distance_on_earth(59.91, 10.75, 60.39, 5.32))  # Oslo to Bergen
        305
    """
    if max(abs(from_latitude), abs(to_latitude)) > 90:
        raise ValueError("a latitude lies between -90 and 90 degrees")
    if max(abs(from_longitude), abs(to_longitude)) > 360:
        raise ValueError("a longitude lies between -180 and 180 degrees")
    north, south = radians(from_latitude), radians(to_latitude)
    across = sin(radians(to_longitude - from_longitude) / 2) ** 2
    half = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * across
    return 2 * _RADIUS * asin(min(sqrt(half), 1.0))
