"""The person's index: changed in a copy, and put in place under git's own lock.

The index cannot be shared safely, so it is touched once, in one step. The lock file is a hard
link to a file of ours: after a crash its inode says whose it is. The lock is taken as late as
can be, and kept until no other git is at work; when the person's git is too busy for that, it is
held from the start.

An index of the plain form is changed here, as bytes; any other is changed by git, in a copy.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import stat
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property, partial
from pathlib import Path
from typing import Self

from dynasaur.repo.build import File
from dynasaur.repo.checkout import KeptBackError, MovedError
from dynasaur.repo.entries import Entries, UnusualError
from dynasaur.repo.git import Git, complaint
from dynasaur.repo.look import Questions, staged_of
from dynasaur.repo.others import outlast
from dynasaur.repo.place import Place

COPY = "dynasaur-index."
HOLD = "dynasaur-hold."
HOLD_SECONDS = 1.0
LARGE = 1 << 20
"""Bytes from which the copy is made while the gits of a save are waited for."""

_numbers = itertools.count()


def copies(place: Place) -> list[Path]:
    """The copies that writers have made; they lie where one of them becomes the index."""
    return sorted(place.git_dir.glob(COPY + "*"))


def holds(place: Place) -> list[Path]:
    """What a lock is a link to while nothing is prepared."""
    return sorted(place.git_dir.glob(HOLD + "*"))


def state(place: Place) -> tuple[int, ...]:
    """Differs whenever git has replaced the index."""
    try:
        info = (place.git_dir / "index").stat()
    except FileNotFoundError:
        return ()
    return info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns


class IndexCopy:
    """A private copy of the index of one moment.

    Use as a context manager: the copy is removed at the end.

    Args:
        git: git in the library's root.
        place: Where the library lies.
        hold: Hold the index's lock from now on.
        ahead: It will be changed: begin with that while other work goes on.

    Raises:
        MovedError: `hold`, and another git does not let go of the lock.
    """

    def __init__(self, git: Git, place: Place, *, hold: bool = False, ahead: bool = True) -> None:
        self._git, self._place = git, place
        self._index, self._lock = place.git_dir / "index", place.git_dir / "index.lock"
        name = f"{os.getpid()}-{next(_numbers)}"
        self._copy = place.git_dir / f"{COPY}{name}"
        self._hold = place.git_dir / f"{HOLD}{name}"
        self._held = False
        if hold:
            self._take_lock(HOLD_SECONDS)
        self._seen = state(place)
        self._data = self._read()
        large = ahead and len(self._data) > LARGE
        self._pool = ThreadPoolExecutor(max_workers=2) if large else None
        self._ahead = self._pool.submit(self._parse) if self._pool else None
        self._begun: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown()
        self._let_go()
        self._copy.unlink(missing_ok=True)

    def staged(self, paths: Collection[str]) -> dict[str, str | None]:
        """The content's id of each path in the copy; `unmerged` in a conflict, None for none."""
        if self._entries is not None:
            with contextlib.suppress(UnusualError):
                return {path: self._entries.staged(self._name(path)) for path in paths}
        with Questions(self._git, self._variables()) as ask:
            return {path: staged_of(ask, path) for path in paths}

    def begin(self, files: Mapping[str, File]) -> None:
        """Begin to stage the files in a large copy, while other work goes on; `apply` waits."""
        if self._pool:
            self._begun = self._pool.submit(self._stage, files)

    def apply(self, files: Mapping[str, File]) -> None:
        """Stage the files in the copy; whatever else is staged stays.

        Raises:
            KeptBackError: The person has staged one of these paths.
            OSError: The disk is full or cannot be written.
        """
        if self._begun:
            self._begun.result()
        else:
            self._stage(files)

    def _stage(self, files: Mapping[str, File]) -> None:
        for path, now in self.staged(files).items():
            if now not in {files[path].before, files[path].after}:
                raise KeptBackError(f"{path} is staged")
        wanted = {self._name(path): file.after for path, file in files.items()}
        entries = self._entries
        parts = entries and entries.put(wanted)
        if entries and parts:
            seal = partial(entries.seal, parts)
            later = self._pool.submit(seal).result if self._pool else seal
            self._write(parts, later)
        else:
            self._apply_by_git(wanted)

    def _apply_by_git(self, wanted: Mapping[bytes, str | None]) -> None:
        lines = (
            b"%s %s\t%s\0" % (b"100644" if blob else b"0", (blob or self._zero).encode(), name)
            for name, blob in wanted.items()
        )
        done = self._git.run(
            "update-index",
            "-z",
            "--index-info",
            stdin=b"".join(sorted(lines)),
            env=self._variables(),
            accept=(0, 1, 128),
        )
        if done.returncode:
            raise KeptBackError(f"the index cannot take it ({complaint(done.stderr)})")

    @cached_property
    def _entries(self) -> Entries | None:
        return self._ahead.result() if self._ahead else self._parse()

    def _parse(self) -> Entries | None:
        return Entries.of(self._data, self._place.hash_name)

    def _read(self) -> bytes:
        try:
            return self._index.read_bytes() if self._seen else b""
        except FileNotFoundError:
            return b""

    def _variables(self) -> dict[str, str]:
        """What makes git use the copy."""
        if self._data and not self._copy.exists():
            self._write([self._data])
        return {"GIT_INDEX_FILE": str(self._copy)}

    def _write(
        self, parts: Iterable[bytes | memoryview], seal: Callable[[], bytes] = bytes
    ) -> None:
        """Write the copy, as old as the index is, and what is to end it.

        git compares the content of files that are not older than the index: those that have
        changed since, without a trace in their size, must stay among them.
        """
        with self._copy.open("wb") as file:
            file.writelines(parts)
            file.write(seal())
        with contextlib.suppress(FileNotFoundError):  # git has replaced it: ours will not be used
            info = self._index.stat()
            self._copy.chmod(stat.S_IMODE(info.st_mode))
            os.utime(self._copy, ns=(info.st_atime_ns, info.st_mtime_ns))

    def _name(self, path: str) -> bytes:
        return os.fsencode(self._place.prefix + path)

    def unchanged(self) -> bool:
        """The person's index is still the one that was copied."""
        return self._seen == state(self._place)

    @contextlib.contextmanager
    def locked(self) -> Iterator[Callable[[], None]]:
        """Git's own lock on the person's index; what it gives puts the copy in its place.

        A git that has read the index as it was, and would lock it only now, must find it locked:
        else it would put the old one back. So the lock outlasts whoever is at work.

        Raises:
            MovedError: Another git holds the lock.
        """
        if not self._held:
            self._take_lock(0.0)
        try:
            yield self._put
        finally:
            self._let_go()

    def _put(self) -> None:
        self._copy.replace(self._index)
        outlast(self._place.top)

    def _take_lock(self, seconds: float) -> None:
        self._hold.touch()
        until = time.monotonic() + seconds
        while True:
            try:
                os.link(self._hold, self._lock)
            except FileExistsError:
                if time.monotonic() >= until:
                    self._hold.unlink()
                    raise MovedError from None
                time.sleep(0.001)
            else:
                self._held = True
                return

    def _let_go(self) -> None:
        if self._held:
            self._held = False
            self._lock.unlink(missing_ok=True)
            self._hold.unlink(missing_ok=True)

    @property
    def _zero(self) -> str:
        return self._place.zero
