"""Fingerprints of the actions that exist, kept from one run to the next.

A small SQLite file under `.dynasaur/`: derived from the actions' files, rebuilt when lost or torn.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from dynasaur.errors import ActionError
from dynasaur.fingerprint import fingerprint
from dynasaur.store import Entry, Store

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS known_1 "
    "(module TEXT PRIMARY KEY, stamp TEXT NOT NULL, fingerprint TEXT NOT NULL)"
)


class Known:
    """Tells which existing action has a fingerprint.

    Args:
        stores: The library's own store first, then its sources'.
        file: Where to keep the fingerprints.
    """

    def __init__(self, stores: Iterable[Store], file: Path) -> None:
        self._stores = tuple(stores)
        self._file = file

    def modules(self) -> dict[str, str]:
        """Full module names by fingerprint; the library's own win over its sources'."""
        entries = [(store, entry) for store in self._stores for entry in store.entries().values()]
        try:
            kept = self._update(entries)
        except sqlite3.Error:
            self._file.unlink(missing_ok=True)
            kept = {entry.module: _fingerprint(store, entry) for store, entry in entries}
        found: dict[str, str] = {}
        for _, entry in entries:
            if print_ := kept.get(entry.module):
                found.setdefault(print_, entry.module)
        return found

    def _update(self, entries: list[tuple[Store, Entry]]) -> dict[str, str]:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._file, timeout=30)) as base, base:
            base.execute(_SCHEMA)
            rows = base.execute("SELECT module, stamp, fingerprint FROM known_1")
            old = {module: (stamp, print_) for module, stamp, print_ in rows}
            new = {
                entry.module: (entry.stamp, _fingerprint(store, entry))
                for store, entry in entries
                if old.get(entry.module, ("", ""))[0] != entry.stamp
            }
            base.executemany(
                "INSERT OR REPLACE INTO known_1 VALUES (?, ?, ?)",
                [(module, *row) for module, row in new.items()],
            )
        return {module: print_ for module, (_, print_) in {**old, **new}.items()}


def _fingerprint(store: Store, entry: Entry) -> str:
    """Empty for a file that is no action: it is nobody's clone."""
    try:
        return fingerprint(store.read(entry).text)
    except ActionError:
        return ""
