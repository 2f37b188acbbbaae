"""Each scorer as a table: answer, truth, right or not; the published ones with their quirks."""

from __future__ import annotations

from typing import Any

import pytest

from dynasaur.evals.problem import Problem
from dynasaur.evals.scorers.answers import as_text, boxed, number_in
from dynasaur.evals.scorers.table import SCORERS
from dynasaur.types import Json


def problem(scorer: str, truth: str, choices: tuple[str, ...] = (), **details: Json) -> Problem:
    return Problem("1", "?", truth, scorer, choices=choices, details=details)


def check(scorer: str, answer: Json, truth: str, right: bool, **more: Any) -> None:
    assert SCORERS[scorer](answer, problem(scorer, truth, **more)).right is right


GAIA: list[tuple[Json, str, bool]] = [
    # numbers: what float() takes as the truth
    ("17", "17", True),
    (17, "17", True),
    (17.0, "17", True),
    ("17.0", "17", True),
    ("$17", "17", True),
    ("17%", "17", True),
    ("1,700", "1700", True),
    ("$1,700.50", "1700.5", True),
    ("17 apples", "17", False),
    ("seventeen", "17", False),
    ("", "17", False),
    ("0.333", "0.3333", False),
    ("1e3", "1000", True),
    ("-4", "-4", True),
    ("\N{MINUS SIGN}4", "-4", False),
    (" 17 ", "17", True),
    ("1_000", "1000", True),
    ("16.999999", "17", False),
    (None, "17", False),
    (True, "1", False),
    # an answer that is no number counts as infinity, so a truth of `inf` takes anything
    ("whatever", "inf", True),
    ("nan", "nan", False),
    # lists: the truth holds a comma or a semicolon
    ("a, b", "a,b", True),
    ("a;b", "a, b", True),
    ("b, a", "a, b", False),
    ("a", "a, b", False),
    ("a, b, c", "a, b", False),
    ("1, 2.0", "1,2", True),
    ("$1, 2%", "1,2", True),
    ("A, B", "a, b", True),
    ("the cat, dog", "the  cat,dog", True),
    ("a., b", "a, b", False),
    (["a", "b"], "a, b", True),
    ([1, 2], "1; 2", True),
    ("1,000", "1,000", True),
    ("1000", "1,000", False),
    # words: case, white space and punctuation do not count
    ("Paris", "paris", True),
    ("Paris.", "Paris", True),
    ("New York", "newyork", True),
    ("St. Petersburg", "St Petersburg", True),
    ("It's", "its", True),
    ("the Paris", "Paris", False),
    ("Pari", "Paris", False),
    ("naïve", "naive", False),
    ("a-b", "ab", True),
    ("", "!", True),
    ("no", "yes", False),
    ({"city": "Paris"}, "cityParis", True),
]


@pytest.mark.parametrize(("answer", "truth", "right"), GAIA)
def test_gaia(answer: Json, truth: str, right: bool) -> None:
    check("gaia", answer, truth, right)


MATH: list[tuple[Json, str, bool]] = [
    (r"\frac{1}{2}", r"\frac{1}{2}", True),
    ("1/2", r"\frac{1}{2}", True),
    ("0.5", r"\frac{1}{2}", True),
    (0.5, r"\frac{1}{2}", True),
    (r"\frac12", r"\frac{1}{2}", True),
    (r"\dfrac{1}{2}", r"\frac{1}{2}", True),
    ("2/4", r"\frac{1}{2}", True),
    ("1/3", r"\frac{1}{2}", False),
    ("0.33", r"\frac{1}{3}", False),
    (7, "7", True),
    ("7", "7", True),
    (7.0, "7", True),
    ("7.0", "7", True),
    ("8", "7", False),
    (-7, "7", False),
    (r"\boxed{7}", "7", True),
    (r"So it is \boxed{6}, no: \boxed{7}", "7", True),
    (r"$7$", "7", True),
    (r"\sqrt{8}", r"2\sqrt{2}", True),
    (r"2\sqrt2", r"2\sqrt{2}", True),
    ("sqrt(8)", r"2\sqrt{2}", True),
    (r"\sqrt{7}", r"2\sqrt{2}", False),
    ("x^2+2x+1", "(x+1)^2", True),
    ("(x+1)*(x+1)", "(x+1)^2", True),
    ("x^2+1", "(x+1)^2", False),
    ("(1, 2)", "(1,2)", True),
    ("(2, 1)", "(1,2)", False),
    ("[0, 1]", "[0,1]", True),
    (r"[0,1)", "[0,1]", False),
    (r"\{1, 2\}", r"\{2, 1\}", True),
    (r"\{1, 3\}", r"\{2, 1\}", False),
    (r"90^\circ", "90", True),
    (r"10\%", "10", True),
    (r"\pi", r"\pi", True),
    ("pi", r"\pi", False),  # read as p times i
    (r"2\pi", r"\pi", False),
    ("x=5", "5", True),
    ("10,000", "10000", True),
    (r"\text{Evelyn}", r"\text{Evelyn}", True),
    ("Evelyn", r"\text{Evelyn}", True),
    ("Carla", r"\text{Evelyn}", False),
    (r"\begin{pmatrix}1\\2\end{pmatrix}", r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}", True),
    (r"(-\infty, 2)", r"(-\infty,2)", True),
    ("", "7", False),
    (None, "7", False),
    ([], "7", False),
    ("}{", "7", False),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("answer", "truth", "right"), MATH)
