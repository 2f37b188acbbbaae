"""How often each action was offered, loaded, called, and returned: counted run by run.

A small SQLite file under `.dynasaur/`. Each run is counted once, whoever counts it and however
often, so that processes at work together and a process that dies lose nothing: what is missing
is counted from the records of the runs. A torn file is made again from them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from dynasaur.errors import StoreError
from dynasaur.types import Json

FILE = "usage.sqlite"
BUSY_SECONDS = 30.0
"""So long one process waits for another that is counting."""

LATEST = 2_000
"""So many runs are remembered by their tasks."""

_LONGEST_TASK = 2_000
"""Characters of a task that are kept."""

_RUNS = "CREATE TABLE IF NOT EXISTS run_1 (run TEXT PRIMARY KEY, started TEXT, new INTEGER)"
_USES = (
    "CREATE TABLE IF NOT EXISTS use_1 (run TEXT, action TEXT, offered INTEGER, loaded INTEGER, "
    "calls INTEGER, returned INTEGER, PRIMARY KEY (run, action)) WITHOUT ROWID"
)
_TALLIES = (
    "SELECT action, max(CASE WHEN calls > 0 THEN started || ' ' || run END), "
    "sum(offered), sum(loaded), sum(calls > 0), sum(returned > 0), sum(calls) "
    "FROM use_1 JOIN run_1 USING (run) GROUP BY action"
)
_TASKS = "CREATE TABLE IF NOT EXISTS task_1 (run TEXT PRIMARY KEY, task TEXT) WITHOUT ROWID"
_SERVED = (
    "SELECT run, task, action, returned > 0 FROM use_1 JOIN task_1 USING (run) WHERE calls > 0 "
    "AND run IN (SELECT run FROM run_1 ORDER BY started DESC, run LIMIT ?)"
)
_MONTHS = (
    "SELECT substr(started, 1, 7) AS month, count(*), sum(new), "
    "sum((SELECT coalesce(sum(calls), 0) FROM use_1 WHERE use_1.run = run_1.run)) "
    "FROM run_1 GROUP BY month ORDER BY month"
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of one action.

    Attributes:
        offered: Runs in which the model was shown it.
        loaded: Runs in which it was imported for a cell that names it.
        called: Runs in which it was called, by a cell or by another action.
        succeeded: Runs in which a call of it returned.
        calls: Calls, over all runs.
        last_used: When the last run that called it began (UTC, ISO 8601); empty for never.
        last_run: That run's id.
    """

    offered: int = 0
    loaded: int = 0
    called: int = 0
    succeeded: int = 0
    calls: int = 0
    last_used: str = ""
    last_run: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """One month (`2026-11`) of a library: its runs, their calls of actions, its new actions."""

    month: str
    runs: int
    new: int
    calls: int


@dataclass(frozen=True, slots=True)
class Served:
    """One run in which actions were called: its task, their names, and those that returned."""

    run: str
    task: str
    called: frozenset[str]
    succeeded: frozenset[str]


@dataclass(frozen=True, slots=True)
class Report:
    """All that was counted: by action's name, by month in order, and of the latest runs."""

    actions: Mapping[str, Tally] = field(default_factory=dict)
    months: tuple[Month, ...] = ()
    tasks: tuple[Served, ...] = ()


Missing = Callable[[frozenset[str]], Iterable[Mapping[str, Json]]]
"""Gives the records of the runs that are over and not among those already counted."""


class Counters:
    """The counters of one library.

    Args:
        folder: Where they are kept.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE

    def count(self, record: Mapping[str, Json]) -> None:
        """Count a run.

        Args:
            record: The run's saved document.

        Raises:
            StoreError: The counters cannot be written; the record can be counted later.
        """
        counted = _counted(record)
        self._mended(lambda: self._transaction(lambda base: _insert(base, counted)))

    def report(self, missing: Missing) -> Report:
        """What was counted, after what is missing.

        Raises:
            StoreError: The counters cannot be read or written.
        """

        def work() -> Report:
            known = self._transaction(_known)
            late = [_counted(record) for record in missing(known)]
            return self._transaction(lambda base: _report(base, late))

        return self._mended(work)

    def _mended(self, work: Callable[[], T]) -> T:
        """Do it; when the file turns out to be torn, do it again without the file."""
        try:
            try:
                return work()
            except sqlite3.DatabaseError as error:
                if not _torn(error):
                    raise
                self._discard()
                return work()
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{self._file}: usage cannot be counted: {error}") from error

    def _transaction(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """One transaction: it waits for others before it reads, and is there whole or not."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._file, timeout=BUSY_SECONDS, isolation_level=None)
        with closing(connection) as base:
            # Nobody waits for the disk: what a power cut tears is made again from the records.
            base.execute("PRAGMA synchronous = OFF")
            base.execute("BEGIN IMMEDIATE")
            base.execute(_RUNS)
            base.execute(_USES)
            base.execute(_TASKS)
            result = work(base)
            base.execute("COMMIT")
            return result

    def _discard(self) -> None:
        """Remove a torn file, and first the journal that would be played into the next one."""
        self._file.with_name(f"{FILE}-journal").unlink(missing_ok=True)
        self._file.unlink(missing_ok=True)


