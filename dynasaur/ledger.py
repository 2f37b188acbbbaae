"""A file of JSON objects, one a line, to which is only added, by one process at a time.

Whatever ends the process, what was added is there: each line is flushed to the disk. Half a line
at the end is what a kill left: readers pass it over, the next that adds takes it off.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from dynasaur.errors import StoreError, UsageError

NO_ROW = "no result; this is another kind of file, or a damaged one"


def read_ledger(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a file, each with the place to name when something is wrong with it.

    Raises:
        UsageError: A line is no JSON object.
        StoreError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            yield from _rows(path, file)
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}") from error


def _rows(path: Path, file: IO[bytes]) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(file, start=1):
        if not line.endswith(b"\n"):
            return
        where = f"{path}, line {number}"
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            raise UsageError(f"{where}: {NO_ROW}")
        yield where, row


class Ledger:
    """The file, held by this process until it is closed; a context manager.

    Args:
        path: The file; made where there is none.

    Attributes:
        rows: What was in it when it was opened, each with its place.

    Raises:
        UsageError: Another process holds it, it is no regular file, or a line is no JSON object.
        StoreError: It cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.exists() and not path.is_file():
            raise UsageError(f"{path}: not a regular file; name another")
        try:
            self._file = path.open("a+b")
        except OSError as error:
            raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._file.seek(0)
            data = self._file.read()
            self._file.truncate(data.rfind(b"\n") + 1)
            self._file.seek(0)
            self.rows = tuple(_rows(path, self._file))
        except BlockingIOError:
            self._file.close()
            raise UsageError(f"{path}: another process is adding to it") from None
        except UsageError:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let others add to it."""
        self._file.close()

    def add(self, row: Mapping[str, Any]) -> None:
        """Add an object; it is on the disk when this returns.

        Raises:
            StoreError: It cannot be written.
        """
        line = json.dumps(dict(row), ensure_ascii=False).encode("utf-8", "backslashreplace")
        try:
            self._file.write(line + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise StoreError(f"{self.path}: cannot be written: {error.strerror}") from error
