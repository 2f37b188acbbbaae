"""The actions on numbers, lists and files, on odd and hostile input."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.arithmetic.evaluate_arithmetic import evaluate_arithmetic
from actions.arithmetic.factorial import factorial
from actions.arithmetic.fibonacci import fibonacci
from actions.arithmetic.greatest_common_divisor import greatest_common_divisor
from actions.arithmetic.is_prime import is_prime
from actions.arithmetic.least_common_multiple import least_common_multiple
from actions.arithmetic.percent_of import percent_of
from actions.arithmetic.prime_factors import prime_factors
from actions.arithmetic.primes_below import primes_below
from actions.files.file_checksum import file_checksum
from actions.files.file_size import file_size
from actions.files.list_files import list_files
from actions.lists.common_items import common_items
from actions.lists.count_items import count_items
from actions.lists.count_unique import count_unique
from actions.lists.missing_items import missing_items
from actions.lists.most_common import most_common
from actions.lists.unique import unique
from actions.stats.largest import largest
from actions.stats.mean import mean
from actions.stats.median import median
from actions.stats.percentile import percentile
from actions.stats.smallest import smallest
from actions.stats.standard_deviation import standard_deviation
from actions.stats.total import total
from tests.builders.files import data_file

# --- statistics ------------------------------------------------------------------------------


@pytest.mark.parametrize("act", [mean, median, smallest, largest, standard_deviation])
def test_no_numbers_are_told(act: Callable[[list[float]], float]) -> None:
    with pytest.raises(ValueError, match="number"):
        act([])


def test_totals_are_exact() -> None:
    assert total([]) == 0
    assert total([10**40, 1, -(10**40)]) == 1
    assert total([1e16, 1.0, -1e16]) == 1.0
    assert math.isnan(total([math.nan, 1.0]))
    assert total([math.inf, 1]) == math.inf


@given(st.lists(st.floats(-1e6, 1e6), min_size=2), st.integers(0, 100))
def test_statistics_agree_with_the_standard_library(numbers: list[float], percent: int) -> None:
    assert mean(numbers) == statistics.fmean(numbers)
    assert standard_deviation(numbers) == statistics.stdev(numbers)
    assert percentile(numbers, 50) == pytest.approx(median(numbers), abs=1e-9)
    cuts = [min(numbers), *statistics.quantiles(numbers, n=100, method="inclusive"), max(numbers)]
    assert percentile(numbers, percent) == pytest.approx(cuts[percent], abs=1e-6)


@pytest.mark.parametrize("percent", [-1, 100.5, math.nan])
def test_a_percentile_outside_is_told(percent: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 100"):
        percentile([1, 2], percent)


# --- lists and files -------------------------------------------------------------------------


def test_lists_of_anything() -> None:
    mixed = [[1], {"a": 1}, [1], None, None]
    assert unique(mixed) == [[1], {"a": 1}, None]
    assert (count_items(mixed), count_unique(mixed)) == (5, 2)
    assert most_common(mixed, 5) == [([1], 2), ({"a": 1}, 1)]
    assert common_items(mixed, [{"a": 1}]) == [{"a": 1}]
    assert missing_items(mixed, [{"a": 1}, None]) == [[1]]
    assert unique([]) == common_items([], [1]) == missing_items([], [1]) == most_common([]) == []


def test_the_most_common_items() -> None:
    assert most_common(["b", "a", "b", "a", "c", None], 2) == [("b", 2), ("a", 2)]
    assert most_common(["a"], 0) == []
    assert most_common(list(range(100_000)) * 2, 1) == [(0, 2)]
    with pytest.raises(ValueError, match="n is -1"):
        most_common(["a"], -1)


def test_files(tmp_path: Path) -> None:
    path = data_file(tmp_path, "b.csv", b"")
    (tmp_path / "below").mkdir()
    inner = data_file(tmp_path / "below", "a.csv", "é")
    assert (file_size(path), file_size(inner)) == (0, 2)
    assert file_checksum(path) == file_checksum(path, "SHA-256")
    assert file_checksum(path).startswith("e3b0c44298fc1c14")
    assert list_files(str(tmp_path)) == [path]
    assert list_files(str(tmp_path), "**/*.csv") == [path, inner]
    assert list_files(str(tmp_path), "*.txt") == []
    with pytest.raises(ValueError, match="unknown checksum 'crc'"):
        file_checksum(path, "crc")
    with pytest.raises(IsADirectoryError):
        file_size(str(tmp_path))
    for missing in (path, str(tmp_path / "none")):
        with pytest.raises(NotADirectoryError):
            list_files(missing)
    with pytest.raises(FileNotFoundError, match="none"):
        file_size(str(tmp_path / "none"))


# --- arithmetic ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        *(("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("7 / 2", 3.5), ("7 // 2", 3), ("-7 % 3", 2)),
        *(
            ("2 ^ 10", 1024),
            ("2 ** -1", 0.5),
            ("3 \u00d7 4 \u00f7 2", 6.0),
            ("5 \N{MINUS SIGN} 8", -3),
        ),
        *(("sqrt(16)", 4.0), ("round(2.567, 2)", 2.57), ("max(1, 2, 3)", 3), ("-(-3)", 3)),
        *(("2 * pi", 2 * math.pi), ("log(e)", 1.0), (" 10\n", 10), ("10**30 + 1", 10**30 + 1)),
    ],
)
def test_evaluate_arithmetic(expression: str, value: float) -> None:
    assert evaluate_arithmetic(expression) == value
    assert type(evaluate_arithmetic(expression)) is type(value)


@pytest.mark.parametrize(
    "expression",
    [
        *("", "1 +", "1,234", "x", "True", "'a' * 3", "[1]", "1 < 2", "1 if 1 else 2", "1; 2"),
        *(
            "__import__('os')",
            "().__class__",
            "open('x')",
            "abs.real",
            "sqrt",
            "sqrt()",
            "abs(x=1)",
        ),
        *(
            "abs(*[1])",
            "lambda: 1",
            "(y := 1)",
            "f'{1}'",
            "1j",
            "(-8) ** 0.5",
            "max(1)",
            "~1",
            "1 & 1",
        ),
        *(
            "sqrt(-1)",
            "9 ** 9 ** 9",
            "10.0 ** 400",
            "exp(1000)",
            "2 ** 99999",
            "1e999",
            "1e308 * 10",
        ),
        *("9**4000 * 9**4000", "1" * 1001, "(" * 400 + "1" + ")" * 400, "-" * 999 + "1", "1\0"),
    ],
)
def test_what_is_no_arithmetic_is_told(expression: str) -> None:
    with pytest.raises(ValueError, match=r"^cannot calculate|is too large$|has over 1000 char"):
        evaluate_arithmetic(expression)


def test_dividing_by_zero_is_told() -> None:
    for expression in ("1 / 0", "1 // 0", "1 % 0", "0 ** -1"):
        with pytest.raises(ZeroDivisionError):
            evaluate_arithmetic(expression)


def test_divisors_and_percentages() -> None:
    assert greatest_common_divisor(-12, 18) == 6
    assert greatest_common_divisor(0, 0) == 0
    assert least_common_multiple(21, 6) == 42
    assert least_common_multiple(0, 5) == 0
    assert percent_of(7, 300) == 21.0


def test_primes() -> None:
    primes = primes_below(10_000)
    assert len(primes) == 1229
    assert [n for n in range(-5, 10_000) if is_prime(n)] == primes
    assert primes_below(3) == [2]
    assert primes_below(2) == primes_below(-7) == []
    assert is_prime(2**61 - 1)
    # Composite numbers that deceive the test with the first one, four, nine, twelve bases.
    for liar in (2047, 3_215_031_751, 3_825_123_056_546_413_051, 318_665_857_834_031_151_167_461):
        assert not is_prime(liar)
    for act, too_large in ((is_prime, 10**25), (prime_factors, 10**25 + 13), (primes_below, 10**9)):
        with pytest.raises(ValueError, match=r"below|at most"):
            act(too_large)


@given(st.integers(1, 10**12))
def test_prime_factors(n: int) -> None:
    factors = prime_factors(n)
    assert math.prod(factors) == n
    assert factors == sorted(factors)
    assert all(is_prime(factor) for factor in factors)


@pytest.mark.parametrize(
    ("n", "factors"),
    [
        (1, []),
        (2**80, [2] * 80),
        (10_007**2, [10_007] * 2),
        (1_000_003 * 998_244_353, [1_000_003, 998_244_353]),
    ],
)
def test_large_prime_factors(n: int, factors: list[int]) -> None:
    assert prime_factors(n) == factors


def test_sequences_begin_right_and_refuse_what_is_negative() -> None:
    assert [fibonacci(n) for n in range(8)] == [0, 1, 1, 2, 3, 5, 8, 13]
    assert fibonacci(100) == 354_224_848_179_261_915_075
    assert [factorial(n) for n in range(5)] == [1, 1, 2, 6, 24]
    for act in (fibonacci, factorial):
        with pytest.raises(ValueError, match="n is -1"):
            act(-1)
    for n in (0, -6):
        with pytest.raises(ValueError, match="1 or more"):
            prime_factors(n)
