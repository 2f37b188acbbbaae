"""The host's private folders, and those that killed clients left behind."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PREFIX = "dynasaur-kernel-"

_UNBORN = "dynasaur-new-"
_LOCK = "lock"
_DAY = 86_400.0
_HELD = {PREFIX: 0.0, "dynasaur-mcp-": 0.0, "dynasaur-notebook-": _DAY}
"""Folders that are locked while they are used, and the age at which one without a user goes: what a
notebook has written may still be wanted when its process is restarted."""

_PASSING = (
    _UNBORN,
    *(
        f"dynasaur-{one}-"
        for one in ("probe", "trial", "install", "replay", "at", "merge", "call", "look")
    ),
)
"""Folders that others of our parts use for minutes at most, and that hold no lock."""

_LONGEST = 60

_held: dict[Path, int] = {}
"""The locks of this process's folders: they show to others that the folder is in use."""


def private_folder() -> Path:
    """A folder that only this user can enter, with folders for sockets and temporary files.

    The path is kept short: a unix socket's may have about 100 bytes.
    """
    parent = Path(tempfile.gettempdir())
    if len(str(parent)) > _LONGEST:
        parent = Path("/tmp")  # noqa: S108 - mkdtemp below it is private
    private = held_folder("kernel", parent)
    (private / "s").mkdir(mode=0o700)
    (private / "tmp").mkdir(mode=0o700)
    return private


def held_folder(kind: str, parent: Path | None = None) -> Path:
    """A new folder that only this user can enter, which nobody sweeps while this process lives.

    Args:
        kind: What it is for, a part of its name.
        parent: Where it is made; by default, where temporary folders are.
    """
    parent = parent or Path(tempfile.gettempdir())
    _sweep(parent)
    # Under another name until the lock is held: nobody may sweep it before that.
    made = Path(tempfile.mkdtemp(prefix=_UNBORN, dir=parent))
    lock = os.open(made / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    held = made.rename(made.with_name(f"dynasaur-{kind}-" + made.name.removeprefix(_UNBORN)))
    _held[held] = lock
    return held


@contextlib.contextmanager
def holding(kind: str) -> Iterator[Path]:
    """A held folder that is removed at the end."""
    folder = held_folder(kind)
    try:
        yield folder
    finally:
        remove(folder)


def remove(private: Path) -> None:
    """Remove a folder of this process."""
    shutil.rmtree(private, ignore_errors=True)
    if (lock := _held.pop(private, None)) is not None:
        os.close(lock)


def _sweep(parent: Path) -> None:
    """Remove the folders of clients that were killed: nobody holds their locks."""
    for prefix, age in _HELD.items():
        for private in parent.glob(f"{prefix}*"):
            with contextlib.suppress(OSError):
                if not _is_ours(private, age):
                    continue
                lock = os.open(private / _LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(private, ignore_errors=True)
                finally:
                    os.close(lock)
    for passing in (path for name in _PASSING for path in parent.glob(f"{name}*")):
        with contextlib.suppress(OSError):
            if _is_ours(passing, _DAY):
                shutil.rmtree(passing, ignore_errors=True)


def _is_ours(folder: Path, age: float) -> bool:
    """Whether a folder is this user's, and so many seconds old."""
    found = folder.lstat()
    return found.st_uid == os.geteuid() and time.time() - found.st_mtime >= age
