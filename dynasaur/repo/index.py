"""The person's index: changed in a copy, and put in place under git's own lock.

The index cannot be shared safely, so it is touched once, in one step. The lock file is a hard
link to a file of ours: after a crash its inode says whose it is. The lock is taken as late as
can be; when the person's git is too busy for that, it is held from the start.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

from dynasaur.repo.build import File
from dynasaur.repo.checkout import KeptBackError, MovedError
from dynasaur.repo.git import Git, complaint
from dynasaur.repo.place import Place

COPY = "dynasaur-index."
HOLD = "dynasaur-hold."
HOLD_SECONDS = 1.0
_numbers = itertools.count()


def copies(place: Place) -> list[Path]:
    """The copies that writers have made; they lie where one of them becomes the lock."""
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

    Raises:
        MovedError: `hold`, and another git does not let go of the lock.
    """

    def __init__(self, git: Git, place: Place, *, hold: bool = False) -> None:
        self._git, self._place = git, place
        self._index, self._lock = place.git_dir / "index", place.git_dir / "index.lock"
        name = f"{os.getpid()}-{next(_numbers)}"
        self._copy = place.git_dir / f"{COPY}{name}"
        self._hold = place.git_dir / f"{HOLD}{name}" if hold else None
        if self._hold:
            self._wait_for_lock(self._hold)
        self._seen = state(place)
        if self._seen:
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(self._index, self._copy)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._hold:
            self._lock.unlink(missing_ok=True)
            self._hold.unlink(missing_ok=True)
        self._copy.unlink(missing_ok=True)

    @property
    def variables(self) -> dict[str, str]:
        """What makes git use the copy."""
        return {"GIT_INDEX_FILE": str(self._copy)}

    def apply(self, files: Mapping[str, File], staged: Mapping[str, str | None]) -> None:
        """Stage the files in the copy; whatever else is staged stays.

        Args:
            files: What is to be staged.
            staged: The content's id of each path in the copy, as it is.

        Raises:
            KeptBackError: The person has staged one of these paths.
        """
        lines = []
        for path, file in files.items():
            now = staged.get(path)
            if now not in {file.before, file.after}:
                raise KeptBackError(f"{path} is staged")
            mode = "0" if file.after is None else "100644"
            name = os.fsencode(self._place.prefix + path)
            lines.append(
                b"%s %s\t%s\0" % (mode.encode(), (file.after or self._zero).encode(), name)
            )
        done = self._git.run(
            "update-index",
            "-z",
            "--index-info",
            stdin=b"".join(sorted(lines)),
            env=self.variables,
            accept=(0, 1, 128),
        )
        if done.returncode:
            raise KeptBackError(f"the index cannot take it ({complaint(done.stderr)})")

    def unchanged(self) -> bool:
        """The person's index is still the one that was copied."""
        return self._seen == state(self._place)

    @contextlib.contextmanager
    def locked(self) -> Iterator[Put]:
        """Git's own lock on the person's index; what it gives puts the copy in its place.

        Raises:
            MovedError: Another git holds the lock.
        """
        if self._hold:
            yield Put(self._copy, self._index)
            return
        try:
            os.link(self._copy, self._lock)
        except FileExistsError:
            raise MovedError from None
        put = Put(self._lock, self._index)
        try:
            yield put
        finally:
            if not put.done:
                self._lock.unlink(missing_ok=True)

    def _wait_for_lock(self, hold: Path) -> None:
        hold.touch()
        until = time.monotonic() + HOLD_SECONDS
        while True:
            try:
                os.link(hold, self._lock)
            except FileExistsError:
                if time.monotonic() > until:
                    hold.unlink()
                    raise MovedError from None
                time.sleep(0.001)
            else:
                return

    @property
    def _zero(self) -> str:
        return self._place.zero


class Put:
    """The prepared index, to be put in place."""

    def __init__(self, prepared: Path, index: Path) -> None:
        self._prepared, self._index = prepared, index
        self.done = False

    def __call__(self) -> None:
        """Put it in place."""
        self._prepared.replace(self._index)
        self.done = True
