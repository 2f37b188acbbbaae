"""AIME: a whole number from 0 to 999."""

from __future__ import annotations

import re

from dynasaur.evals.problem import Problem, Score
from dynasaur.evals.scorers.answers import as_text, boxed
from dynasaur.types import Json

LARGEST = 999


def aime(answer: Json, problem: Problem) -> Score:
    r"""Whole numbers compared by value, so that `042` is 42; a `\boxed{}` counts before the rest.

    Raises:
        ValueError: The truth is no whole number from 0 to 999.
    """
    truth = _whole(problem.truth)
    if truth is None:
        raise ValueError(f"the answer {problem.truth!r} is no whole number from 0 to {LARGEST}")
    text = as_text(answer)
    given = _whole(boxed(text) or text)
    return Score(given == truth, "" if given is not None else f"no whole number 0 to {LARGEST}")


def _whole(text: str) -> int | None:
    """The one whole number that a text is; words around it are let pass, another number is not."""
    text = text.replace(",", "").replace("\N{MINUS SIGN}", "-")
    found = {float(one) for one in re.findall(r"[-+]?\d+(?:\.\d+)?", text)}
    if len(found) != 1:
        return None
    value = found.pop()
    return int(value) if value == int(value) and 0 <= value <= LARGEST else None
