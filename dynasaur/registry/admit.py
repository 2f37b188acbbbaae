"""The gate: from what a run left behind to committed actions, or reasons why not.

In order: evidence, a name and a place, clones, the rules, replays, documentation, a trial of the
very texts in a fresh kernel, then one commit per action, made together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from dynasaur import source
from dynasaur.checks.scrub import scrubbed
from dynasaur.errors import ActionError, KernelError, StoreError
from dynasaur.packages import Want
from dynasaur.places import title
from dynasaur.record import Admission, Ask, Harvest, Remark
from dynasaur.registry import evidence
from dynasaur.registry.case import Case
from dynasaur.registry.changes import changes
from dynasaur.registry.judged import (
    Gate,
    Judged,
    no_category,
    refuse_dependents,
    requirements_first,
)
from dynasaur.registry.known import Known
from dynasaur.registry.near import Neighbourhood
from dynasaur.registry.proof import Proof
from dynasaur.registry.shelf import Shelf
from dynasaur.registry.trial import MakeKernel, Supplier, Trial
from dynasaur.repo import Repo
from dynasaur.source import Candidate
from dynasaur.store import Store
from dynasaur.types import BARE, Action, Evidence, Refusal

LIKE = 3
"""Actions that one is said to be near, at most, where it is looked at."""

HELD_BACK = "nothing was to be committed; `dynasaur admit {run}` admits it"


class Registry:
    """Admits actions to one library.

    Args:
        stores: The library's own store first, then its sources'.
        repo: Opens the library's git repository; StoreError where there is none.
        kernel: Makes a fresh kernel for a trial.
        folder: Where derived data may be kept.
        gate: What is asked of generated candidates.
    """

    def __init__(
        self,
        stores: Sequence[Store],
        repo: Callable[[], Repo],
        kernel: MakeKernel,
        folder: Path,
        gate: Gate | None = None,
    ) -> None:
        self.stores = tuple(stores)
        own = [store for store in self.stores if store.source in BARE]
        self.known = Known(own, folder / "fingerprints.sqlite")
        self._near = Neighbourhood(own, folder / "near.bin")
        self._repo = repo
        self._kernel = kernel
        self._gate = gate or Gate()
        self._looked: tuple[tuple[str, ...], Case] | None = None

    def trial(self) -> Trial:
        """A place to try modules in, to be used as a context manager."""
        return self._trial(self._gate)

    def admit(self, harvest: Harvest, ask: Ask | None = None) -> Admission:
        """Judge a run's functions and keep those that proved themselves.

        Never raises for what the functions are, nor where they cannot be tried or saved: each
        refusal has its reason.

        Args:
            harvest: What the run leaves.
            ask: Asks for the documentation that functions lack, all in one request; without it
                they are refused.
        """
        return self._admit(harvest, self._gate, ask)

    def add(self, run: str, text: str) -> Admission:
        """Put functions that a person wrote through the same gate; they need not have been run.

        Args:
            run: The id that the commits and their branch carry.
            text: One or more functions, with what they need; what its head says of Python and
                of packages goes along.
        """
        try:
            source.tree_of(source.normal(text), "line")
            head = source.read_head(text)
        except ActionError as error:
            return Admission(refused=(Refusal("the file", str(error)),))
        given = head if head != source.Head() else None
        gate = replace(
            self._gate,
            accept=Evidence.EXECUTED,
            origin="initial",
            head=given,
            supply=_with(self._gate.supply, head.dependencies),
        )
        done = self._admit(Harvest(run, "", "", (text,)), gate, None)
        self.tend(done.admitted)
        return done

    def objections(self, cells: Sequence[str]) -> tuple[Refusal, ...]:
        """What would keep functions out, as far as it can be told without running anything.

        Told while the run goes on, so that the model can mend it at once.

        Args:
            cells: The code of the cells that ran without error, in order.
        """
        return _refused(self._unproved(cells).judged)

    def remarks(self, cells: Sequence[str]) -> tuple[Remark, ...]:
        """What is worth knowing of the others: existing actions that they are like.

        Args:
            cells: The code of the cells that ran without error, in order.
        """
        case = self._unproved(cells)
        passed = [one for one in case.judged if not one.reason]
        self._link(passed)
        said = ((one.name, case.remark(one, signature=True)) for one in passed)
        return tuple(Remark(name, text) for name, text in said if text)

    def tend(self, admitted: Sequence[str]) -> None:
        """Make the history quick to ask, once it was reported what was kept.

        Args:
            admitted: The names of what was; without any there is nothing to do.
        """
        with suppress(StoreError):
            if admitted:
                self._repo().tend()

    def like(self, action: Action) -> tuple[tuple[str, float], ...]:
        """The existing actions that one is near: how people name them and how much, best first."""
        near = self._near.nearest([(action.module, action.text)], limit=LIKE)
        return tuple((title(module), score) for module, score in near[action.module])

    def _trial(self, gate: Gate) -> Trial:
        return Trial(self._kernel, gate.supply, sandboxed=gate.sandboxed)

    def _unproved(self, cells: Sequence[str]) -> Case:
        """The functions of cells, judged as far as nothing is run; the last ones are kept."""
        if self._looked and self._looked[0] == tuple(cells):
            return self._looked[1]
        gate = replace(self._gate, accept=Evidence.EXECUTED, category=no_category)
        case = self._case(Harvest("", "", "", tuple(cells)), gate, mends=False)
        refuse_dependents(case.judged)
        self._looked = tuple(cells), case
        return case

    def _admit(self, harvest: Harvest, gate: Gate, ask: Ask | None) -> Admission:
        harvest = replace(harvest, task=scrubbed(harvest.task))
        case = self._case(harvest, gate, mends=ask is not None)
        try:
            with self._trial(gate) as trial:
                Proof(case, trial, ask).run()
        except KernelError as error:
            for one in case.judged:
                one.reason = one.reason or f"it could not be tried: {error}"
        refuse_dependents(case.judged)
        if gate.deliver == "none":
            for one in case.judged:
                one.reason = one.reason or HELD_BACK.format(run=harvest.run)
        return self._save(case)

    def _case(self, harvest: Harvest, gate: Gate, *, mends: bool) -> Case:
        """The candidates of a run, read but not tried."""
        shelf = Shelf(self.stores, self._committed)
        found = source.candidates(harvest.cells, shelf.find)
        judged = requirements_first([_begin(one, harvest, gate) for one in found])
        case = Case(shelf, self.known, harvest, gate, judged, mends)
        for stage in case.readings():
            refuse_dependents(judged)
            for one in judged:
                if not one.reason:
                    stage(one)
        return case

    def _save(self, case: Case) -> Admission:
        judged, harvest = case.judged, case.harvest
        passed = [one for one in judged if not one.reason]
        self._link(passed)
        remarks = {one.name: said for one in passed if (said := case.remark(one))}
        notes = [f"{name} {said}" for name, said in remarks.items()]
        if passed:
            try:
                legal = {store.source: store.legal for store in self.stores}
                made = changes(passed, harvest, remarks, self._has, legal)
                notes.append(
                    self._repo().commit(harvest.run, made, deliver=self._gate.deliver).note
                )
            except StoreError as error:
                notes = []
                for one in passed:
                    one.reason = f"it could not be saved: {error}"
        admitted = tuple(one.name for one in judged if not one.reason)
        return Admission(admitted, _refused(judged), "; ".join(filter(None, notes)))

    def _link(self, passed: Sequence[Judged]) -> None:
        """Note which existing action a new one is like; that is news, never a reason."""
        near = self._near.nearest((one.module, one.text) for one in passed) if passed else {}
        for one in passed:
            one.near = next(iter(near[one.module]), None)

    def _committed(self, commit: str, path: str) -> bytes | None:
        try:
            return self._repo().past.content(commit, path)
        except StoreError:
            return None

    def _has(self, module: str) -> bool:
        return bool(self.stores[0].text(module))


def _begin(candidate: Candidate, harvest: Harvest, gate: Gate) -> Judged:
    """Judge what the run itself says; whether calls replay is seen in the trial."""
    level = evidence.level(candidate.name, harvest)
    wanted = min(gate.accept, Evidence.SOLVED, key=lambda level: level.rank)
    return Judged(candidate, level, candidate.problem or evidence.shortfall(level, wanted))


def _refused(judged: Sequence[Judged]) -> tuple[Refusal, ...]:
    return tuple(Refusal(one.name, one.reason) for one in judged if one.reason)


def _with(supply: Supplier | None, dependencies: Sequence[str]) -> Supplier | None:
    """The same, with what the head of a person's file asks for."""
    if supply is None or not dependencies:
        return supply
    own = [Want(one, "the file's head") for one in dependencies]
    return lambda wants: supply([*own, *wants])
