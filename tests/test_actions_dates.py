"""The actions on dates, durations and units, on odd and hostile input."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.dates.add_days import add_days
from actions.dates.days_between import days_between
from actions.dates.earliest_date import earliest_date
from actions.dates.format_duration import format_duration
from actions.dates.latest_date import latest_date
from actions.dates.parse_date import parse_date
from actions.dates.parse_duration import parse_duration
from actions.dates.weekday_name import weekday_name
from actions.dates.years_between import years_between
from actions.units.convert_unit import convert_unit

# --- dates and durations ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        *(("2024-2-9", "2024-02-09"), ("2024/02/29", "2024-02-29"), ("20240229", "2024-02-29")),
        ("2024-02-29T23:30:00-08:00", "2024-02-29"),
        ("2024-02-29 00:00:00.5+14:00", "2024-02-29"),
        ("20240229T120000Z", "2024-02-29"),
        ("Thu, 29 Feb 2024 10:00:00 GMT", "2024-02-29"),
        ("29/Feb/2024:10:00:00 +0000", "2024-02-29"),
        *(("29th of February, 2024", "2024-02-29"), ("Sept. 3rd 2024", "2024-09-03")),
        *(("1 MAY 2024", "2024-05-01"), ("Thursday, May 2, 2024", "2024-05-02")),
        *(("3.4.2024", "2024-04-03"), ("13/4/2024", "2024-04-13"), ("4/13/2024", "2024-04-13")),
        *(
            ("5/5/2024", "2024-05-05"),
            ("0001-01-01", "0001-01-01"),
            (" 2024-01-01\n", "2024-01-01"),
        ),
    ],
)
def test_parse_date(text: str, iso: str) -> None:
    assert parse_date(text) == iso


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "2023-02-29", "1900-02-29", "2024-13-01", "2024-123", "202411", "2024-1/2"),
        *("24-01-02", "1/2/24", "31.4.2024", "2024", "5 ma 2024", "May 2024", "\u0662024-01-01"),
    ],
)
def test_what_is_no_date_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date"):
        parse_date(text)


def test_counting_days() -> None:
    assert days_between("2024-02-28", "2024-03-01") == 2
    assert days_between("2023-02-28", "2023-03-01") == 1
    assert days_between("2024-03-01", "2024-02-28") == -2
    assert days_between("1900-01-01", "2000-01-01") == 36_524
    assert add_days("2023-12-31", 60) == "2024-02-29"
    assert weekday_name("2000-01-01") == "Saturday"
    for days in (10**7, 10**12):
        with pytest.raises(ValueError, match="outside the years"):
            add_days("2024-01-01", days)


def test_years_between() -> None:
    assert years_between("1988-02-29", "2023-02-28") == 34
    assert years_between("1988-02-29", "2023-03-01") == 35
    assert years_between("2024-01-01", "2024-01-01") == 0
    with pytest.raises(ValueError, match="comes after"):
        years_between("2024-01-02", "2024-01-01")


def test_the_first_and_the_last_date() -> None:
    dates = ["2 Jan 2024", "2023-12-31", "", None]
    assert (earliest_date(dates), latest_date(dates)) == ("2023-12-31", "2024-01-02")
    for act in (earliest_date, latest_date):
        with pytest.raises(ValueError, match="no dates"):
            act([None])
        with pytest.raises(ValueError, match="'x' is not a date"):
            act(["2024-01-01", "x"])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *(("90 minutes", 5400), ("1h30m", 5400), ("1 hour, 30 mins and 5 secs", 5405)),
        *(("1.5 hrs", 5400), ("2 weeks", 1_209_600), ("250ms", 0.25), ("-2 days", -172_800)),
        *(("1:30:00", 5400), ("4:05", 245), ("100:00:00.5", 360_000.5), ("-0:30", -30)),
        *(("PT1H30M", 5400), ("P1DT0.5S", 86_400.5), ("P2W", 1_209_600)),
    ],
)
def test_parse_duration(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "90", "h", "P", "PT", "P1M", "1:60", "1h 30", "2 months", "1 fortnight", "soon"]
)
def test_what_is_no_duration_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a duration|not a unit of time"):
        parse_duration(text)


@given(st.integers(-(10**12), 10**12))
def test_durations_are_read_as_they_were_written(milliseconds: int) -> None:
    seconds = milliseconds / 1000
    assert parse_duration(format_duration(seconds)) == pytest.approx(seconds, abs=1e-3)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (-0.0001, "0s"), (59.9996, "1m"), (90_061.5, "1d 1h 1m 1.5s"), (3600, "1h")],
)
def test_format_duration(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


@pytest.mark.parametrize("seconds", [math.inf, math.nan])
def test_no_end_of_seconds_is_told(seconds: float) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        format_duration(seconds)


# --- units -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "source", "target", "result"),
    [
        *((1, "mile", "m", 1609.344), (3, "Feet", "inches", 36), (1, "METRES", "cm", 100)),
        *((1, "lb", "kg", 0.45359237), (2, "tonnes", "kilograms", 2000)),
        *((0, "C", "F", 32), (-40, "°F", "degrees Celsius", -40), (0, "K", "°C", -273.15)),
        *((90, "min", "h", 1.5), (1, "GB", "MB", 1000), (1, "GiB", "mebibytes", 1024)),
        *((8, "bits", "bytes", 1), (100, "km/h", "m/s", 27.7777777778), (1, "ha", "m2", 10_000)),
        *((1, "gallon", "litres", 3.785411784), (1, "square foot", "m²", 0.09290304)),
        (300, "kelvin", "C", 26.85),
        (5, " S ", "seconds ", 5),
    ],
)
def test_convert_unit(value: float, source: str, target: str, result: float) -> None:
    assert convert_unit(value, source, target) == result
    assert convert_unit(result, target, source) == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize(
    "equal",
    [
        "1000 m = 1 km = 100000 cm = 1000000 mm = 1000000000 um = 1000000000000 nm",
        "1 mi = 1760 yd = 5280 ft = 63360 in",
        "1 nmi = 1852 m",
        "1 t = 1000 kg = 1000000 g = 1000000000 mg",
        "2 stone = 28 lb = 448 oz",
        "1 week = 7 days = 168 h = 10080 min = 604800 s = 604800000 ms",
        "1 TB = 1000 GB = 1000000 MB = 1000000000 kB = 1000000000000 B = 8000000000000 bit",
        "1 TiB = 1024 GiB = 1048576 MiB = 1073741824 KiB = 1099511627776 B",
        "1 m3 = 1000 l = 1000000 ml",
        "1 gal = 4 qt = 8 pt = 16 cups = 256 tbsp = 768 tsp",
        "1 km2 = 100 ha = 1000000 m2",
        "1 acre = 43560 ft2 = 4046.8564224 m2",
        "3600 m/s = 12960 km/h",
        "1609.344 km/h = 1000 mph",
        "1.852 km/h = 1 kn",
    ],
)
def test_every_unit_has_its_size(equal: str) -> None:
    (first, unit), *others = [side.split() for side in equal.split(" = ")]
    for value, other in others:
        assert convert_unit(float(first), unit, other) == pytest.approx(float(value), rel=1e-8)


@pytest.mark.parametrize(
    ("value", "source", "target", "message"),
    [
        (1, "km", "kg", "km and kg measure different things"),
        (1, "km", "celsius", "measure different things"),
        (1, "parsec", "km", "unknown unit 'parsec'; known are units of length, mass"),
        (1, "", "km", "unknown unit ''"),
        (-274, "C", "K", "below absolute zero"),
    ],
)
def test_units_that_do_not_fit_are_told(
    value: float, source: str, target: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        convert_unit(value, source, target)
