"""Query to ranked actions, and actions to the modules that they require."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from dynasaur.errors import ActionError
from dynasaur.index import Document, Index, Reason, Scored
from dynasaur.source import gather
from dynasaur.store import Entry
from dynasaur.types import LOCAL, Action, Hit, Module

_ASIDE = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"""|^#[^\n]*', re.DOTALL | re.MULTILINE)
_EXAMPLES = re.compile(r"^Examples?:\n(?:[ \t].*\n?|\n)*", re.MULTILINE)


Progress = Callable[[int, int], None]
"""Told how much is done, and of how much."""


class Uses(Protocol):
    """What became of an action in the runs so far."""

    @property
    def called(self) -> int:
        """Runs in which it was called."""

    @property
    def succeeded(self) -> int:
        """Runs in which a call of it returned."""


USAGE = 0.1
"""Most that usage lifts a score by."""

DOUBT = 3
"""So many failed calls are added to those of every action before its share is taken."""

USED = "usage"
"""The field of a reason that lies in how an action was used."""


class Shelf(Protocol):
    """What is asked of a store of actions: the library's own, or another source."""

    def entries(self) -> Mapping[str, Entry]:
        """All actions by full module name, found without reading a file."""

    def read(self, entry: Entry) -> Action:
        """One action, parsed; ActionError where its file is no action."""

    def text(self, module: str) -> str | None:
        """The source of any of the store's modules; None where it has no such module."""


