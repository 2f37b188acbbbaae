"""One writer at a time, and what it was about to do, should it die.

The lock is the system's own, freed by the death of its holder. The journal lies beside it in
git's common folder, so that every work tree of the repository shares both.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from dynasaur.errors import StoreError
from dynasaur.repo.files import write_whole

LOCK_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A save under way.

    Attributes:
        branch: The branch that is ours until the save is done.
        root: The library's root that asked for it.
        deliver: What was asked for.
        base: The commit below the new ones; empty for none.
    """

    branch: str
    root: str
    deliver: str
    base: str


@contextlib.contextmanager
def lock(folder: Path, *, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold the repository's one writer's lock.

    Raises:
        StoreError: The folder cannot be written, or another holds it all that time.
    """
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(exist_ok=True)
        held = FileLock(folder / "lock", timeout=seconds)
        held.acquire()
    except Timeout:
        raise StoreError(f"{_holder(folder)} is saving in this library: try again later.") from None
    except OSError as error:
        why = error.strerror or str(error)
        raise StoreError(f"{folder.parent} cannot be written ({why}): nothing is kept.") from error
    try:
        with contextlib.suppress(OSError):
            (folder / "holder").write_text(f"process {os.getpid()} ({Path(sys.argv[0]).name})")
        yield
    finally:
        held.release()


def _holder(folder: Path) -> str:
    try:
        return (folder / "holder").read_text(errors="replace").strip() or "another process"
    except OSError:
        return "another process"


class Journal:
    """The entry of the save under way, whole at every moment; at most one, under the lock."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "journal.json"

    def read(self) -> Entry | None:
        """What a writer that died was about to do."""
        try:
            return Entry(**json.loads(self.path.read_bytes()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def write(self, entry: Entry) -> None:
        """Say what is about to be done, before it is done."""
        write_whole(self.path, json.dumps(asdict(entry)).encode())

    def clear(self) -> None:
        """It is done."""
        self.path.unlink(missing_ok=True)
