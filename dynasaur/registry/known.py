"""Fingerprints of the actions that exist, kept from one run to the next.

A small SQLite file under `.dynasaur/`: derived from the actions' files, rebuilt when lost or torn.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from dynasaur.errors import ActionError
from dynasaur.fingerprint import VERSION, fingerprint
from dynasaur.store import Entry, Store

_TABLE = "known_4"
_SCHEMA = (
    f"CREATE TABLE IF NOT EXISTS {_TABLE} "
    "(module TEXT PRIMARY KEY, stamp TEXT NOT NULL, exact TEXT NOT NULL, lifted TEXT NOT NULL)"
)


@dataclass(frozen=True, slots=True)
class Prints:
    """The fingerprints of one action; empty for a file that is none: it is nobody's clone."""

    exact: str = ""
    lifted: str = ""

    @classmethod
    def of(cls, text: str, module: str) -> Prints:
        """Those of a module's text, its relative imports seen from its full name."""
        return cls(fingerprint(text, module=module), fingerprint(text, "lifted", module=module))


class Known:
    """Tells which existing action has a fingerprint.

    Args:
        stores: The library's own store first, then its sources'.
        file: Where to keep the fingerprints.
    """

    def __init__(self, stores: Iterable[Store], file: Path) -> None:
        self._stores = tuple(stores)
        self._file = file

    def prints(self) -> Mapping[str, Prints]:
        """The fingerprints of every action, by full module name, the library's own first."""
        entries: dict[str, tuple[Store, Entry]] = {}
        for store in self._stores:
            for module, entry in store.entries().items():
                entries.setdefault(module, (store, entry))
        try:
            return self._update(entries)
        except (sqlite3.Error, OSError):
            self._file.unlink(missing_ok=True)
            return {module: _prints(*found) for module, found in entries.items()}

    def _update(self, entries: Mapping[str, tuple[Store, Entry]]) -> dict[str, Prints]:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._file, timeout=30)) as base, base:
            base.execute(_SCHEMA)
            rows = base.execute(f"SELECT module, stamp, exact, lifted FROM {_TABLE}")  # noqa: S608
            old = {module: (stamp, Prints(*prints)) for module, stamp, *prints in rows}
            found: dict[str, Prints] = {}
            new: list[tuple[str, ...]] = []
            for module, (store, entry) in entries.items():
                stamp, prints = old.get(module, ("", Prints()))
                if stamp != f"{VERSION} {entry.stamp}":
                    prints = _prints(store, entry)
                    row = module, f"{VERSION} {entry.stamp}", prints.exact, prints.lifted
                    new.append(row)
                found[module] = prints
            base.executemany(
                f"INSERT OR REPLACE INTO {_TABLE} VALUES (?, ?, ?, ?)",  # noqa: S608
                new,
            )
        return found


def _prints(store: Store, entry: Entry) -> Prints:
    try:
        return Prints.of(store.read(entry).text, entry.module)
    except ActionError:
        return Prints()
