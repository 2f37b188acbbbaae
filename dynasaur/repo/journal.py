"""One writer at a time, and what it was about to do, should it die.

The lock is the system's own, freed by the death of its holder. The journal lies beside it in
git's common folder, so that every work tree of the repository shares both.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from dynasaur.errors import StoreError
from dynasaur.repo.files import write_whole

LOCK_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A save under way.

    Attributes:
        branch: The branch that is ours until the save is done, should it be needed.
        root: The library's root that asked for it.
        merge: The commits are to be merged.
        base: The commit below the new ones; empty for none.
        tip: The last new commit; empty before there is one.
        files: By path below the root, the ids of the content before and after; None for none.
        index: What the index's file was after it was delivered.
    """

    branch: str
    root: str
    merge: bool
    base: str
    tip: str = ""
    files: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    index: Sequence[int] = ()


@contextlib.contextmanager
def lock(
    folder: Path, *, seconds: float = LOCK_SECONDS, doing: str = "saving in this library"
) -> Iterator[int]:
    """Hold the repository's one writer's lock.

    Args:
        folder: Where it lies.
        seconds: How long to wait for it.
        doing: What another one that holds it is doing, for the message.

    Yields:
        A file descriptor for every git that is started: as long as one of them lives, even
        when its writer has died, the next writer waits.

    Raises:
        StoreError: The folder cannot be written, or another holds it all that time.
    """
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(exist_ok=True)
        with FileLock(folder / "lock", timeout=seconds), _outlived(folder, seconds) as shared:
            with contextlib.suppress(OSError):
                name = f"process {os.getpid()} ({Path(sys.argv[0]).name})"
                (folder / "holder").write_text(name)
            yield shared
    except Timeout:
        raise StoreError(f"{_holder(folder)} is {doing}: try again later.") from None


@contextlib.contextmanager
def _outlived(folder: Path, seconds: float) -> Iterator[int]:
    """The lock that a writer shares with its gits."""
    shared = os.open(folder / "gits", os.O_RDWR | os.O_CREAT, 0o666)
    until = time.monotonic() + seconds
    try:
        while True:
            try:
                fcntl.flock(shared, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise StoreError("A git of a dead writer's goes on: end it first.") from None
                time.sleep(0.01)
        yield shared
    finally:
        os.close(shared)


def _holder(folder: Path) -> str:
    try:
        return (folder / "holder").read_text(errors="replace").strip() or "another process"
    except OSError:
        return "another process"


class Journal:
    """The entry of the save under way, whole at every moment; at most one, under the lock."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "journal.json"
        self._last = folder / "delivered.json"

    def read(self) -> Entry | None:
        """What a writer that died was about to do."""
        return _read(self.path)

    def last(self) -> Entry | None:
        """The last save that was delivered, until it is known that it came to stay."""
        return _read(self._last)

    def write(self, entry: Entry) -> None:
        """Say what is about to be done, before it is done."""
        write_whole(self.path, _written(entry))

    def clear(self) -> None:
        """It is done."""
        self.path.unlink(missing_ok=True)

    def delivered(self, index: tuple[int, ...]) -> None:
        """It is done, and merged: the index looks like that now."""
        entry = self.read()
        if entry is not None:
            write_whole(self._last, _written(replace(entry, index=index)))
        self.clear()

    def settled(self) -> None:
        """What was delivered last need not be looked after any more."""
        self._last.unlink(missing_ok=True)


def _written(entry: Entry) -> bytes:
    return json.dumps({one.name: getattr(entry, one.name) for one in fields(entry)}).encode()


def _read(path: Path) -> Entry | None:
    try:
        return Entry(**json.loads(path.read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
