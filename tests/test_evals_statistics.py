"""Intervals and tests against values from tables and from brute force."""

from __future__ import annotations

import math

import pytest

from dynasaur.evals.statistics import Pairing, Share, pair


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_wilson_interval(part: int, whole: int, low: float, high: float) -> None:
    assert Share(part, whole).interval == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("whole", range(1, 60))
def test_an_interval_holds_its_share(whole: int) -> None:
    for part in range(whole + 1):
        low, high = Share(part, whole).interval
        assert 0.0 <= low <= part / whole <= high <= 1.0
    assert Share(0, whole).interval[0] == 0.0
    assert Share(whole, whole).interval[1] == 1.0


def test_a_share_never_stands_alone() -> None:
    assert str(Share(5, 10)) == "50.0% [23.7%, 76.3%] (5 of 10)"
    assert str(Share(0, 0)) == "none of 0"
    assert Share(0, 0).interval == (0.0, 1.0)
    assert math.isnan(Share(0, 0).value)


@pytest.mark.parametrize(
    ("first", "second", "p"),
    [(0, 0, 1.0), (5, 5, 1.0), (1, 9, 0.021484375), (10, 0, 2 / 1024), (3, 1, 0.625)],
)
def test_mcnemar(first: int, second: int, p: float) -> None:
    assert Pairing(3, first, second, 4).p == pytest.approx(p)
    assert Pairing(0, second, first, 0).p == pytest.approx(p)


def test_pairs() -> None:
    assert pair([True, True, False, False], [True, False, True, False]) == Pairing(1, 1, 1, 1)
    with pytest.raises(ValueError, match="shorter"):
        pair([True], [])