def test_math(answer: Json, truth: str, right: bool) -> None:
    pytest.importorskip("math_verify")
    check("math", answer, truth, right)


AIME: list[tuple[Json, str, bool]] = [
    (42, "42", True),
    ("42", "42", True),
    ("042", "42", True),
    ("42", "042", True),
    (42.0, "42", True),
    ("42.0", "42", True),
    ("42.5", "42", False),
    (42.5, "42", False),
    ("0", "0", True),
    ("000", "0", True),
    (0, "0", True),
    ("999", "999", True),
    ("1000", "999", False),
    (1000, "0", False),
    ("-42", "42", False),
    ("\N{MINUS SIGN}42", "42", False),
    ("+42", "42", True),
    (r"\boxed{42}", "42", True),
    (r"\boxed{042}", "42", True),
    (r"x = 7, so \boxed{42}", "42", True),
    (r"\boxed{7} then \boxed{42}", "42", True),
    (r"\fbox{42}", "42", True),
    (r"\boxed 42", "42", True),
    ("The answer is 42.", "42", True),
    ("42, or 43", "42", False),
    ("42 or 42", "42", True),
    ("$42$", "42", True),
    (" 42\n", "42", True),
    ("forty-two", "42", False),
    ("", "42", False),
    (None, "42", False),
    (True, "1", False),
    ([42], "42", True),
    ([42, 43], "42", False),
    ({"answer": 42}, "42", True),
    ("4 2", "42", False),
    ("42/1", "42", False),
    ("0x2a", "42", False),
    ("43", "42", False),
    ("1,000", "0", False),
    ("12", "012", True),
    ("٤٢", "42", True),
]


@pytest.mark.parametrize(("answer", "truth", "right"), AIME)
def test_aime(answer: Json, truth: str, right: bool) -> None:
    check("aime", answer, truth, right)


OPTIONS = ("12 m", "A weak acid", "none of them", "3")
CHOICE: list[tuple[Json, str, bool]] = [
    ("B", "B", True),
    ("b", "B", True),
    ("(B)", "B", True),
    ("B)", "B", True),
    ("B.", "B", True),
    (" B ", "B", True),
    ("**B**", "B", True),
    ("B) A weak acid", "B", True),
    ("(B) A weak acid", "B", True),
    ("B. A weak acid", "B", True),
    ("B: a weak acid", "B", True),
    ("Answer: B", "B", True),
    ("The answer is B", "B", True),
    ("the correct answer is (B).", "B", True),
    ("Option B", "B", True),
    ("choice: b", "B", True),
    (r"\boxed{B}", "B", True),
    (r"\boxed{C}", "B", False),
    ("A weak acid", "B", True),
    ("a  weak ACID", "B", True),
    ("12 m", "A", True),
    ("3", "D", True),
    (3, "D", True),
    (3.0, "D", True),
    ("12", "A", False),
    ("none of them", "C", True),
    ("A", "B", False),
    ("A weak acid", "A", False),
    ("A or B", "B", False),
    ("answer A, no: answer B", "B", False),
    ("The answer is A. The answer is A", "A", True),
    ("E", "B", False),
    ("AB", "B", False),
    ("", "B", False),
    (None, "B", False),
    (1, "A", False),
    ("I do not know", "B", False),
    ("Because", "B", False),
    (["B"], "B", True),
    (["A", "B"], "B", False),
    ("D", "D", True),
    ("d)", "D", True),
]


@pytest.mark.parametrize(("answer", "truth", "right"), CHOICE)
def test_choice(answer: Json, truth: str, right: bool) -> None:
    check("choice", answer, truth, right, choices=OPTIONS)


def test_an_option_that_two_letters_have_tells_neither() -> None:
    check("choice", "same", "A", False, choices=("same", "same", "x", "y"))


