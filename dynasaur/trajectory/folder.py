"""The folders of runs: made, found by a part of their name, held while a run lasts, removed."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from dynasaur.errors import StoreError, UsageError
from dynasaur.types import Task

FILE = "trajectory.json"

LAST = "last"
"""The name that means the newest run."""

_LOCK = "run.lock"
_STAMP = len("20261125-161729")


def new_id() -> str:
    """An id for a run: the time (UTC) and four random hexadecimal digits."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def new_run(runs: Path) -> tuple[str, Path]:
    """A fresh run id and its folder, made together so that no two runs share one.

    Raises:
        StoreError: The folder cannot be made.
    """
    while True:
        run = new_id()
        try:
            runs.mkdir(parents=True, exist_ok=True)
            (runs / run).mkdir()
        except FileExistsError:
            continue
        except OSError as error:
            raise StoreError(f"{runs}: the run cannot be recorded: {error.strerror}") from error
        return run, runs / run


def run_folders(runs: Path) -> list[Path]:
    """The folders of all runs that have a record, newest first.

    One without a record is of a run that was stopped before anything was recorded.
    """
    folders = list(runs.iterdir()) if runs.is_dir() else []
    kept = [folder for folder in folders if (folder / FILE).exists()]
    return sorted(kept, key=_age, reverse=True)


def run_names(runs: Path) -> list[str]:
    """The ids of all recorded runs, newest first."""
    return [folder.name for folder in run_folders(runs)]


def _age(folder: Path) -> tuple[str, int, str]:
    """Names tell the second; runs of one second are told apart by their work folders."""
    try:
        made = (folder / "work").stat().st_ctime_ns
    except OSError:
        made = 0
    return folder.name[:_STAMP], made, folder.name


def find_run(runs: Path, name: str) -> Path:
    """The folder of the run that a name means.

    Args:
        runs: The folder of runs.
        name: A run's id, the beginning or end of one that no other run has, or `last`.

    Raises:
        UsageError: No run is meant, or more than one.
    """
    folders = run_folders(runs)
    if name == LAST and folders:
        return folders[0]
    exact = [folder for folder in folders if folder.name == name]
    meant = exact or [f for f in folders if name and f.name.startswith(name)]
    meant = meant or [f for f in folders if len(name) >= 4 and f.name.endswith(name)]
    if not meant:
        raise UsageError(f"no run {name!r} is recorded here; `dynasaur runs` lists those that are")
    if len(meant) > 1:
        some = ", ".join(folder.name for folder in meant[:3])
        raise UsageError(f"{len(meant)} runs are called {name!r}: {some}; give more of the name")
    return meant[0]


def remove(folder: Path) -> None:
    """Remove a run: its record and everything that its kernel left.

    Raises:
        UsageError: It is still running.
        StoreError: It cannot be removed.
    """
    if alive(folder):
        raise UsageError(f"{folder.name} is still running; stop it first")
    try:
        # The record goes first: a removal that is cut short leaves no run behind.
        (folder / FILE).unlink(missing_ok=True)
        shutil.rmtree(folder)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be removed: {error.strerror}") from error


class Alive:
    """Held while a run lasts; freed by the system however its process ends.

    Entering raises UsageError where another process holds it.
    """

    def __init__(self, folder: Path) -> None:
        from filelock import FileLock

        self._folder = folder
        self._lock = FileLock(folder / _LOCK)

    def __enter__(self) -> None:
        from filelock import Timeout

        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            raise UsageError(
                f"{self._folder.name} is still running; wait for it, or stop it"
            ) from None

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def alive(folder: Path) -> bool:
    """A process works on the run."""
    from filelock import FileLock, Timeout

    if not (folder / _LOCK).exists():
        return False
    try:
        with FileLock(folder / _LOCK, blocking=False):
            return False
    except (Timeout, OSError):
        return True


def check_task(task: Task) -> None:
    """Refuse what cannot be a task, before anything is made for it.

    Raises:
        UsageError: The text is empty, or a file is missing or no regular file.
    """
    if not task.text.strip():
        raise UsageError("the task is empty; say what to do")
    for path in task.files:
        if not path.is_file():
            kind = "no such file"
            if path.exists():
                kind = "a folder" if path.is_dir() else "a pipe or a device"
            raise UsageError(f"--file {path}: {kind}; name a regular file")
        if not os.access(path, os.R_OK):
            raise UsageError(f"--file {path}: cannot be read: Permission denied")
    names = [path.name for path in task.files]
    for path in task.files:
        if names.count(path.name) > 1:
            raise UsageError(f"--file {path}: two files are called {path.name}; rename one")


def copy_files(paths: Sequence[Path], work: Path) -> list[tuple[str, int]]:
    """Copy a task's files into the work folder; gives their names and sizes in bytes.

    Raises:
        UsageError: One of them cannot be read.
    """
    copied: list[tuple[str, int]] = []
    for path in paths:
        try:
            shutil.copyfile(path, work / path.name)
        except OSError as error:
            raise UsageError(f"--file {path}: cannot be copied: {error.strerror}") from error
        copied.append((path.name, (work / path.name).stat().st_size))
    return copied
