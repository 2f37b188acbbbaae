"""The results of many tasks: a file that grows by one JSON object for each task that is over."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dynasaur.errors import UsageError
from dynasaur.ledger import NO_ROW, Ledger
from dynasaur.record import Status
from dynasaur.types import Json

_FINISHED = {Status.SOLVED, Status.UNSOLVED}


class Results(Ledger):
    """The file of results; see `Ledger`.

    Raises:
        UsageError: Another process holds it, or it is no file of results.
        StoreError: It cannot be written.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.finished: set[str] = set()
        """Ids of the tasks that need not be run again: those that failed may be."""
        self._runs: list[str] = []
        for where, row in self.rows:
            if "id" not in row or not isinstance(row.get("status"), str):
                self.close()
                raise UsageError(f"{where}: {NO_ROW}")
            self._note(row)
            if row["status"] in _FINISHED:
                self.finished.add(str(row["id"]))

    def _note(self, result: Mapping[str, Json]) -> None:
        if isinstance(run := result.get("run"), str):
            self._runs.append(run)

    def runs(self) -> tuple[str, ...]:
        """The runs of all results, in order."""
        return tuple(self._runs)

    def add(self, result: Mapping[str, Json]) -> None:
        """Add the result of a task.

        Raises:
            StoreError: It cannot be written.
        """
        super().add(result)
        self._note(result)
