"""Equal texts, but for white space at the ends."""

from __future__ import annotations

from dynasaur.evals.problem import Problem, Score
from dynasaur.evals.scorers.answers import as_text
from dynasaur.types import Json


def exact(answer: Json, problem: Problem) -> Score:
    """Letter by letter, case included; a number is compared as it is written."""
    return Score(as_text(answer).strip() == problem.truth.strip())
