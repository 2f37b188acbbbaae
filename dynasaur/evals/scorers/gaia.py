"""GAIA's quasi-exact match, as its leaderboard scores (Mialon et al., arXiv 2311.12983, 2023).

Written from its published behaviour, quirks included; each has a row in the tests.
"""

from __future__ import annotations

import re
import string

from dynasaur.evals.problem import Problem, Score
from dynasaur.evals.scorers.answers import as_text
from dynasaur.types import Json

_UNPARSED = float("inf")
"""What an answer counts as that should be a number and is none: so it equals a truth of `inf`."""


def gaia(answer: Json, problem: Problem) -> Score:
    """By the kind of the truth: a number, a list (it holds a comma or semicolon), or words.

    A truth such as `1,000` is a list of two, since Python's `float` does not take it.
    """
    given, truth = as_text(answer), problem.truth
    if _is_number(truth):
        value = _number(given)
        return Score(value == float(truth), f"compared {value!r}")
    if re.search(r"[,;]", truth):
        return _lists(re.split(r"[,;]", given), re.split(r"[,;]", truth))
    bare = _words(given, punctuation=False)
    return Score(bare == _words(truth, punctuation=False), f"compared {bare!r}")


def _lists(given: list[str], truth: list[str]) -> Score:
    if len(given) != len(truth):
        return Score(False, f"{len(given)} items instead of {len(truth)}")
    return Score(all(map(_item, given, truth)))


def _item(given: str, truth: str) -> bool:
    if _is_number(truth):
        return _number(given) == float(truth)
    return _words(given, punctuation=True) == _words(truth, punctuation=True)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _number(text: str) -> float:
    try:
        return float(re.sub(r"[$%,]", "", text))
    except ValueError:
        return _UNPARSED


def _words(text: str, *, punctuation: bool) -> str:
    bare = re.sub(r"\s", "", text).lower()
    return bare if punctuation else bare.translate(str.maketrans("", "", string.punctuation))
