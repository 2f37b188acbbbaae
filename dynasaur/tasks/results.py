"""The results of many tasks: a file that grows by one JSON object for each task that is over."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from dynasaur.errors import StoreError, UsageError
from dynasaur.record import Status
from dynasaur.types import Json

_FINISHED = {Status.SOLVED, Status.UNSOLVED}


class Results:
    """The file of results, held by one process at a time; a context manager.

    Whatever ends the process, what was added is there: each line is flushed to the disk, and half
    a line at the end is taken off by the next that opens the file.

    Args:
        path: The file; made where there is none.

    Raises:
        UsageError: Another process holds it, or it is no file of results.
        StoreError: It cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.finished: set[str] = set()
        """Ids of the tasks that need not be run again: those that failed may be."""
        self._runs: list[str] = []
        if path.exists() and not path.is_file():
            raise UsageError(f"{path}: not a regular file; name another with --results")
        try:
            self._file = path.open("a+b")
        except OSError as error:
            raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._read()
        except BlockingIOError:
            self._file.close()
            raise UsageError(f"{path}: another process is adding results to it") from None
        except UsageError:
            self._file.close()
            raise

    def _read(self) -> None:
        self._file.seek(0)
        whole = 0
        for number, line in enumerate(self._file, start=1):
            if not line.endswith(b"\n"):
                self._file.truncate(whole)  # somebody was killed while writing it
                break
            whole += len(line)
            try:
                document = json.loads(line)
                self._note(document)
                if document["status"] in _FINISHED:
                    self.finished.add(str(document["id"]))
            except (ValueError, TypeError, LookupError) as error:
                raise UsageError(
                    f"{self.path}, line {number}: no result; name another file with --results"
                ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

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
        self._note(result)
        line = json.dumps(dict(result), ensure_ascii=False).encode("utf-8", "backslashreplace")
        try:
            self._file.write(line + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise StoreError(f"{self.path}: cannot be written: {error.strerror}") from error