# answer, truth, unit, choices; then right in promptpg, trove, craft
TABMWP: list[tuple[Json, str, str, tuple[str, ...], tuple[bool, bool, bool]]] = [
    ("10", "10", "", (), (True, True, True)),
    (10, "10", "", (), (True, True, True)),
    (10.0, "10", "", (), (True, True, True)),
    ("10.00", "10", "", (), (True, True, True)),
    ("10.0004", "10", "", (), (True, True, True)),
    ("10.004", "10", "", (), (False, True, True)),
    ("10.05", "10", "", (), (False, False, True)),
    ("10.1", "10", "", (), (False, False, True)),
    ("10.2", "10", "", (), (False, False, False)),
    ("9.9", "10", "", (), (False, False, True)),
    ("9.89", "10", "", (), (False, False, False)),
    ("0.001", "0", "", (), (False, True, False)),
    ("0", "0", "", (), (True, True, True)),
    ("-10", "10", "", (), (False, False, False)),
    ("1,234", "1234", "", (), (True, True, True)),
    ("1234", "1,234", "", (), (True, True, True)),
    ("1,234,567", "1234567", "", (), (True, True, True)),
    ("$5.25", "5.25", "", (), (True, True, True)),
    ("5.25", "$5.25", "", (), (True, True, True)),
    ("$5.25", "5.25", "$", (), (True, True, True)),
    ("5.25 dollars", "5.25", "dollars", (), (True, True, True)),
    ("10 pounds", "10", "pounds", (), (True, True, True)),
    ("10 Pounds.", "10", "pounds", (), (True, True, True)),
    ("10 pounds", "10", "", (), (False, False, False)),
    ("1/2", "1/2", "", (), (True, True, True)),
    ("2/4", "1/2", "", (), (True, True, True)),
    ("0.5", "1/2", "", (), (True, True, True)),
    ("3/0", "3", "", (), (False, False, False)),
    ("25%", "25", "", (), (True, True, True)),
    ("linear", "linear", "", ("linear", "nonlinear"), (True, True, True)),
    ("Linear", "linear", "", ("linear", "nonlinear"), (True, True, True)),
    ("nonlinear", "linear", "", ("linear", "nonlinear"), (False, False, False)),
    ("it is linear", "linear", "", ("linear", "quadratic"), (True, True, True)),
    ("non linear", "nonlinear", "", ("linear", "nonlinear"), (False, False, False)),
    ("surely no", "no", "", ("yes", "no"), (True, True, True)),
    # nonsense counts as the first option
    ("banana", "yes", "", ("yes", "no"), (True, True, True)),
    ("banana", "no", "", ("yes", "no"), (False, False, False)),
    ("no, there is not", "no", "", ("yes", "no"), (False, False, False)),
    ("", "yes", "", ("yes", "no"), (True, True, True)),
    ("B", "no", "", ("yes", "no"), (True, True, True)),
    ("(b)", "no", "", ("yes", "no"), (True, True, True)),
    ("d", "no", "", ("yes", "no"), (False, False, False)),
    ("b", "b", "", ("b", "a"), (True, True, True)),
    ("Bay Harbor stop", "Bay Harbor", "", ("Rocky Port", "Bay Harbor"), (True, True, True)),
    ("Port Bay", "Rocky Port", "", ("Rocky Port", "Bay Harbor"), (True, True, True)),
    ("3.0", "3", "", ("3", "13"), (True, True, True)),
    ("$4", "$4", "", ("$4", "$14"), (True, True, True)),
    ("4", "$4", "", ("$4", "$14"), (True, True, True)),
    ("surplus", "shortage", "", ("shortage", "surplus"), (False, False, False)),
    ("6:15 P.M.", "6:15 p.m.", "", (), (True, True, True)),
    ("Ed", "Ed", "", ("Ed", "Edna"), (True, True, True)),
    ("Edna", "Ed", "", ("Ed", "Edna"), (False, False, False)),
    ("", "10", "", (), (False, False, False)),
    (None, "10", "", (), (False, False, False)),
    ("ten", "10", "", (), (False, False, False)),
]


@pytest.mark.parametrize(("answer", "truth", "unit", "choices", "right"), TABMWP)
def test_tabmwp(
    answer: Json, truth: str, unit: str, choices: tuple[str, ...], right: tuple[bool, bool, bool]
) -> None:
    for variant, expected in zip(("promptpg", "trove", "craft"), right, strict=True):
        check(f"tabmwp-{variant}", answer, truth, expected, choices=choices, unit=unit)


@pytest.mark.parametrize(
    ("scorer", "truth"),
    [("number", "many"), ("number", "3 or 4"), ("regex", "("), ("json", "{"), ("aime", "1000")],
)
def test_a_truth_that_its_scorer_cannot_read_is_said_to_be_so(scorer: str, truth: str) -> None:
    with pytest.raises(ValueError, match="the answer"):
        SCORERS[scorer]("1", problem(scorer, truth))


@pytest.mark.parametrize(
    ("text", "box"),
    [
        (r"\boxed{1}", "1"),
        (r"\boxed{\frac{1}{2}}", r"\frac{1}{2}"),
        (r"\boxed{1} \boxed{2}", "2"),
        (r"\boxed{1", None),
        (r"\boxed 7$", "7"),
        ("1", None),
    ],
)
def test_the_last_box(text: str, box: str | None) -> None:
    assert boxed(text) == box


def test_an_answer_as_text() -> None:
    given: list[Json] = [1, 1.0, 1.5, 1e300, float("inf"), True, None, "x", [1, "a"], {"a": 1}]
    expected = ["1", "1", "1.5", "1e+300", "inf", "True", "None", "x", "1, a", '{"a": 1}']
    assert [as_text(one) for one in given] == expected
    assert number_in("between 1 and 2") is None
