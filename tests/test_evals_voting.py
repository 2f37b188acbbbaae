"""Best of n: how many runs fit into a budget, and which answer they elect."""

from __future__ import annotations

import pytest

from dynasaur.evals.problem import Problem
from dynasaur.evals.results import Result
from dynasaur.evals.voting import MOST, best_of, same
from dynasaur.types import Json


def problem(scorer: str = "exact", truth: str = "never looked at", *choices: str) -> Problem:
    return Problem("p", "?", truth, scorer, choices=choices)


def ran(number: int, answer: Json, *, tokens: int = 10, status: str = "solved") -> Result:
    return Result(
        "p", "", 0, run=f"r{number}", status=status, answer=answer, steps=2, seconds=1.5,
        errors=("ValueError",), prompt_tokens=tokens - 1, completion_tokens=1, cost=0.5,
        served=("m fp",),
    )  # fmt: skip


def vote(budget: int, *answers: Json, tokens: int = 10) -> Result:
    return best_of(budget, problem(), lambda number: ran(number, answers[number], tokens=tokens))


@pytest.mark.parametrize(
    ("budget", "tokens", "runs"),
    [
        (1, 10, 1),
        (10, 10, 1),
        (14, 10, 1),
        (15, 10, 2),
        (20, 10, 2),
        (24, 10, 2),
        (25, 10, 3),
        (40, 7, 6),
        (10_000_000, 1, MOST),
        (10_000_000, 0, 1),
    ],
)
def test_as_many_runs_as_come_nearest_to_the_budget(budget: int, tokens: int, runs: int) -> None:
    found = best_of(budget, problem(), lambda number: ran(number, "a", tokens=tokens))
    assert len(found.runs) == runs
    assert found.votes == runs


def test_the_answer_of_most_is_taken_and_all_is_paid_for() -> None:
    found = vote(50, "a", "b", "B.", "c", " b ")
    assert (found.run, found.answer, found.votes) == ("r1", "b", 3)
    assert found.runs == ("r0", "r1", "r2", "r3", "r4")
    assert (found.prompt_tokens, found.completion_tokens, found.cost) == (45, 5, 2.5)
    assert (found.steps, found.seconds, len(found.errors)) == (10, 7.5, 5)
    assert found.served == ("m fp",)


def test_of_answers_given_as_often_the_first_is_taken() -> None:
    assert vote(40, "a", "b", "b", "a").run == "r0"
    assert vote(10, "a").votes == 1


def test_runs_without_an_answer_have_no_vote() -> None:
    def run(number: int) -> Result:
        return ran(
            number, None if number < 3 else "a", status="solved" if number > 2 else "unsolved"
        )

    found = best_of(40, problem(), run)
    assert (found.status, found.answer, found.votes) == ("solved", "a", 1)
    none = best_of(20, problem(), lambda number: ran(number, None, status="unsolved"))
    assert (none.status, none.votes, len(none.runs)) == ("unsolved", 0, 2)


def test_a_run_that_fails_ends_the_vote() -> None:
    def run(number: int) -> Result:
        return ran(number, "a", status="failed" if number == 1 else "solved")

    found = best_of(100, problem(), run)
    assert (found.failed, found.run, found.votes, found.runs) == (True, "r1", 0, ("r0", "r1"))
    assert found.tokens == 20


def test_a_price_that_is_not_known_makes_the_sum_unknown() -> None:
    from dataclasses import replace

    found = best_of(20, problem(), lambda number: replace(ran(number, "a"), cost=None))
    assert found.cost is None


OPTIONS = ("12 m", "A weak acid", "none of them", "3")
SAME: list[tuple[str, tuple[str, ...], Json, Json, bool]] = [
    ("exact", (), "Paris", " paris. ", True),
    ("exact", (), "Paris", "London", False),
    ("exact", (), "New  York", "new york", True),
    ("exact", (), "", "", True),
    ("exact", (), None, "None", True),
    ("number", (), 3, "3.0", True),
    ("number", (), "1,000", 1000, True),
    ("number", (), "$5", "5.00", True),
    ("number", (), "5 %", "5", True),
    ("number", (), "5%", 5, True),
    ("number", (), "nan", "NaN", True),
    ("number", (), "inf", "Infinity", False),
    ("number", (), 0.1, 0.2, False),
    ("gaia", (), ["a", "b"], "a, b", True),
    ("gaia", (), ["a", "b"], "b, a", False),
    ("json", (), {"a": 1}, '{"a": 1}', True),
    ("choice", OPTIONS, "B", "A weak acid", True),
    ("choice", OPTIONS, "The answer is B", "(b)", True),
    ("choice", OPTIONS, "B", "C", False),
    ("choice", OPTIONS, "no idea", "No idea.", True),
    ("math", (), r"\boxed{7}", 7, True),
    ("math", (), r"\frac{1}{2}", "0.5", True),
    ("math", (), r"\frac{1}{2}", r"\frac{1}{3}", False),
    ("exact", (), r"\frac{1}{2}", "0.5", False),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("scorer", "choices", "a", "b", "one"), SAME)
def test_answers_that_are_one(
    scorer: str, choices: tuple[str, ...], a: Json, b: Json, one: bool
) -> None:
    if scorer == "math":
        pytest.importorskip("math_verify")
    for truth in ("never looked at", "A", "7"):
        of = problem(scorer, truth, *choices)
        assert same(a, b, of) is one
        assert same(b, a, of) is one
