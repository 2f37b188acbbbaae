"""The person's index: changed in a copy, and put in place under git's own lock.

The index cannot be shared safely, so it is touched once, in one step. The lock file is a hard
link to the prepared copy: after a crash its inode says whose it is.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Self

from dynasaur.repo.build import File
from dynasaur.repo.checkout import KeptBackError, MovedError
from dynasaur.repo.git import Git, complaint, environment
from dynasaur.repo.place import Place

PRIVATE = "dynasaur-index."
_numbers = itertools.count()


def prepared_indexes(place: Place) -> list[Path]:
    """The copies that writers have made; they lie where one of them becomes the lock."""
    return sorted(place.git_dir.glob(PRIVATE + "*"))


class IndexCopy:
    """A private copy of the index of one moment; what is staged is read meanwhile.

    Use as a context manager: the copy is removed at the end.
    """

    def __init__(self, git: Git, place: Place, paths: Iterable[str]) -> None:
        self._git, self._place = git, place
        self._index = place.git_dir / "index"
        self._copy = place.git_dir / f"{PRIVATE}{os.getpid()}-{next(_numbers)}"
        self._seen = self._look()
        if self._seen:
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(self._index, self._copy)
        self._reader = subprocess.Popen(
            git.command("ls-files", "--stage", "-z", "--full-name", "--", *sorted(paths)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=git.folder,
            env=environment(self._env()),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._reader.returncode is None:
            self._reader.communicate()
        self._copy.unlink(missing_ok=True)

    def apply(self, files: Mapping[str, File]) -> None:
        """Stage the files in the copy; whatever else is staged stays.

        Raises:
            KeptBackError: The person has staged one of these paths.
        """
        staged = self._staged()
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
            env=self._env(),
            accept=(0, 1, 128),
        )
        if done.returncode:
            raise KeptBackError(f"the index cannot take it ({complaint(done.stderr)})")

    def unchanged(self) -> bool:
        """The person's index is still the one that was copied."""
        return self._seen == self._look()

    @contextlib.contextmanager
    def locked(self) -> Iterator[Put]:
        """Git's own lock on the person's index; what it gives turns the lock into the index.

        Raises:
            MovedError: Another git holds the lock.
        """
        lock = self._place.git_dir / "index.lock"
        try:
            os.link(self._copy, lock)
        except FileExistsError:
            raise MovedError from None
        put = Put(lock, self._index)
        try:
            yield put
        finally:
            if not put.done:
                lock.unlink(missing_ok=True)

    @property
    def _zero(self) -> str:
        return self._place.zero

    def _staged(self) -> dict[str, str]:
        """The content's id of each path; another word where a merge is unresolved."""
        text, _ = self._reader.communicate()
        found: dict[str, str] = {}
        for line in os.fsdecode(text).split("\0")[:-1]:
            about, _, path = line.partition("\t")
            _, name, stage = about.split(" ")
            path = path.removeprefix(self._place.prefix)
            found[path] = name if stage == "0" else "unmerged"
        return found

    def _env(self) -> dict[str, str]:
        return {"GIT_INDEX_FILE": str(self._copy)}

    def _look(self) -> tuple[int, ...]:
        """Differs whenever git has replaced the index."""
        try:
            info = self._index.stat()
        except FileNotFoundError:
            return ()
        return info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns


class Put:
    """The held lock, which is also the new index."""

    def __init__(self, lock: Path, index: Path) -> None:
        self._lock, self._index = lock, index
        self.done = False

    def __call__(self) -> None:
        """Put the new index in place, which frees the lock."""
        self._lock.replace(self._index)
        self.done = True
