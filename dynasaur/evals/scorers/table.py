"""The scorers by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from dynasaur.errors import UsageError
from dynasaur.evals.problem import Problem, Score
from dynasaur.evals.scorers import tabmwp
from dynasaur.evals.scorers.aime import aime
from dynasaur.evals.scorers.choice import choice
from dynasaur.evals.scorers.exact import exact
from dynasaur.evals.scorers.gaia import gaia
from dynasaur.evals.scorers.json_value import json_value
from dynasaur.evals.scorers.mathematics import mathematics
from dynasaur.evals.scorers.number import number
from dynasaur.evals.scorers.pattern import pattern
from dynasaur.types import Json

Scorer = Callable[[Json, Problem], Score]

SCORERS: Mapping[str, Scorer] = MappingProxyType(
    {
        "exact": exact,
        "number": number,
        "regex": pattern,
        "json": json_value,
        "math": mathematics,
        "gaia": gaia,
        "aime": aime,
        "choice": choice,
        **{f"tabmwp-{name}": scorer for name, scorer in tabmwp.VARIANTS.items()},
    }
)
"""All but `llm-judge`, which needs a model."""

JUDGE = "llm-judge"

_READS_TRUTH = ("number", "regex", "json", "aime")


def check_truths(problems: Sequence[Problem], scorer: str = "") -> None:
    """See that scorers can read the true answers, before anything is paid for.

    Args:
        problems: The problems.
        scorer: The scorer that is used instead of their own; empty for those.

    Raises:
        UsageError: One of them cannot.
    """
    for problem in problems:
        name = scorer or problem.scorer
        if problem.kept_back or name not in _READS_TRUTH:
            continue
        try:
            SCORERS[name]("", problem)
        except ValueError as error:
            said = f"its answer is not for the scorer {name}" if problem.gated else error
            raise UsageError(f"problem {problem.id}: {said}") from error
