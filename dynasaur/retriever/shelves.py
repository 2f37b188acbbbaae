"""The stores that are searched, seen as one: what lies in them, and what a name means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from dynasaur.errors import ActionError
from dynasaur.source import gather
from dynasaur.store import Entry
from dynasaur.types import BARE, LOCAL, Action, Module


class Shelf(Protocol):
    """What is asked of a store of actions: the library's own, or another source."""

    def entries(self) -> Mapping[str, Entry]:
        """All actions by full module name, found without reading a file."""

    def seen(self) -> str:
        """What stands for all that `entries` would give: the same, and nothing has changed."""

    def unmoved(self) -> bool:
        """Nothing was added, renamed or removed since the last `seen`, as far as is certain."""

    def entry(self, module: str) -> Entry | None:
        """One action's file, found without looking at others; None where there is none."""

    def read(self, entry: Entry) -> Action:
        """One action, parsed; ActionError where its file is no action."""

    def text(self, module: str) -> str | None:
        """The source of any of the store's modules; None where it has no such module."""


class Shelves:
    """One or more stores of actions.

    Args:
        shelves: The stores, the library's own first. Where two hold the same module (a built-in
            action and its vendored copy), the first one counts.
        aliases: Gives the bare names that the library has for actions of others: name to full
            module name. Its own actions come before them.
    """

    def __init__(
        self, shelves: Sequence[Shelf], aliases: Callable[[], Mapping[str, str]] = dict
    ) -> None:
        self._shelves = tuple(shelves)
        self._aliases = aliases
        self._called: Mapping[str, str] = {}
        self._seen = ""
        self._walked = ""
        self._known: dict[str, tuple[Shelf, Entry]] = {}
        self._by_name: dict[str, list[str]] = {}

    def look(self) -> str:
        """See whether anything has changed; gives what stands for all that there is."""
        self._seen = " ".join(shelf.seen() for shelf in self._shelves)
        return self._seen

    def walk(self) -> None:
        """See which actions there are; a module that two stores hold is the first one's.

        Costs little where nothing has changed since the last time.
        """
        self.look()
        self._walk()
        self._called = self._aliases()

    def _walk(self) -> None:
        """Walk as far as nobody has since the last look, which came before: so none is missed."""
        if self._walked == self._seen:
            return
        known: dict[str, tuple[Shelf, Entry]] = {}
        for shelf in self._shelves:
            for module, entry in shelf.entries().items():
                known.setdefault(module, (shelf, entry))
        self._known = known
        self._by_name = {}
        for module, (_, entry) in known.items():
            self._by_name.setdefault(entry.name, []).append(module)
        self._walked = self._seen

    def entries(self) -> list[Entry]:
        """Every action's file as it lies on the disk now, the library's own first."""
        self.walk()
        known = self._known  # another thread may look at the disk meanwhile
        places = ((self._place(*found), module) for module, found in known.items())
        return [known[module][1] for _, module in sorted(places)]

    def stamps(self) -> dict[str, str]:
        """By each action's key what changes whenever its file does, as of the last look."""
        self._walk()
        return {self._key(module): entry.stamp for module, (_, entry) in self._known.items()}

    def entry(self, key: str) -> Entry | None:
        """The file of an action by its key; None where there is none any more."""
        found = self._find(module_of(key))
        return found[1] if found else None

    def action(self, key: str) -> Action | None:
        """An action by its key; None where its file is none, which `dynasaur check` tells of."""
        return self.read(module_of(key))

    def read(self, module: str) -> Action | None:
        """An action by its full name; None where there is none, or its file is no action."""
        found = self._find(module)
        if found is None:
            return None
        try:
            return found[0].read(found[1])
        except ActionError:
            return None

    def _find(self, module: str) -> tuple[Shelf, Entry] | None:
        """Where a module lies, without a walk for its sake."""
        if self._walked == self._seen:
            return self._known.get(module)
        found = ((shelf, shelf.entry(module)) for shelf in self._shelves)
        return next(((shelf, entry) for shelf, entry in found if entry), None)

    def find(self, name: str) -> Action | None:
        """The action that a name means.

        Args:
            name: A bare name (`mean`: the library's own before others'), with its source or
                category (`base/mean`, `tables/mean`, `base/tables/mean`), or a full module name.

        Raises:
            ActionError: There is such an action, and its file cannot be parsed.
        """
        self.walk()
        module = self.modules([name]).get(name)
        if module is None:
            return None
        shelf, entry = self._known[module]
        return shelf.read(entry)

    def modules(self, names: Iterable[str]) -> dict[str, str]:
        """The full module names that names mean, those that mean none left out.

        One look at the disk for all of them, at folders alone where that is enough; no file is
        read.

        Args:
            names: As `find` takes them.
        """
        known = self._walked and self._walked == self._seen
        if not (known and all(shelf.unmoved() for shelf in self._shelves)):
            self.walk()
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
            self.walk()
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
        alias = [one for one in (self._called.get(name),) if one in self._known]
        yield from sorted(
            [*alias, *fitting],
            key=lambda one: (not self._is_own(one), one not in alias, self._key(one)),
        )

    def qualified(self, name: str) -> list[str]:
        """The qualified names (`acme/text/clean`) of the actions of sources that people added.

        Args:
            name: A bare name, which means none of them.
        """
        entries = [self._known[module][1] for module in self._by_name.get(name, ())]
        strangers = [entry for entry in entries if entry.source not in BARE]
        places = [(one.source, one.category, one.name) for one in strangers]
        return sorted("/".join(filter(None, place)) for place in places)

    def _key(self, module: str) -> str:
        """The index's key of a module: ties are ranked by it, so its place comes first."""
        return f"{self._place(*self._known[module])} {module}"

    def _is_own(self, module: str) -> bool:
        return self._known[module][1].source == LOCAL

    def _place(self, shelf: Shelf, entry: Entry) -> int:
        return 0 if entry.source == LOCAL else 1 if shelf is self._shelves[0] else 2


def module_of(key: str) -> str:
    """The full module name of a key in the index."""
    return key.split(" ", 1)[1]


def _places(entry: Entry) -> tuple[list[str], ...]:
    """What may stand before an action's bare name: of a source that people added, its own."""
    category = [entry.category] if entry.category else []
    qualified = [entry.source], [entry.source, *category]
    return ([], category, *qualified) if entry.source in BARE else qualified
