"""Files to and from a kernel that does not see the host's: in a folder of its own, bit by bit."""

from __future__ import annotations

import atexit
import base64
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

_PREFIX = "dynasaur-work-"
_AGE = 60.0
"""Seconds after which a folder that nobody holds has lost its kernel: a new one is held at once."""

_LISTED = 1_000
_LOOKED_AT = 20_000
_LONGEST = 4_096


def _hold(folder: Path) -> int | None:
    """Lock a folder for as long as this process lives; None where another one has it."""
    import fcntl

    handle = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def _sweep() -> None:
    """Remove the folders of kernels that were killed: these could not do it themselves."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            found = folder.lstat()
            mine = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
            if not mine or time.time() - found.st_mtime < _AGE:
                continue
            if (handle := _hold(folder)) is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(handle)
        except OSError:
            continue


class Parcels:
    """The work folder; that of a kernel on another machine is not there before it is needed."""

    def __init__(self) -> None:
        self._home = Path.cwd()
        self._folder: Path | None = None
        self._held: int | None = None
        self._seen: dict[str, tuple[int, int]] = {}

    def folder(self) -> Path:
        """The work folder, wherever code has moved to."""
        return self._folder or self._home

    def settle(self) -> None:
        """Make the folder, which goes with the kernel, and move into it."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
            if os.name == "posix":
                self._held = _hold(self._folder)
                _sweep()
            atexit.register(shutil.rmtree, self._folder, ignore_errors=True)
            os.chdir(self._folder)

    def store(self, name: str, encoded: str, first: bool) -> None:
        """Write a part of a file that the host sends."""
        self.settle()
        assert self._folder is not None
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb" if first else "ab") as file:
            file.write(base64.b64decode(encoded))
        found = path.stat()
        self._seen[name] = (found.st_size, found.st_mtime_ns)

    def changed(self) -> list[list[object]] | None:
        """Name and size of the files that are new or changed since they were last listed or sent.

        None where the host sees the files itself.
        """
        if self._folder is None:
            return None
        found: list[list[object]] = []
        for name, mark in _files(self._folder):
            if self._seen.get(name) != mark and len(found) < _LISTED:
                self._seen[name] = mark
                found.append([name, mark[0]])
        return found

    def fresh(self, text: str) -> tuple[str, bytes] | None:
        """Name and content of a file that a text names and that the host has not seen as it is.

        None where the host sees the files itself, or the text names no such file.
        """
        if self._folder is None or not 0 < len(text) < _LONGEST or "\0" in text:
            return None
        path = self._folder / text
        try:
            found = path.lstat()
            name = path.relative_to(self._folder).as_posix()
            mark = (found.st_size, found.st_mtime_ns)
            known = not stat.S_ISREG(found.st_mode) or self._seen.get(name) == mark
            if known or ".." in path.parts:
                return None
            content = path.read_bytes()
        except (OSError, ValueError):
            return None
        self._seen[name] = mark
        return name, content

    def part(self, name: str, start: int, most: int) -> str:
        """A part of a file, in base64; empty past its end, or where there is none."""
        if self._folder is None:
            return ""
        try:
            with (self._folder / name).open("rb") as file:
                file.seek(start)
                return base64.b64encode(file.read(most)).decode()
        except OSError:
            return ""


def _files(folder: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    """The ordinary files under a folder, each with size and time of change."""
    left = _LOOKED_AT
    for above, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for name in sorted(names):
            left -= 1
            if left < 0:
                return
            path = Path(above) / name
            try:
                found = path.lstat()
            except OSError:
                continue
            if stat.S_ISREG(found.st_mode):
                where = path.relative_to(folder).as_posix()
                yield where, (found.st_size, found.st_mtime_ns)
