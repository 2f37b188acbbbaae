"""TabMWP (Lu et al., arXiv 2209.14610, 2022), in the three ways that publications score it.

| variant | two numbers are equal when |
|---|---|
| `promptpg` | they are after rounding to 3 places: the data set's own way |
| `trove` | they are after rounding to 2 places |
| `craft` | they differ by at most 1 % of the truth |

In all of them units and commas are removed, and for a question with options the answer counts
as the option that is nearest to it: the same text or value, the option whose letter it is, else
the one that shares most words with it. As published, an answer that shares none with any counts
as the first option, so that nonsense is right by chance.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from dynasaur.evals.problem import Problem, Score
from dynasaur.evals.scorers.answers import as_text
from dynasaur.types import Json

RELATIVE = 0.01


def promptpg(answer: Json, problem: Problem) -> Score:
    """The data set's own way: 3 places."""
    return _score(answer, problem, lambda a, b: round(a, 3) == round(b, 3))


def trove(answer: Json, problem: Problem) -> Score:
    """TroVE's way: 2 places."""
    return _score(answer, problem, lambda a, b: round(a, 2) == round(b, 2))


def craft(answer: Json, problem: Problem) -> Score:
    """CRAFT's way: 1 % of the truth."""
    return _score(
        answer, problem, lambda a, b: math.isclose(a, b, rel_tol=0, abs_tol=abs(b) * RELATIVE)
    )


VARIANTS: dict[str, Callable[[Json, Problem], Score]] = {
    "promptpg": promptpg,
    "trove": trove,
    "craft": craft,
}


def _score(answer: Json, problem: Problem, equal: Callable[[float, float], bool]) -> Score:
    unit = str(problem.details.get("unit") or "")
    given, truth = _bare(as_text(answer), unit), _bare(problem.truth, unit)
    if problem.choices:
        chosen = _nearest(given, [_bare(one, unit) for one in problem.choices], equal)
        return Score(chosen == truth, f"nearest option: {chosen}")
    value, true = _value(given), _value(truth)
    if value is not None and true is not None:
        return Score(equal(value, true), f"compared {value!r}")
    return Score(given == truth, f"compared {given!r}")


def _bare(text: str, unit: str) -> str:
    """Lower case, one space between words, without the unit, `$`, `%` and commas in numbers."""
    text = " ".join(text.lower().split()).rstrip(".")
    if unit:
        text = re.sub(rf"(?<!\w){re.escape(unit.lower())}(?!\w)", "", text)
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    return re.sub(r"[$%]", "", text).strip()


def _value(text: str) -> float | None:
    """A number or a fraction as a float."""
    found = re.fullmatch(r"([-+]?\d*\.?\d+)(?:\s*/\s*(\d+))?", text)
    if not found or (found[2] and int(found[2]) == 0):
        return None
    return float(found[1]) / (int(found[2]) if found[2] else 1)


def _nearest(given: str, options: list[str], equal: Callable[[float, float], bool]) -> str:
    """The option that is the answer; the first of those that are as near."""
    if given in options:
        return given
    value = _value(given)
    for option in options:
        other = _value(option)
        if value is not None and other is not None and equal(value, other):
            return option
    letter = re.fullmatch(r"\(?([a-z])\)?", given)
    if letter and (at := ord(letter[1]) - ord("a")) < len(options):
        return options[at]
    return max(options, key=lambda one: _overlap(given, one))


def _overlap(a: str, b: str) -> float:
    """Words that both have, as a share of those of the longer one."""
    of_a, of_b = a.split(), b.split()
    return len(set(of_a) & set(of_b)) / max(1, len(of_a), len(of_b))
