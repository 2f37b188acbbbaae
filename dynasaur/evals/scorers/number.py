"""Equal numbers, within a tolerance that the problem may set."""

from __future__ import annotations

import math

from dynasaur.evals.problem import Problem, Score
from dynasaur.evals.scorers.answers import as_text, number_in
from dynasaur.types import Json

TOLERANCE = 1e-6
"""Relative; `details["tolerance"]` sets another, `details["digits"]` rounds both first."""


def number(answer: Json, problem: Problem) -> Score:
    """The one number in the answer against the one in the truth.

    An answer with several different numbers is wrong: it does not say which is meant.

    Raises:
        ValueError: The truth holds no single number.
    """
    truth = number_in(problem.truth)
    if truth is None:
        raise ValueError(f"the answer {problem.truth!r} is no number; name another scorer")
    given = number_in(as_text(answer))
    if given is None:
        return Score(False, "no single number in the answer")
    digits = problem.details.get("digits")
    if isinstance(digits, int):
        return Score(round(given, digits) == round(truth, digits), f"compared {given!r}")
    tolerance = problem.details.get("tolerance", TOLERANCE)
    assert isinstance(tolerance, int | float)
    return Score(math.isclose(given, truth, rel_tol=tolerance), f"compared {given!r}")
