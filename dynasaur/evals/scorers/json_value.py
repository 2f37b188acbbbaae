"""Equal JSON values."""

from __future__ import annotations

import json
import math

from dynasaur.evals.problem import Problem, Score
from dynasaur.types import Json

_CLOSE = 1e-9
"""Relative difference at which two floats are one."""


def json_value(answer: Json, problem: Problem) -> Score:
    """The truth, read as JSON, against the answer, which may be JSON in a text.

    The order of keys is no matter, that of items is; `true` is not 1; 1 is 1.0.

    Raises:
        ValueError: The truth is no JSON.
    """
    try:
        truth: Json = json.loads(problem.truth)
    except ValueError as error:
        raise ValueError(f"the answer {problem.truth!r} is no JSON: {error}") from None
    if isinstance(answer, str) and not isinstance(truth, str):
        try:
            answer = json.loads(answer)
        except ValueError:
            return Score(False, "the answer is no JSON")
    return Score(_equal(answer, truth))


def _equal(a: Json, b: Json) -> bool:
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, int | float) and isinstance(b, int | float):
        return a == b or math.isclose(a, b, rel_tol=_CLOSE)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_equal, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_equal(a[key], b[key]) for key in a)
    return type(a) is type(b) and a == b
