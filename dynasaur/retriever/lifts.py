"""How far having served similar tasks lifts actions: gently, and within a bound.

By shares, never by numbers: what is offered or called more often cannot rise by that alone, so
that what rises has no way to run away. Figures are in tests/benchmarks/README.md.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dynasaur.index import Document, Index

SIMILAR = 0.2
"""Most that having served similar tasks lifts a score by."""

DOUBT = 1.0
"""So much of a failed call, for a task of the very same words, is added to those of every action
before its share is taken."""

SHARPNESS = 3
"""Likeness counts by this power: a task that shares some words with another is no kin of it."""

NEAREST = 20
"""So many of the most similar earlier tasks count."""

_LONGEST_TASK = 2_000


class Served(Protocol):
    """One earlier run: its task, and the names of the actions that were called in it."""

    @property
    def run(self) -> str:
        """Its id."""

    @property
    def task(self) -> str:
        """What was asked."""

    @property
    def called(self) -> Set[str]:
        """The actions that were called."""

    @property
    def succeeded(self) -> Set[str]:
        """Those of which a call returned."""


class Experience(Protocol):
    """What became of actions in the runs so far."""

    @property
    def tasks(self) -> Sequence[Served]:
        """By run."""


@dataclass(frozen=True, slots=True)
class Lift:
    """By what share of itself an action's score rises, and why, in words."""

    share: float
    why: str


class Lifts:
    """Tells how far actions rise for a query.

    Args:
        experience: Gives what is known; asked once, at the first question.
        folder: Where the index of earlier tasks is kept; None keeps it in memory.
    """

    def __init__(self, experience: Callable[[], Experience], folder: Path | None) -> None:
        self._experience = experience
        self._folder = folder
        self._tasks: Index | None = None
        self._served: dict[str, Served] = {}

    def of(self, query: str) -> Mapping[str, Lift]:
        """The lifts by action's name; actions that do not rise are left out."""
        if self._tasks is None:
            self._served = {served.run: served for served in self._experience().tasks}
            self._tasks = Index(self._folder if self._served else None)
            self._tasks.sync(dict.fromkeys(self._served, "1"), self._document)
        called, succeeded = defaultdict[str, float](float), defaultdict[str, float](float)
        runs = Counter[str]()
        least = self._tasks.noise(query)
        for scored in self._tasks.search(query, NEAREST):
            if scored.score < least:
                break
            served = self._served[scored.key]
            likeness = scored.score**SHARPNESS
            for name in served.called:
                called[name] += likeness
            for name in served.succeeded:
                succeeded[name] += likeness
                runs[name] += 1
        return {
            name: Lift(SIMILAR * worth / (called[name] + DOUBT), _why(runs[name]))
            for name, worth in succeeded.items()
        }

    def _document(self, run: str) -> Document:
        return Document(run, "1", "", summary=self._served[run].task[:_LONGEST_TASK])


def _why(runs: int) -> str:
    return f"served {runs} similar task{'s' if runs > 1 else ''}"
