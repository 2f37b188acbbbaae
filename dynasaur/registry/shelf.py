"""The actions that exist, as the gate looks them up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property

from dynasaur import tombstones
from dynasaur.errors import ActionError
from dynasaur.pins import aliases_of
from dynasaur.store import Entry, Store
from dynasaur.types import BARE, LOCAL, Action


class Shelf:
    """The stores at one moment: the library's own first, then its sources'.

    Args:
        stores: The stores.
        committed: A file's content in a commit; None where it cannot be found.
    """

    def __init__(
        self, stores: Sequence[Store], committed: Callable[[str, str], bytes | None]
    ) -> None:
        self._stores = tuple(stores)
        self._committed = committed
        self.mount = stores[0].mount
        self.entries: dict[str, Entry] = {}
        self._homes: dict[str, Store] = {}
        for store in reversed(self._stores):
            found = store.entries()
            self.entries |= found
            self._homes |= dict.fromkeys(found, store)
        ordered = sorted(self.entries.values(), key=lambda one: (one.source != LOCAL, one.module))
        self._by_name: dict[str, Entry] = {}
        self._by_folded: dict[str, Entry] = {}
        for entry in (one for one in ordered if one.source in BARE):
            self._by_name.setdefault(entry.name, entry)
            self._by_folded.setdefault(entry.name.casefold(), entry)

    @property
    def categories(self) -> frozenset[str]:
        """The categories that there are, those of other people's sources left out."""
        bare = (entry for entry in self.entries.values() if entry.source in BARE)
        return frozenset(entry.category for entry in bare) - {""}

    @cached_property
    def rejected(self) -> Mapping[str, tombstones.Tombstone]:
        """What people have rejected, by fingerprint."""
        return tombstones.current(tombstones.read(self._stores[0].package), self._committed)

    def find(self, name: str) -> str | None:
        """The full module name of the action that a bare name means."""
        entry = self._by_name.get(name)
        if entry is None or entry.source != LOCAL:
            alias = self._aliases.get(name)
            entry = self.entries.get(alias, entry) if alias else entry
        return entry.module if entry else None

    @cached_property
    def _aliases(self) -> Mapping[str, str]:
        return aliases_of(self._stores[0].package.parent)

    def taken(self, name: str) -> Entry | None:
        """The action that has this name, however it is written."""
        return self._by_folded.get(name.casefold())

    def read(self, module: str) -> Action:
        """The action of a full module name.

        Raises:
            ActionError: Its file is none.
        """
        return self._homes[module].read(self.entries[module])

    def dependents(self, module: str) -> list[str]:
        """The library's own actions that import a module, directly or not."""
        users: dict[str, list[str]] = {}
        for entry in self.entries.values():
            if entry.source == LOCAL:
                with suppress(ActionError):
                    for required in self.read(entry.module).requires:
                        users.setdefault(required, []).append(entry.module)
        found: dict[str, None] = {}
        pending = [module]
        while pending:
            new = [one for one in users.get(pending.pop(), ()) if one not in found]
            found |= dict.fromkeys(new)
            pending += new
        return list(found)

    def text(self, module: str) -> str | None:
        """The source of a module, the library's own copy first."""
        return next((t for one in self._stores if (t := one.text(module)) is not None), None)
