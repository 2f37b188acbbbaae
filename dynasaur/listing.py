"""What a list of actions says of each, kept from one list to the next.

A small SQLite file under `.dynasaur/`: derived from the actions' files, rebuilt when lost or torn.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from dynasaur.errors import ActionError
from dynasaur.store import Entry, Store
from dynasaur.types import LOCAL

_TABLE = "listing_1"
"""Another name whenever what is kept, or how it is read off an action, changes."""

_SCHEMA = (
    f"CREATE TABLE IF NOT EXISTS {_TABLE} (module TEXT PRIMARY KEY, stamp TEXT NOT NULL, "
    "signature TEXT, summary TEXT, evidence TEXT, deprecated TEXT) WITHOUT ROWID"
)


class About(NamedTuple):
    """What is kept of one action.

    Attributes:
        signature: How it is called; empty where the file is no action.
        summary: What it does.
        evidence: What backs it; empty where its head does not say.
        deprecated: What to use instead; empty where it is not deprecated.
        problem: Why the file is no action; empty where it is one. It is found out every time.
        unread: Nothing is known of it: it was not read.
    """

    signature: str = ""
    summary: str = ""
    evidence: str = ""
    deprecated: str = ""
    problem: str = ""
    unread: bool = False


Listed = tuple[Entry, About]


def in_order(stores: Iterable[Store]) -> Iterator[tuple[Store, Entry]]:
    """The actions of some stores, the library's own first, then by source, category and name.

    A module that two stores hold is the first one's.
    """
    seen: set[str] = set()
    for store in stores:
        found = [one for one in store.entries().values() if one.module not in seen]
        found.sort(key=lambda one: (one.source != LOCAL, one.source, one.module))
        seen.update(entry.module for entry in found)
        yield from ((store, entry) for entry in found)


class Listing:
    """Lists actions, and reads only the files that have changed since the last time.

    Args:
        file: Where to keep what was read.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def of(self, found: Iterable[tuple[Store, Entry]], *, most: int | None = None) -> list[Listed]:
        """What is to be said of these actions, in their order.

        Args:
            found: The actions.
            most: Read no more files than that; None for all that have changed.
        """
        old = self._kept()
        listed: list[Listed] = []
        new: list[Listed] = []
        left = sys.maxsize if most is None else most
        for store, entry in found:
            stamp, about = old.get(entry.module, ("", About()))
            if stamp != entry.stamp and not left:
                about = About(unread=True)
            elif stamp != entry.stamp:
                left -= 1
                about = _read(store, entry)
                if not about.problem:
                    new.append((entry, about))
            listed.append((entry, about))
        if new:
            self._keep(new)
        return listed

    def _kept(self) -> Mapping[str, tuple[str, About]]:
        try:
            with closing(sqlite3.connect(f"{self._file.as_uri()}?mode=ro", uri=True)) as base:
                rows = base.execute(f"SELECT * FROM {_TABLE}")  # noqa: S608 - the name is ours
                return {module: (stamp, About(*rest)) for module, stamp, *rest in rows}
        except (sqlite3.Error, TypeError):
            return {}

    def _keep(self, new: Iterable[Listed]) -> None:
        """Keep what was read, where that can be done."""
        try:
            self._write(new)
        except sqlite3.DatabaseError as error:
            if not isinstance(error, sqlite3.OperationalError):  # torn: made anew the next time
                with suppress(OSError):
                    self._file.unlink()
        except (OSError, UnicodeEncodeError):  # a folder that cannot be written; half a character
            return

    def _write(self, new: Iterable[Listed]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._file, timeout=5)) as base, base:
            base.execute(_SCHEMA)
            base.executemany(
                f"INSERT OR REPLACE INTO {_TABLE} VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608
                ((entry.module, entry.stamp, *about[:4]) for entry, about in new),
            )


def _read(store: Store, entry: Entry) -> About:
    try:
        action = store.read(entry)
    except ActionError as error:
        why, where = str(error), str(entry.path)  # a bad text's names the file itself
        return About(problem=why if why.startswith(where) else f"{where}: {why}")
    told = action.provenance
    return About(action.signature, action.summary, told.evidence, told.deprecated)
