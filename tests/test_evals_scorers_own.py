"""The scorers for tasks of one's own as tables: answer, truth, right or not; quirks included."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from dynasaur.evals.problem import Problem
from dynasaur.evals.scorers import pattern
from dynasaur.evals.scorers.judge import LONGEST, judged
from dynasaur.evals.scorers.table import SCORERS
from dynasaur.types import Json, Reply, Usage


def problem(scorer: str, truth: str, details: Mapping[str, Json] | None = None) -> Problem:
    return Problem("1", "?", truth, scorer, details=details or {})


def check(scorer: str, answer: Json, truth: str, right: bool, **details: Json) -> None:
    assert SCORERS[scorer](answer, problem(scorer, truth, details)).right is right


EXACT: list[tuple[Json, str, bool]] = [
    ("Paris", "Paris", True),
    (" Paris\n", "Paris", True),
    ("Paris", "  Paris ", True),
    ("\tParis\r\n", "Paris", True),
    ("\N{NO-BREAK SPACE}Paris", "Paris", True),
    ("paris", "Paris", False),
    ("PARIS", "Paris", False),
    ("Paris.", "Paris", False),
    ("Paris, France", "Paris", False),
    ("Par is", "Paris", False),
    ("New  York", "New York", False),
    ("New\nYork", "New York", False),
    ("", "", True),
    ("", "Paris", False),
    ("Paris", "", False),
    (" ", "", True),
    (3, "3", True),
    (3, "3.0", False),
    (3.0, "3", True),
    (3.0, "3.0", False),
    ("3.0", "3", False),
    (3.5, "3.5", True),
    (3.5, "3.50", False),
    (-0.0, "0", True),
    (1e300, "1e+300", True),
    (0.1 + 0.2, "0.3", False),
    (10**20, "100000000000000000000", True),
    (1e15, "1000000000000000.0", True),
    (True, "True", True),
    (True, "true", False),
    (True, "1", False),
    (None, "None", True),
    (None, "", False),
    (["a", "b"], "a, b", True),
    (["a", "b"], "a,b", False),
    ([1, 2.0], "1, 2", True),
    ([], "", True),
    ([["a"], "b"], "a, b", True),
    ({"a": 1}, '{"a": 1}', True),
    ({"a": 1}, "{'a': 1}", False),
    ("naïve", "naïve", True),
    ("nai\N{COMBINING DIAERESIS}ve", "naïve", False),
    ("\N{FULLWIDTH DIGIT THREE}", "3", False),
]


@pytest.mark.parametrize(("answer", "truth", "right"), EXACT)
def test_exact(answer: Json, truth: str, right: bool) -> None:
    check("exact", answer, truth, right)


NUMBER: list[tuple[Json, str, Mapping[str, Json], bool]] = [
    (3, "3", {}, True),
    ("3", "3.0", {}, True),
    ("003", "3", {}, True),
    ("+3", "3", {}, True),
    ("-3", "3", {}, False),
    ("-3", "-3", {}, True),
    (".5", "0.5", {}, True),
    ("-.5", "-0.5", {}, True),
    ("5.", "5", {}, True),
    ("about 3 apples", "3", {}, True),
    ("It is 3.", "3", {}, True),
    ("x3", "3", {}, True),
    ("3rd", "3", {}, True),
    ("3 of 4", "3", {}, False),
    ("3 and 3.0", "3", {}, True),
    ("3-4", "3", {}, False),
    ("1/2", "0.5", {}, False),
    ("$1,234.50", "1234.5", {}, True),
    ("1,234,567", "1234567", {}, True),
    ("1,2", "12", {}, False),
    ("12,34", "1234", {}, False),
    ("1 234", "1234", {}, False),
    ("1.5e3", "1500", {}, True),
    ("1.5E+3", "1500", {}, True),
    ("50%", "50", {}, True),
    ("50%", "0.5", {}, False),
    ("3", "the answer is 3", {}, True),
    (3.0000001, "3", {}, True),
    (3.00001, "3", {}, False),
    (3.001, "3", {}, False),
    (3.001, "3", {"tolerance": 0.01}, True),
    (3.04, "3", {"tolerance": 0.01}, False),
    (3, "3", {"tolerance": 0}, True),
    (3.0000001, "3", {"tolerance": 0}, False),
    (0.0000001, "0", {}, False),
    (3.001, "3", {"digits": 2}, True),
    (3.006, "3", {"digits": 2}, False),
    (3.4, "3", {"digits": 0}, True),
    (1234, "1200", {"digits": -2}, True),
    ("three", "3", {}, False),
    ("", "3", {}, False),
    (None, "3", {}, False),
    (True, "1", {}, False),
    ([3], "3", {}, True),
    ([3, 4], "3", {}, False),
    ({"answer": 3}, "3", {}, True),
    ("\N{MINUS SIGN}3", "3", {}, False),
    ("\N{MINUS SIGN}3", "-3", {}, True),
    ("infinity", "3", {}, False),
    ("9" * 400, "3", {}, False),
]


@pytest.mark.parametrize(("answer", "truth", "details", "right"), NUMBER)
def test_number(answer: Json, truth: str, details: Mapping[str, Json], right: bool) -> None:
    check("number", answer, truth, right, **details)


REGEX: list[tuple[Json, str, bool]] = [
    ("abc", "abc", True),
    ("abc", "a.c", True),
    ("ac", "a.c", False),
    ("xabc", "a.c", False),
    ("abcx", "a.c", False),
    ("xabcx", ".*a.c.*", True),
    (" abc ", "a.c", True),
    ("abc\n", "a.c", True),
    ("ABC", "abc", False),
    ("ABC", "(?i)abc", True),
    ("a\nc", "a.c", False),
    ("a\nc", "(?s)a.c", True),
    ("a\nb", "a\\sb", True),
    ("", "", True),
    ("", ".+", False),
    ("", ".*", True),
    (42, r"\d+", True),
    (42.0, r"\d+", True),
    (4.2, r"\d+", False),
    (4.2, r"\d+\.\d+", True),
    (-42, r"\d+", False),
    (-42, r"-?\d+", True),
    (True, "(?i)true|yes", True),
    (None, "None", True),
    (["a", "b"], "a, b", True),
    (["a", "b"], "[ab, ]+", True),
    ({"a": 1}, r"\{.*\}", True),
    ("red", "red|blue", True),
    ("blue", "red|blue", True),
    ("redblue", "red|blue", False),
    ("redblue", "(red|blue)+", True),
    ("color", "colou?r", True),
    ("colour", "colou?r", True),
    ("colouur", "colou?r", False),
    ("2026-11-30", r"\d{4}-\d\d-\d\d", True),
    ("30.11.2026", r"\d{4}-\d\d-\d\d", False),
    ("3.5", "3.5", True),
    ("345", "3.5", True),
    ("3.5", r"3\.5", True),
    ("345", r"3\.5", False),
    ("^abc$", "^abc$", False),
    ("abc", "^abc$", True),
    ("aa", r"(.)\1", True),
    ("ab", r"(.)\1", False),
    ("\N{ARABIC-INDIC DIGIT FOUR}", r"\d", True),
    ("é", r"\w", True),
    ("abc", "(?x) a b c  # letters", True),
]


@pytest.mark.parametrize(("answer", "truth", "right"), REGEX)
def test_regex(answer: Json, truth: str, right: bool) -> None:
    check("regex", answer, truth, right)


def test_a_pattern_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pattern, "SECONDS", 0.2)
    score = SCORERS["regex"]("a" * 60 + "!", problem("regex", "(a+)+"))
    assert (score.right, score.why) == (False, "the pattern did not come to an end within 0.2 s")
    check("regex", "aaa", "(a+)+", True)


JSON: list[tuple[Json, str, bool]] = [
    ({"a": 1, "b": [1, 2]}, '{"b": [1, 2.0], "a": 1}', True),
    ('{"a": 1}', '{"a": 1}', True),
    (' {"a":1}\n', '{"a": 1}', True),
    ("{a: 1}", '{"a": 1}', False),
    ("{'a': 1}", '{"a": 1}', False),
    ({"a": 1}, '{"a": 1, "b": 2}', False),
    ({"a": 1, "b": 2}, '{"a": 1}', False),
    ({"A": 1}, '{"a": 1}', False),
    ({"a": None}, "{}", False),
    ({}, "{}", True),
    ([], "[]", True),
    ([], "{}", False),
    ([1, 2], "[1, 2]", True),
    ([2, 1], "[1, 2]", False),
    ([1], "[1, 1]", False),
    ([[1], []], "[[1], []]", True),
    ("[1, 2]", "[1, 2]", True),
    ("1, 2", "[1, 2]", False),
    (1, "1", True),
    (1.0, "1", True),
    ("1", "1", True),
    ("1.0", "1", True),
    ("one", "1", False),
    (1, '"1"', False),
    ("1", '"1"', True),
    (2, "1", False),
    (0.1 + 0.2, "0.3", True),
    (0.3001, "0.3", False),
    (1e400, "1e999", True),
    (True, "true", True),
    ("true", "true", True),
    (True, "1", False),
    (1, "true", False),
    (False, "0", False),
    (None, "null", True),
    ("null", "null", True),
    ("", "null", False),
    (None, "false", False),
    ("x", '"x"', True),
    ("X", '"x"', False),
    (" x", '"x"', False),
    ('"x"', '"x"', False),
    ("é", '"\\u00e9"', True),
    ({"a": {"b": [True, None, 1.5]}}, '{"a": {"b": [true, null, 1.5]}}', True),
    ({"a": {"b": [True, None, 1]}}, '{"a": {"b": [true, null, true]}}', False),
]


@pytest.mark.parametrize(("answer", "truth", "right"), JSON)
def test_json(answer: Json, truth: str, right: bool) -> None:
    check("json", answer, truth, right)


SPENT = Usage(1, 90, 10, cost=0.25)

# what the judge replies as code; right, wrong, or None for no verdict
VERDICTS: list[tuple[str, bool | None]] = [
    ("right", True),
    ("Right", True),
    ("RIGHT", True),
    (" right ", True),
    ("\nright\n", True),
    ("right.", True),
    ("'right'", True),
    ('"right"', True),
    ("`right`", True),
    ("`Right`.", True),
    ("(right)", True),
    ('"right".', True),
    ("('right')", True),
    ("wrong", False),
    ("Wrong", False),
    ("WRONG", False),
    (" wrong", False),
    ("wrong.", False),
    ("'wrong'", False),
    ('"wrong"', False),
    ("`wrong`", False),
    ("(wrong).", False),
    ("", None),
    (" ", None),
    (".", None),
    ("maybe", None),
    ("yes", None),
    ("no", None),
    ("true", None),
    ("correct", None),
    ("incorrect", None),
    ("right or wrong", None),
    ("not right", None),
    ("not wrong", None),
    ("right, wrong", None),
    ("right!", None),
    ("rightt", None),
    ("print('right')", None),
    ("verdict = 'right'", None),
    ("submit_final_answer('right')", None),
    ("# right", None),
    ("right\nwrong", None),
    ("r i g h t", None),
]


@pytest.mark.parametrize(("verdict", "right"), VERDICTS)
def test_a_model_as_judge(verdict: str, right: bool | None) -> None:
    score = judged(lambda _: Reply("since it is", verdict, SPENT))(
        "an answer", problem("llm-judge", "truth")
    )
    assert score.right is bool(right)
    assert score.usage == SPENT
    assert score.why.startswith("the judge gave no verdict" if right is None else "since it is")


def test_what_a_judge_is_shown() -> None:
    asked: list[str] = []

    def ask(prompt: str) -> Reply:
        asked.append(prompt)
        return Reply("", "right")

    judged(ask)("in {braces}" + "x" * LONGEST, problem("llm-judge", "the {truth}"))
    assert "in {braces}" in asked[0]
    assert "the {truth}" in asked[0]
    assert len(asked[0]) < LONGEST + 1000
