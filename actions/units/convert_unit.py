# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""A quantity in another unit."""

# Kind of quantity, and for each unit its size in the kind's first unit. Names by which a unit goes
# stand together; a plural "s" is understood.
_SIZES: dict[str, dict[str, float]] = {
    "length": {
        "m metre meter": 1, "km kilometre kilometer": 1000, "cm centimetre centimeter": 0.01,
        "mm millimetre millimeter": 0.001, "um µm micrometre micrometer micron": 1e-6,
        "nm nanometre nanometer": 1e-9, "in inch inches": 0.0254, "ft foot feet": 0.3048,
        "yd yard": 0.9144, "mi mile": 1609.344, "nmi nautical_mile": 1852,
    },
    "mass": {
        "g gram gramme": 1, "kg kilogram kilo": 1000, "mg milligram": 0.001, "t tonne": 1e6,
        "oz ounce": 28.349523125, "lb pound": 453.59237, "st stone": 6350.29318,
    },
    "time": {
        "s sec second": 1, "ms millisecond": 0.001, "min minute": 60, "h hr hour": 3600,
        "d day": 86400, "wk week": 604800,
    },
    "data": {
        "b byte": 1, "bit": 0.125, "kb kilobyte": 1e3, "mb megabyte": 1e6, "gb gigabyte": 1e9,
        "tb terabyte": 1e12, "kib kibibyte": 2**10, "mib mebibyte": 2**20, "gib gibibyte": 2**30,
        "tib tebibyte": 2**40,
    },
    "volume": {
        "l litre liter": 1, "ml millilitre milliliter": 0.001,
        "m3 m³ cubic_metre cubic_meter": 1000,
        "gal gallon": 3.785411784, "qt quart": 0.946352946, "pt pint": 0.473176473,
        "cup": 0.2365882365, "tbsp tablespoon": 0.01478676478125, "tsp teaspoon": 0.00492892159375,
    },
    "area": {
        "m2 m² square_metre square_meter": 1, "km2 km² square_kilometre square_kilometer": 1e6,
        "ha hectare": 1e4, "acre": 4046.8564224, "ft2 ft² square_foot square_feet": 0.09290304,
    },
    "speed": {
        "m/s": 1, "km/h kmh kph": 1 / 3.6, "mph mi/h": 0.44704, "kn knot": 1852 / 3600,
    },
}  # fmt: skip
_UNITS = {
    name: (kind, size)
    for kind, sizes in _SIZES.items()
    for names, size in sizes.items()
    for name in names.split()
}
# Kelvin of one degree, and of its zero.
_DEGREES = {"c": (1.0, 273.15), "f": (5 / 9, 459.67 * 5 / 9), "k": (1.0, 0.0)}
_SCALES = {"celsius": "c", "centigrade": "c", "fahrenheit": "f", "kelvin": "k"}


def convert_unit(value: float, from_unit: str, to_unit: str) -> float:
    """A quantity converted from one unit to another: length, mass, temperature, time, data.

    Volumes, areas and speeds too. Units are written in full or short, whatever their case:
    'miles', 'km', 'lb', 'celsius', 'F', 'minutes', 'GB' (1000 MB), 'GiB' (1024 MiB), 'litres',
    'acres', 'km/h'. Gallons, pints and cups are those of the United States.

    Args:
        value: The quantity in the unit that it has.
        from_unit: The unit that it has.
        to_unit: The unit wanted.

    Returns:
        The quantity in the unit wanted, rounded to 12 significant digits.

    Raises:
        ValueError: A unit is unknown, the two measure different things, or the temperature lies
            below absolute zero.

    Examples:
        >>> convert_unit(26.2, "miles", "km")
        42.1648128
        >>> convert_unit(98.6, "fahrenheit", "celsius")
        37.0
    """
    source, target = _unit(from_unit), _unit(to_unit)
    if source in _DEGREES and target in _DEGREES:
        return _temperature(value, source, target)
    if source in _DEGREES or target in _DEGREES or _UNITS[source][0] != _UNITS[target][0]:
        raise ValueError(f"{from_unit} and {to_unit} measure different things")
    return float(f"{value * _UNITS[source][1] / _UNITS[target][1]:.12g}")


def _temperature(value: float, source: str, target: str) -> float:
    degree, zero = _DEGREES[source]
    kelvin = value * degree + zero
    if kelvin < -1e-9:
        raise ValueError(f"{value} {source.upper()} lies below absolute zero")
    degree, zero = _DEGREES[target]
    # Rounded to the precision of the sums in kelvin, so that 0 C is 32 F and not 31.99999999999997.
    return round((kelvin - zero) / degree, 9) + 0.0


def _unit(name: str) -> str:
    """The unit's own name in the tables."""
    wanted = (
        name.strip()
        .casefold()
        .replace("\N{DEGREE SIGN}", "")
        .removeprefix("degrees ")
        .removeprefix("degree ")
    )
    wanted = "_".join(_SCALES.get(wanted.strip(), wanted.strip()).split())
    for candidate in (wanted, wanted.removesuffix("s")):
        if candidate in _UNITS or candidate in _DEGREES:
            return candidate
    known = ", ".join([*_SIZES, "temperature"])
    raise ValueError(f"unknown unit {name!r}; known are units of {known}")
