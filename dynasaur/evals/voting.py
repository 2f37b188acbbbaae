"""Best of n: several runs on one problem vote, as many as fit into a budget of tokens.

What is voted on is equality of answers: the true answer has no part in it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from dynasaur.evals.problem import Problem
from dynasaur.evals.results import Result, total_cost
from dynasaur.evals.scorers.answers import as_text, boxed
from dynasaur.evals.scorers.choice import letter_of
from dynasaur.evals.scorers.mathematics import mathematics
from dynasaur.types import Json

MOST = 64
"""Runs on one problem, whatever the budget."""


def best_of(budget: int, problem: Problem, run: Callable[[int], Result]) -> Result:
    """Run until another run would take the tokens further from the budget than they are.

    Args:
        budget: Tokens in all; one run is made in any case.
        problem: The problem.
        run: Makes one run, by its number from 0.

    Returns:
        The answer that most runs gave, of several the one given first, with the tokens, seconds,
        steps and errors of all runs. Where a run failed, that run, with those of all: fewer votes
        than were paid for would be another comparison.
    """
    done: list[Result] = []
    while len(done) < MOST:
        done.append(run(len(done)))
        spent = sum(one.tokens for one in done)
        if done[-1].failed or not spent or spent + spent / len(done) / 2 > budget:
            break
    chosen, votes = (done[-1], 0) if done[-1].failed else _voted(problem, done)
    return replace(
        chosen,
        steps=sum(one.steps for one in done),
        errors=tuple(error for one in done for error in one.errors),
        seconds=round(sum(one.seconds for one in done), 3),
        prompt_tokens=sum(one.prompt_tokens for one in done),
        completion_tokens=sum(one.completion_tokens for one in done),
        cost=total_cost(one.cost for one in done),
        served=tuple(dict.fromkeys(served for one in done for served in one.served)),
        runs=tuple(one.run for one in done),
        votes=votes,
    )


def _voted(problem: Problem, done: Sequence[Result]) -> tuple[Result, int]:
    """The first run that gave the answer of most, and their number; the first run of none."""
    camps: list[list[Result]] = []
    for one in done:
        if one.status != "solved":
            continue
        for camp in camps:
            if same(camp[0].answer, one.answer, problem):
                camp.append(one)
                break
        else:
            camps.append([one])
    if not camps:
        return done[0], 0
    largest = max(camps, key=len)
    return largest[0], len(largest)


def same(a: Json, b: Json, problem: Problem) -> bool:
    """Two answers are one: the same option, number, or words, whichever the problem asks for.

    Where answers are mathematics, they are compared as such.
    """
    if _plain(a, problem) == _plain(b, problem):
        return True
    return problem.scorer == "math" and mathematics(a, replace(problem, truth=as_text(b))).right


def _plain(answer: Json, problem: Problem) -> str | float:
    text = as_text(answer).strip()
    if problem.choices and (letter := letter_of(text, problem.choices)):
        return letter
    text = (boxed(text) or text).strip().strip("$%")
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        value = math.nan
    return value if math.isfinite(value) else " ".join(text.split()).rstrip(".").casefold()
