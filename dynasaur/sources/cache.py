"""What is kept of sources on this machine, shared by all libraries.

`git/` holds their histories, by address; `trees/` one file for each commit in use, by address and
commit. Both can be removed at any time, and are fetched again.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dynasaur import source
from dynasaur.capabilities import capabilities
from dynasaur.config import cache_folder
from dynasaur.errors import ActionError, FailureError, StoreError
from dynasaur.pins import Address
from dynasaur.pins.licence import licence_of
from dynasaur.snapshot import About, Module, Snapshot, snapshot_file
from dynasaur.sources.limits import Limits
from dynasaur.sources.mirror import Mirror
from dynasaur.sources.signer import signer_of
from dynasaur.sources.tree import read_tree

OLD_DAYS = 30.0
"""What no library has used for so long may go."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What was removed from the cache.

    Attributes:
        removed: How many histories and trees.
        freed: Bytes.
    """

    removed: int
    freed: int


class Cache:
    """The cache of this machine's user.

    Args:
        folder: Where it is; by default where the system keeps such things.
        limits: How much a source may be.
    """

    def __init__(self, folder: Path | None = None, limits: Limits | None = None) -> None:
        self.folder = folder or cache_folder()
        self.limits = limits or Limits()

    def mirror(self, address: Address) -> Mirror:
        """A source's history."""
        return Mirror(self.folder / "git" / f"{address.key}.git", address, self.limits)

    def has(self, address: Address, commit: str) -> bool:
        """Whether a source's actions at a commit are here, ready to be read."""
        return snapshot_file(self.folder, address, commit).is_file()

    def snapshot(self, mirror: Mirror, commit: str) -> Snapshot:
        """A source's actions at a commit that its history holds; read once, then kept.

        Raises:
            FailureError: The commit is not here, is no library, or is refused: says why.
        """
        file = snapshot_file(self.folder, mirror.address, commit)
        if file.is_file():
            with suppress(OSError):
                os.utime(file)  # it is in use: see `collect`
            with suppress(StoreError):
                return Snapshot(file)
        if not mirror.holds(commit):
            raise FailureError(
                f"{mirror.address.url}: commit {commit[:12]} is not in the cache; "
                "run `dynasaur source sync` with the network"
            )
        try:
            tree = read_tree(mirror.git, commit, self.limits, mirror.address.folder)
        except FailureError as error:
            raise FailureError(f"{mirror.address}: {error}") from error
        mirror.keep(commit)
        problems = [*tree.problems]
        modules = [_judged(path, *found, problems) for path, found in tree.modules.items()]
        about = About(
            url=str(mirror.address),
            commit=commit,
            tree=tree.id,
            signer=signer_of(mirror.git, commit),
            licence=licence_of(dict(tree.legal)),
            problems=tuple(problems),
        )
        try:
            return Snapshot.write(file, about, tree.legal, modules)
        except OSError as error:
            raise StoreError(f"{file} cannot be written: {error.strerror or error}") from error

    def collect(self, days: float = OLD_DAYS) -> Collected:
        """Remove what has not been used for so many days, and what killed processes left."""
        oldest = time.time() - days * 86400
        removed = freed = 0
        for item in [*self._items()]:
            unfinished = item.name.startswith(".new-")
            used = max(_time(item), _time(item / "fetched"), _time(item / "dynasaur"))
            if used < (time.time() - 3600 if unfinished else oldest):
                freed += _size(item)
                removed += 1
                _remove(item)
        for folder in (self.folder / "trees").glob("*"):
            with suppress(OSError):
                folder.rmdir()
        return Collected(removed, freed)

    def size(self) -> int:
        """Bytes of all of it."""
        return sum(_size(item) for item in self._items())

    def _items(self) -> Iterator[Path]:
        yield from (self.folder / "git").glob("*.git")
        yield from (self.folder / "trees").glob("*/*.sqlite")
        yield from (self.folder / "trees").glob("*/.new-*")
        yield from (self.folder.parent / "review").glob("*.words")


def _judged(path: str, blob: str, text: str, problems: list[str]) -> Module:
    """A module, with what it may do and what it needs; one that is no Python is told of."""
    try:
        may = tuple(sorted({str(one.kind) for one in capabilities(text)}))
        packages = source.read_head(text).dependencies
    except ActionError as error:
        problems.append(f"{path}.py: {error}")
        return Module(path, blob, text)
    return Module(path, blob, text, may, tuple(sorted(set(filter(str.isprintable, packages)))))


def _time(path: Path) -> float:
    try:
        return path.stat(follow_symlinks=False).st_mtime
    except OSError:
        return 0.0


def _size(item: Path) -> int:
    files = [item] if item.is_file() else item.rglob("*")
    total = 0
    for file in files:
        with suppress(OSError):
            total += file.stat(follow_symlinks=False).st_size
    return total


def _remove(item: Path) -> None:
    """Out of sight first, so that nobody finds half of it."""
    if item.is_dir():
        aside = item.with_name(f".gone-{os.getpid()}-{item.name}")
        with suppress(OSError):
            item.rename(aside)
            shutil.rmtree(aside, ignore_errors=True)
    else:
        item.unlink(missing_ok=True)