class _TornError(sqlite3.DatabaseError):
    """A damage that SQLite finds when it looks for it."""


def _torn(error: sqlite3.DatabaseError) -> bool:
    """It is no database or a damaged one, not one that is busy, full or read-only."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    damaged = code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
    return damaged or isinstance(error, _TornError)


def _known(base: sqlite3.Connection) -> frozenset[str]:
    """The runs that are counted, in a file that is whole."""
    if base.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise _TornError
    return frozenset(run for (run,) in base.execute("SELECT run FROM run_1"))


def _report(base: sqlite3.Connection, late: Iterable[_Counted]) -> Report:
    for counted in late:
        _insert(base, counted)
    tallies = {name: _tally(last, *counts) for name, last, *counts in base.execute(_TALLIES)}
    months = tuple(Month(*row) for row in base.execute(_MONTHS))
    return Report(tallies, months, tuple(_served(base)))


def _served(base: sqlite3.Connection) -> Iterator[Served]:
    rows = base.execute(_SERVED, (LATEST,)).fetchall()
    rows.sort(key=lambda row: str(row[0]))
    for (run, task), some in groupby(rows, key=lambda row: (row[0], row[1])):
        called = {name: returned for _, _, name, returned in some}
        succeeded = frozenset(name for name, returned in called.items() if returned)
        yield Served(run, task, frozenset(called), succeeded)


def _tally(last: str | None, *counts: int) -> Tally:
    when, _, run = (last or "").partition(" ")
    offered, loaded, called, succeeded, calls = counts
    return Tally(offered, loaded, called, succeeded, calls, when, run)


@dataclass(frozen=True, slots=True)
class _Counted:
    """What a run's record says: a row of the run, and one of each action that it knew."""

    run: tuple[str, str, int]
    task: str
    uses: tuple[tuple[str, str, bool, bool, int, int], ...]


def _counted(record: Mapping[str, Json]) -> _Counted:
    run, started = (_storable(record.get(key) or "") for key in ("run", "started"))
    use = _table(record.get("actions"))
    offered, loaded = _names(use.get("offered")), _names(use.get("loaded"))
    calls: dict[str, list[bool]] = {}
    for name, ok in _calls(record):
        calls.setdefault(name, []).append(ok)
    uses = (
        (run, name, name in offered, name in loaded, len(returned), sum(returned))
        for name in sorted(offered | loaded | calls.keys())
        for returned in [calls.get(name, [])]
    )
    new = len(_list(use.get("admitted")))
    task = _storable(record.get("task") or "")[:_LONGEST_TASK]
    return _Counted((run, started, new), task, tuple(uses))


def _insert(base: sqlite3.Connection, counted: _Counted) -> None:
    """Count a run in place of what was counted of it before."""
    base.execute("INSERT OR REPLACE INTO run_1 VALUES (?, ?, ?)", counted.run)
    task = counted.run[0], counted.task
    base.execute("INSERT OR REPLACE INTO task_1 VALUES (?, ?)", task)
    base.execute("DELETE FROM use_1 WHERE run = ?", counted.run[:1])
    base.executemany("INSERT INTO use_1 VALUES (?, ?, ?, ?, ?, ?)", counted.uses)


def _calls(record: Mapping[str, Json]) -> Iterator[tuple[str, bool]]:
    """The calls of actions, not of functions that cells defined: name, and whether it returned."""
    for step in _list(record.get("trajectory")):
        for entry in _list(_table(_table(step).get("observation")).get("calls")):
            call = _table(entry)
            if call.get("module"):
                yield _storable(call.get("name")), bool(call.get("ok"))


def _names(value: Json) -> set[str]:
    return {_storable(name) for name in _list(value)}


def _storable(value: Json) -> str:
    """A name as SQLite takes it: without half of a surrogate pair."""
    return str(value).encode("utf-8", "replace").decode()


def _table(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
