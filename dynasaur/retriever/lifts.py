"""How far what became of actions in earlier runs lifts them: gently, and within a bound.

By shares, never by numbers: what is offered or called more often cannot rise by that alone, so
that what rises has no way to run away. Figures are in tests/benchmarks/README.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dynasaur.index import Document, Index

USAGE = 0.1
"""Most that the share of its calls that returned, over all runs, lifts an action's score by."""

DOUBT = 3
"""So many failed calls are added to those of every action before its share is taken."""

SIMILAR = 0.2
"""Most that having served similar tasks lifts a score by, in addition."""

DOUBT_OF_SIMILAR = 1.0
"""The same for similar tasks, where a task of the very same words counts as one."""

NEAREST = 20
"""So many of the most similar earlier tasks count."""

_LONGEST_TASK = 2_000


class Uses(Protocol):
    """What became of an action in the runs so far."""

    @property
    def called(self) -> int:
        """Runs in which it was called."""

    @property
    def succeeded(self) -> int:
        """Runs in which a call of it returned."""


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
    """What became of actions in the runs so far, by name and by task."""

    @property
    def actions(self) -> Mapping[str, Uses]:
        """By action's name."""

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
        self._general: dict[str, tuple[Lift, ...]] | None = None
        self._tasks: Index | None = None
        self._served: dict[str, Served] = {}

    def of(self, query: str) -> Mapping[str, tuple[Lift, ...]]:
        """The lifts by action's name; actions that do not rise are left out."""
        if self._general is None:
            known = self._experience()
            self._general = dict(_general(known.actions))
            self._served = {served.run: served for served in known.tasks}
        lifts = dict(self._general)
        for name, lift in self._similar(query):
            lifts[name] = (*lifts.get(name, ()), lift)
        return lifts

    def _similar(self, query: str) -> Iterable[tuple[str, Lift]]:
        """How far actions rise for having served tasks like this query."""
        if not self._served:
            return
        if self._tasks is None:
            self._tasks = Index(self._folder)
            self._tasks.sync(dict.fromkeys(self._served, "1"), self._document)
        near = self._tasks.search(query, NEAREST)
        least = self._tasks.noise(query)
        called, succeeded = dict[str, float](), dict[str, float]()
        runs = dict[str, int]()
        for scored in near:
            if scored.score < least:
                break
            served = self._served[scored.key]
            for name in served.called:
                called[name] = called.get(name, 0.0) + scored.score
            for name in served.succeeded:
                succeeded[name] = succeeded.get(name, 0.0) + scored.score
                runs[name] = runs.get(name, 0) + 1
        for name, worth in succeeded.items():
            share = SIMILAR * worth / (called[name] + DOUBT_OF_SIMILAR)
            tasks = f"{runs[name]} similar task{'s' if runs[name] > 1 else ''}"
            yield name, Lift(share, f"served {tasks}")

    def _document(self, run: str) -> Document:
        return Document(run, "1", "", summary=self._served[run].task[:_LONGEST_TASK])


def _general(actions: Mapping[str, Uses]) -> Iterable[tuple[str, tuple[Lift, ...]]]:
    """How far each action rises, whatever the query."""
    for name, use in actions.items():
        if use.succeeded:
            share = USAGE * use.succeeded / (use.called + DOUBT)
            yield name, (Lift(share, f"returned in {use.succeeded} of {use.called} runs"),)