class Retriever:
    """The way out of one or more stores of actions.

    Args:
        shelves: The stores, the library's own first. Where two hold the same module (a built-in
            action and its vendored copy), the first one counts.
        index_folder: Where the index is kept between processes; None keeps it in memory.
        progress: Told of each action that is read into the index, and how many there are to read.
        uses: Gives by action's name what became of it, asked once at the first search: actions
            that were called and returned rise a little. None leaves usage aside.
    """

    def __init__(
        self,
        shelves: Sequence[Shelf],
        index_folder: Path | None = None,
        progress: Progress | None = None,
        uses: Callable[[], Mapping[str, Uses]] | None = None,
    ) -> None:
        self._shelves = tuple(shelves)
        self._index = Index(index_folder)
        self._progress = progress
        self._uses = uses
        self._lifts: dict[str, float] | None = None
        self._known: dict[str, tuple[Shelf, Entry]] = {}
        self._by_name: dict[str, list[str]] = {}

    def search(self, query: str, k: int = 10, source: str | None = None) -> list[Hit]:
        """The best k actions for a query, best first.

        Equal scores are ranked the library's own actions first, then those of vendored sources,
        then the others'. An action whose exact name is written in the query comes first, and one
        that is deprecated after all that are not, whatever its score.

        Args:
            query: A task or a wish in words, or a name.
            k: How many actions to give at most.
            source: Only actions of this source (`local`, `base`); None searches all.
        """
        self._refresh()
        wide = 2 * max(0, k)
        while True:
            found = self._index.search(query, wide)
            own = [one for one in found if source in (None, self._source(one.key))]
            if len(own) >= 2 * k or len(found) < wide:
                return sorted(self._hits(own), key=_rank)[:k]
            wide *= 4

    def _hits(self, found: Iterable[Scored]) -> list[Hit]:
        hits = []
        for scored in found:
            action = self._action(_module(scored.key))
            if action is not None:
                hits.append(Hit(action, min(1.0, scored.score * (1.0 + self._lift(action.name)))))
        return hits

    def _lift(self, name: str) -> float:
        """How far usage lifts an action's score, between 0 and `USAGE`.

        It goes by the share of its calls that returned, not by their number: what is often
        offered cannot rise by that, nor what is often called rise for ever.
        """
        if self._lifts is None:
            uses = {} if self._uses is None else self._uses()
            self._lifts = {
                name: USAGE * use.succeeded / (use.called + DOUBT) for name, use in uses.items()
            }
        return self._lifts.get(name, 0.0)

    def _source(self, key: str) -> str:
        return self._known[_module(key)][1].source

    def offer(self, task: str, k: int = 10) -> list[Hit]:
        """The best k actions for a task, only those that stand out from noise."""
        hits = self.search(task, k)
        least = self._index.noise(task)
        return [hit for hit in hits if hit.score >= least]

    def explain(self, query: str, hit: Hit) -> tuple[Reason, ...]:
        """Which words of which fields made an action rank, the weightiest first."""
        reasons = self._index.explain(query, _document(hit.action, "", ""))
        lifted = hit.score - sum(reason.score for reason in reasons)
        used = Reason("", USED, lifted) if self._lift(hit.action.name) else None
        return (*reasons, used) if used else reasons

    def find(self, name: str) -> Action | None:
        """The action that a name means.

        Args:
            name: A bare name (`mean`: the library's own before others'), with its source or
                category (`base/mean`, `tables/mean`, `base/tables/mean`), or a full module name.

        Raises:
            ActionError: There is such an action, and its file cannot be parsed.
        """
        module = self.modules([name]).get(name)
        if module is None:
            return None
        shelf, entry = self._known[module]
        return shelf.read(entry)

    def modules(self, names: Iterable[str]) -> dict[str, str]:
        """The full module names that names mean, those that mean none left out.

        One look at the disk for all of them, and no file is read.

        Args:
            names: As `find` takes them.
        """
        self._walk()
        found = ((name, next(self._modules_named(name), None)) for name in names)
        return {name: module for name, module in found if module is not None}

    def closure(self, names: Iterable[str]) -> tuple[Module, ...]:
        """The modules of these actions and of all that they require.

        Args:
            names: Full module names, or names as `find` takes them.

        Returns:
            Each module once, requirements before what requires them.

        Raises:
            ActionError: There is no such action, or one of its requirements is missing.
        """
        if not self._known:
            self._walk()
        modules = [next(iter(self._modules_named(name)), name) for name in names]
        return gather(modules, self._text)

    def _text(self, module: str) -> str | None:
        for shelf in self._shelves:
            text = shelf.text(module)
            if text is not None:
                return text
        return None

    def _modules_named(self, name: str) -> Iterator[str]:
        if name in self._known:
            yield name
            return
        *places, bare = name.replace("/", ".").split(".")
        found = self._by_name.get(bare, ())
        fitting = (module for module in found if places in _places(self._known[module][1]))
        yield from sorted(fitting, key=self._key)

    def _walk(self) -> None:
        """See which actions there are; a module that two stores hold is the first one's."""
        known: dict[str, tuple[Shelf, Entry]] = {}
        for shelf in self._shelves:
            for module, entry in shelf.entries().items():
                known.setdefault(module, (shelf, entry))
        self._known = known
        self._by_name = {}
        for module, (_, entry) in known.items():
            self._by_name.setdefault(entry.name, []).append(module)

    def _refresh(self) -> None:
        """Bring the index in line with what there is."""
        self._walk()
        known = self._known
        stamps = {self._key(module): entry.stamp for module, (_, entry) in known.items()}
        self._index.sync(stamps, self._read, self._progress)

    def _read(self, key: str) -> Document | None:
        module = _module(key)
        action = self._action(module)
        if action is None:
            return None
        return _document(action, key, self._known[module][1].stamp)

    def _action(self, module: str) -> Action | None:
        """One action; None where its file is none, which `dynasaur check` tells of."""
        shelf, entry = self._known[module]
        try:
            return shelf.read(entry)
        except ActionError:
            return None

    def _key(self, module: str) -> str:
        """The index's key of a module: ties are ranked by it, so its place comes first."""
        shelf, entry = self._known[module]
        place = 0 if entry.source == LOCAL else 1 if shelf is self._shelves[0] else 2
        return f"{place} {module}"


def _rank(hit: Hit) -> tuple[bool, float]:
    return bool(hit.action.provenance.deprecated), -hit.score


def _module(key: str) -> str:
    return key.split(" ", 1)[1]


def _places(entry: Entry) -> tuple[list[str], ...]:
    """What may stand before an action's bare name."""
    category = [entry.category] if entry.category else []
    return [], category, [entry.source], [entry.source, *category]


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
