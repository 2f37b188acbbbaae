"""Query to ranked actions."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from dynasaur.errors import DynasaurError
from dynasaur.index import Document, Index, Near, Reason, Scored, in_sight
from dynasaur.retriever.fusion import WIDE, Dense, fused, text_of
from dynasaur.retriever.lifts import Experience, Lift, Lifts
from dynasaur.retriever.permit import Permit
from dynasaur.retriever.shelves import Shelf, Shelves, module_of
from dynasaur.store import Entry
from dynasaur.types import Action, Hit, Module

_ASIDE = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"""|^#[^\n]*', re.DOTALL | re.MULTILINE)
_EXAMPLES = re.compile(r"^Examples?:\n(?:[ \t].*\n?|\n)*", re.MULTILINE)

Progress = Callable[[int, int], None]
"""Told how much is done, and of how much."""

USED = "usage"
"""The field of a reason that lies in how an action was used."""

MEANING = "meaning"
"""The field of a reason that lies in the ranks by words and by meaning, fused."""


class Retriever:
    """The way out of one or more stores of actions.

    Args:
        shelves: The stores, the library's own first. Where two hold the same module (a built-in
            action and its vendored copy), the first one counts.
        index_folder: Where the index is kept between processes; None keeps it in memory.
        progress: Told of each action that is read into the index, and how many there are to read.
        experience: Gives what became of actions in earlier runs, asked once at the first search:
            those that were called and returned for similar tasks rise a little. None leaves that
            aside.
        dense: A second way to rank actions, by meaning, fused with the ranks by words.
        warn: Told on one line, once, why there are no ranks by meaning.
        permit: Looks at modules before they are loaded; None lets all be loaded.
        aliases: Gives the library's own bare names for actions of others; see `Shelves`.
    """

    def __init__(
        self,
        shelves: Sequence[Shelf],
        index_folder: Path | None = None,
        progress: Progress | None = None,
        experience: Callable[[], Experience] | None = None,
        dense: Dense | None = None,
        warn: Callable[[str], object] | None = None,
        permit: Permit | None = None,
        aliases: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self._shelves = Shelves(shelves, aliases)
        self._index = Index(index_folder)
        self._progress = progress
        tasks = index_folder / "tasks" if index_folder else None
        self._lifts = Lifts(experience, tasks) if experience else None
        self._dense = dense
        self._warn = warn
        self._permit = permit
        self._merging: threading.Thread | None = None

    def search(self, query: str, k: int = 10, source: str | None = None) -> list[Hit]:
        """The best k actions for a query, best first.

        Equal scores are ranked the library's own actions first, then those of vendored sources,
        then the others'. An action whose exact name stands in the query comes first (of several,
        the one that fits best), and one that is deprecated after all that are not, whatever its
        score. `dynasaur.index.names.names` says what counts as an exact name. Of those whose name
        stands in the query as plain words the best is among ten and more.

        Args:
            query: A task or a wish in words, or a name.
            k: How many actions to give at most.
            source: Only actions of this source (`local`, `base`); None searches all.
        """
        return [hit for hit, _ in self._search(query, k, source)]

    def offer(self, task: str, k: int = 10) -> list[Hit]:
        """The best k actions for a task, only those that stand out from noise."""
        return [hit for hit, stands_out in self._search(task, k, None) if stands_out]

    def explain(self, query: str, hit: Hit) -> tuple[Reason, ...]:
        """Which words of which fields made an action rank, the weightiest first.

        The scores add up to that of the hit.
        """
        reasons = self._index.explain(query, _document(hit.action, hit.action.module, ""))
        total = sum(reason.score for reason in reasons)
        if lift := self._lifts_of(query).get(hit.action.name):
            reasons += (Reason(lift.why, USED, min(max(0.0, 1.0 - total), total * lift.share)),)
        rest = hit.score - sum(reason.score for reason in reasons)
        if self._dense is not None and abs(rest) > 1e-9:
            reasons += (Reason("", MEANING, rest),)
        return reasons

    def find(self, name: str) -> Action | None:
        """The action that a name means; see `Shelves.find`."""
        return self._shelves.find(name)

    def qualified(self, name: str) -> list[str]:
        """The qualified names of the sources' actions that have a bare name: see `Shelves`."""
        return self._shelves.qualified(name)

    def modules(self, names: Iterable[str]) -> dict[str, str]:
        """The full module names that names mean; see `Shelves.modules`."""
        return self._shelves.modules(names)

    def entries(self) -> list[Entry]:
        """Every action's file as it lies on the disk now, the library's own first."""
        self._shelves.walk()
        found = map(self._shelves.entry, sorted(self._shelves.stamps()))
        return [entry for entry in found if entry]

    def read(self, entry: Entry) -> Action | None:
        """One of these files, parsed; None where it is no action, or is gone."""
        return self._shelves.read(entry.module)

    def closure(self, names: Iterable[str]) -> tuple[Module, ...]:
        """The modules of these actions and of all that they require; see `Shelves.closure`.

        Raises:
            ActionError: As `Shelves.closure`, and where one of them may not be loaded.
        """
        modules = self._shelves.closure(names)
        if self._permit:
            self._permit.check(modules)
        return modules

    def tend(self) -> None:
        """Let a thread merge the index's segments where that is due; returns at once.

        For the quiet moments of a run. A process that ends meanwhile loses nothing by it.
        """
        idle = self._merging is None or not self._merging.is_alive()
        if idle and self._index.wants_merging():
            self._merging = threading.Thread(target=self._index.merge, daemon=True)
            self._merging.start()

    def _search(self, query: str, k: int, source: str | None) -> list[tuple[Hit, bool]]:
        """The best k hits, and whether each stands out from noise."""
        if k < 1:
            return []
        self._refresh()
        lifts = self._lifts_of(query)
        near = self._nearest(query)
        least = self._index.noise(query)
        wide = max(2 * k, WIDE if near else 0)
        while True:
            found = self._index.ranked(query, wide)
            chosen = [one for one in found if self._is_of(one, source)]
            if len(chosen) >= 2 * k or len(found) < wide:
                break
            wide *= 4
        lifted = self._hits(chosen, lifts)
        sure = {hit.action.module for hit in lifted if hit.score >= least}
        if near:
            meant = self._hits((one for one in near.found if self._is_of(one, source)), {})
            sure |= {hit.action.module for hit in meant if hit.score >= near.least}
            lifted = fused(lifted, meant)
        ranked = sorted(lifted, key=lambda hit: bool(hit.action.provenance.deprecated))
        mentioned = {module_of(one.key) for one in chosen if one.mentioned}
        shown = in_sight(ranked, k, lambda hit: hit.action.module in mentioned)
        return [(hit, hit.action.module in sure) for hit in shown]

    def _nearest(self, query: str) -> Near | None:
        """The actions nearest by meaning; None where that cannot be told, now or any more."""
        if self._dense is None or not query.strip():
            return None
        try:
            self._dense.sync(
                self._shelves.stamps(), lambda key: text_of(self._read(key)), self._progress
            )
            return self._dense.nearest(query, WIDE)
        except DynasaurError as error:
            self._dense = None
            if self._warn:
                self._warn(f"searching by words alone: {error}")
            return None

    def _hits(self, found: Iterable[Scored], lifts: Mapping[str, Lift]) -> list[Hit]:
        """What was found, lifted, best first."""
        hits = []
        for scored in found:
            action = self._shelves.action(scored.key)
            if action is not None:
                lift = lifts.get(action.name)
                rise = 1.0 + lift.share if lift else 1.0
                hits.append(Hit(action, min(1.0, scored.score * rise)))
        return sorted(hits, key=lambda hit: -hit.score)

    def _lifts_of(self, query: str) -> Mapping[str, Lift]:
        return self._lifts.of(query) if self._lifts else {}

    def _is_of(self, scored: Scored, source: str | None) -> bool:
        if source is None:
            return True
        entry = self._shelves.entry(scored.key)
        return entry is not None and entry.source == source

    def _refresh(self) -> None:
        """Bring the index in line with what there is."""
        seen = self._shelves.look()
        if not self._index.stands_at(seen):
            self._index.sync(self._shelves.stamps(), self._read, self._progress, seen)

    def _read(self, key: str) -> Document | None:
        action, entry = self._shelves.action(key), self._shelves.entry(key)
        if action is None or entry is None:
            return None
        return _document(action, key, entry.stamp)


def _document(action: Action, key: str, stamp: str) -> Document:
    """An action as it is indexed.

    Examples are left out: their file names and values say nothing of what the action is for. Of
    the body, docstrings and the module's head are: they are fields of their own.
    """
    parameters = [f"{found.name} {found.annotation}" for found in action.parameters]
    return Document(
        key=key,
        stamp=stamp,
        name=action.name,
        summary=action.summary,
        docstring=_EXAMPLES.sub("", action.docstring.removeprefix(action.summary)),
        parameters=" ".join([*parameters, action.returns]),
        body=_ASIDE.sub("", action.text),
        task=action.provenance.task,
    )
