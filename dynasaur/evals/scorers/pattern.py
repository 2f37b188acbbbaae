"""A regular expression that the whole answer must match."""

from __future__ import annotations

import re

from dynasaur.evals.problem import Problem, Score
from dynasaur.evals.scorers.answers import as_text
from dynasaur.types import Json


def pattern(answer: Json, problem: Problem) -> Score:
    """The truth is a pattern of Python's `re`; white space at the answer's ends is no matter.

    Raises:
        ValueError: The truth is no regular expression.
    """
    try:
        compiled = re.compile(problem.truth)
    except re.error as error:
        raise ValueError(
            f"the answer {problem.truth!r} is no regular expression: {error}"
        ) from None
    return Score(compiled.fullmatch(as_text(answer).strip()) is not None)
