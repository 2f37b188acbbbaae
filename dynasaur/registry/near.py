"""Which existing actions a new one is like, without being the same.

The index lies in a file under `.dynasaur/`: derived from the actions' files, brought in line with
them at each use, and made again when it is lost or torn.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from dynasaur.errors import ActionError
from dynasaur.fingerprint import VERSION, NearIndex
from dynasaur.store import Entry, Store


class Neighbourhood:
    """Finds the action nearest to a text.

    Args:
        stores: The library's own store first, then its sources'.
        file: Where to keep the index.
    """

    def __init__(self, stores: Iterable[Store], file: Path) -> None:
        self._stores = tuple(stores)
        self._file = file
        self._index: NearIndex | None = None

    def nearest(
        self, texts: Iterable[tuple[str, str]], limit: int = 1
    ) -> dict[str, list[tuple[str, float]]]:
        """For each action those that it is most like, best first, as far as they are near enough.

        Args:
            texts: Full module names and texts; an action of the same module does not count.
            limit: How many for each, at most.

        Returns:
            Full module names of the nearest and the likenesses, up to 1, by module.
        """
        index = self._current()
        found = {}
        for module, text in texts:
            own = [key for key in index if _module(key) == module]
            name = module.rpartition(".")[2]
            near = index.query(text, name=name, limit=limit, ignore=own)
            found[module] = [(_module(one.key), one.score) for one in near]
        return found

    def _current(self) -> NearIndex:
        wanted: dict[str, tuple[Store, Entry]] = {}
        seen: set[str] = set()
        for store in self._stores:
            for module, entry in store.entries().items():
                if module not in seen:
                    seen.add(module)
                    wanted[f"{module} {entry.stamp} {VERSION}"] = store, entry
        index = self._index = self._index or self._kept()
        known = frozenset(index)
        for key in known - wanted.keys():
            index.remove(key)
        for key in wanted.keys() - known:
            store, entry = wanted[key]
            with suppress(ActionError):
                index.add(key, store.read(entry).text, entry.name)
        if frozenset(index) != known:
            self._keep(index)
        return index

    def _kept(self) -> NearIndex:
        try:
            return NearIndex.from_bytes(self._file.read_bytes())
        except (OSError, ValueError):
            return NearIndex()

    def _keep(self, index: NearIndex) -> None:
        """Whole or not at all; where it cannot be kept it is made again next time."""
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._file.parent, prefix="near-")
            with os.fdopen(handle, "wb") as file:
                file.write(index.to_bytes())
            Path(name).replace(self._file)


def _module(key: str) -> str:
    return key.partition(" ")[0]
