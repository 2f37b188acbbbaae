"""Two evaluations over the same problems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dynasaur.errors import UsageError
from dynasaur.evals.finished import Finished
from dynasaur.evals.problem import Problem
from dynasaur.evals.results import Result
from dynasaur.evals.statistics import Pairing, Share, pair


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two evaluations over the problems that both have scored.

    Attributes:
        pairing: Right in both, in one alone, in neither.
        tokens: What each spent on these problems.
        missed: The results of each that are wrong where the other's is right.
    """

    pairing: Pairing
    tokens: tuple[int, int]
    missed: tuple[tuple[Result, ...], tuple[Result, ...]]

    @property
    def shares(self) -> tuple[Share, Share]:
        """Right answers of each."""
        of = self.pairing
        whole = of.both + of.first + of.second + of.neither
        return Share(of.both + of.first, whole), Share(of.both + of.second, whole)


def compare(first: Finished, second: Finished) -> Comparison:
    """Compare them, problem by problem."""
    of = {one.id: one for one in second.scored}
    pairs = [(one, of[one.id]) for one in first.scored if one.id in of]
    return Comparison(
        pair([bool(a.right) for a, _ in pairs], [bool(b.right) for _, b in pairs]),
        (sum(first.spent[a.id] for a, _ in pairs), sum(second.spent[b.id] for _, b in pairs)),
        (
            tuple(a for a, b in pairs if b.right and not a.right),
            tuple(b for a, b in pairs if a.right and not b.right),
        ),
    )


def budgets(folder: Path, problems: Sequence[Problem]) -> dict[str, int]:
    """Tokens that an evaluation spent on each problem, its admissions included.

    Raises:
        UsageError: It has no result of one of the problems.
    """
    spent = Finished(folder).spent
    for problem in problems:
        if problem.id not in spent:
            raise UsageError(
                f"--match {folder}: it has no result of the problem {problem.id}; the two must be "
                "over the same problems"
            )
    return {problem.id: max(1, spent[problem.id]) for problem in problems}
