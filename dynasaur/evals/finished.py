"""An evaluation read back from its folder, and what is counted of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import fmean
from typing import Any

from dynasaur.config import PACKAGE
from dynasaur.evals import coverage
from dynasaur.evals.complexity import Complexity, complexity
from dynasaur.evals.folder import ADMISSIONS, LIBRARY, RESULTS, read_manifest
from dynasaur.evals.records import Records
from dynasaur.evals.results import Admitted, Result, read_lines, total_cost
from dynasaur.evals.statistics import Share
from dynasaur.library import Library
from dynasaur.types import BASE, LOCAL


@dataclass(frozen=True, slots=True)
class Funnel:
    """How far generated actions came, each counted once: an action in a later problem.

    Attributes:
        admitted: Actions that were admitted.
        offered: Of these, shown to the model in a later problem.
        loaded: Loaded there.
        called: Called there.
        succeeded: Called there, and returned.
    """

    admitted: int
    offered: int
    loaded: int
    called: int
    succeeded: int


@dataclass(frozen=True, slots=True)
class Frozen:
    """A library to which nothing is added.

    Attributes:
        share: Percent of the actions of the library that it was taken from.
        actions: Its own actions.
    """

    share: float
    actions: int


@dataclass(frozen=True, slots=True)
class Point:
    """The state at one batch.

    Attributes:
        batch: Its number.
        library: Generated actions that the library had when it began.
        paper: Mean coverage by the paper's definition.
        plain: Mean coverage of right answers by the plain one; None where none was right.
        reused: Problems that called a generated action.
        problems: Problems of the batch.
        right: Right answers.
    """

    batch: int
    library: int
    paper: float
    plain: float | None
    reused: int
    problems: int
    right: int


class Finished:
    """An evaluation's folder, read; one that is under way counts as far as it is.

    Args:
        folder: The folder.

    Raises:
        UsageError: It holds no evaluation, or a damaged one.
        StoreError: A file of it cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = read_manifest(folder)
        self.plan: dict[str, Any] = self.manifest["plan"]
        lines = read_lines(folder / RESULTS, Result)
        last = {one.id: one for one in lines}
        self.results = tuple(sorted(last.values(), key=lambda one: one.number))
        self.repeated = tuple(one for one in lines if not _counted(one, last[one.id]))
        self.admissions = tuple(read_lines(folder / ADMISSIONS, Admitted))
        apart = self.manifest.get("records")
        own = folder / LIBRARY / ".dynasaur"
        self.records = Records(Path(str(apart)) if apart else own, gated=bool(apart))

    @property
    def name(self) -> str:
        """What tells it from others: its folder, as it was named."""
        return self.folder.name

    @cached_property
    def scored(self) -> tuple[Result, ...]:
        """The results whose truth is known, failures of model, kernel or worker left out."""
        return tuple(one for one in self.results if one.right is not None and not one.failed)

    @property
    def failures(self) -> tuple[Result, ...]:
        """The problems that were not worked on to an end, through no fault of the answer."""
        return tuple(one for one in self.results if one.failed)

    def accuracy(self, group: str | None = None) -> Share:
        """Right of scored, of all groups or of one."""
        of = [one for one in self.scored if group is None or one.group == group]
        return Share(sum(bool(one.right) for one in of), len(of))

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups, in their order."""
        return tuple(sorted({one.group for one in self.results if one.group}))

    def mean(self, what: str) -> float:
        """Mean of a number of the results, such as `seconds` or `tokens`; 0 of none."""
        return fmean(getattr(one, what) for one in self.results) if self.results else 0.0

    @cached_property
    def spent(self) -> dict[str, int]:
        """Tokens of each problem, by its id, those of asking for documentation included."""
        spent = {one.id: one.tokens for one in self.results}
        for one in self.admissions:
            spent[one.id] = spent.get(one.id, 0) + one.prompt_tokens + one.completion_tokens
        return spent

    @property
    def tokens(self) -> int:
        """Tokens in all, those of failures that were done again with them."""
        return sum(self.spent.values()) + sum(one.tokens for one in self.repeated)

    @property
    def cost(self) -> float | None:
        """US dollars in all, a judge's with them; None where a price is not known."""
        paid = (*self.results, *self.repeated)
        costs = [one.cost for one in paid] + [one.cost for one in self.admissions]
        costs += [one.judge_cost for one in paid]
        return total_cost(costs)

    @property
    def ends(self) -> Counter[str]:
        """How problems ended: right, wrong, or why there was no answer."""
        return Counter(one.outcome for one in self.results)

    @property
    def errors(self) -> Counter[str]:
        """Kinds of errors that steps ended in."""
        return Counter(error for one in self.results for error in one.errors)

    @property
    def admitted(self) -> dict[str, str]:
        """The admitted actions, each with the problem that it came from, in order."""
        return {name: one.id for one in self.admissions for name in one.names}

    @property
    def refused(self) -> Counter[str]:
        """Why functions were refused, the words up to the first colon or bracket."""
        reasons = (reason for one in self.admissions for reason in one.refused.values())
        return Counter(reason.split(":")[0].split(" (")[0] for reason in reasons)

    @property
    def learning(self) -> float:
        """EGL: new actions for each action that a problem called; 0 where nothing was called.

        A library that generalises is called more and grows less.
        """
        calls = sum(len(one.called) for one in self.results)
        return len(self.admitted) / calls if calls else 0.0

    @property
    def funnel(self) -> Funnel:
        """Generated actions: admitted, then offered, loaded, called, succeeded later on."""
        source = self.admitted

        def later(what: str) -> int:
            return len(
                {
                    name
                    for one in self.results
                    for name in getattr(one, what)
                    if name in source and source[name] != one.id
                }
            )

        stages = ("offered", "loaded", "called", "succeeded")
        return Funnel(len(source), *(later(what) for what in stages))

    @property
    def never_used(self) -> Share:
        """Admitted actions that no later problem called."""
        funnel = self.funnel
        return Share(funnel.admitted - funnel.called, funnel.admitted)

    @cached_property
    def _library(self) -> Library | None:
        root = self.folder / LIBRARY
        if not (root / PACKAGE).is_dir():
            return None
        bare = self.plan["baseline"] in ("none", "best-of")
        return Library(root, initial=not bare and "initial-actions" not in self.plan["ablate"])

    @property
    def categories(self) -> Counter[str]:
        """The admitted actions by category."""
        if self._library is None:
            return Counter()
        known = self.admitted
        own = (one for one in self._library.actions() if one.source == LOCAL)
        return Counter(one.category for one in own if one.name in known)

    def complexities(self) -> dict[str, list[Complexity]]:
        """Of the generated actions and of the initial ones; a kind without any is left out."""
        if self._library is None:
            return {}
        kinds: dict[str, list[Complexity]] = {"generated": [], "initial": []}
        for action in self._library.actions():
            if action.source == BASE and "vendor" not in action.path.parts:
                kinds["initial"].append(complexity(action.text))
            elif action.name in self.admitted and action.source == LOCAL:
                kinds["generated"].append(complexity(action.text))
        return {kind: found for kind, found in kinds.items() if found}

    @property
    def frozen(self) -> Frozen | None:
        """Where nothing is admitted and all else is as in a full one: how full its library is."""
        others = set(self.plan["ablate"]) - {"accumulation"}
        if self._library is None or self.plan["baseline"] or self.plan["match"] or others:
            return None
        if not (self.plan["freeze"] or self.plan["ablate"]):
            return None
        share = float(self.plan.get("share", 100)) if self.plan.get("source") else 0.0
        return Frozen(share, sum(one.source == LOCAL for one in self._library.actions()))

    def points(self) -> Iterator[Point]:
        """Batch by batch: coverage, reuse and right answers as the library grows."""
        there = set(self._library.names()) if self._library else set()
        unborn = dict(self.admitted)
        for batch in sorted({one.batch for one in self.results}):
            results = [one for one in self.results if one.batch == batch]
            known = there - unborn.keys()
            codes = {one.id: tuple(self.records.code(one)) for one in results}
            right = [one for one in results if one.right]
            plain = [coverage.plain(codes[one.id], known) for one in right]
            yield Point(
                batch,
                len(self.admitted) - len(unborn),
                fmean(coverage.paper(codes[r.id], known, right=bool(r.right)) for r in results),
                fmean(plain) if plain else None,
                sum(bool(one.generated) for one in results),
                len(results),
                len(right),
            )
            ids = {one.id for one in results}
            unborn = {name: source for name, source in unborn.items() if source not in ids}


def _counted(line: Result, last: Result) -> bool:
    """What a line cost is in the problem's last result: it is that, or shares its runs."""
    return line is last or not set(line.runs).isdisjoint(last.runs)
