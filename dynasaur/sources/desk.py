"""Where a library meets its sources: what it wants, what it has pinned, and the cache between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from dynasaur.config import PACKAGE
from dynasaur.errors import ActionError, FailureError, StoreError, UsageError
from dynasaur.pins import (
    LOCK,
    MANIFEST,
    Address,
    Lock,
    SourcePin,
    Wish,
    read_aliases,
    read_lock,
    read_manifest,
)
from dynasaur.repo import Change, Delivery, Repo
from dynasaur.repo.files import read_plain, real_folders
from dynasaur.snapshot import Snapshot
from dynasaur.source import relative_imports
from dynasaur.sources.cache import Cache
from dynasaur.sources.mirror import Mirror
from dynasaur.trajectory import new_id
from dynasaur.types import BASE, LOCAL

VENDOR = f"{PACKAGE}/vendor"

_ITSELF = {
    BASE: "the built-in source: its actions are always there, and what yours import of them is "
    "vendored when yours are saved",
    LOCAL: "this library itself, and no source of it",
}
"""What is told of names that mean no source that was added."""


class Desk:
    """One library's dealings with its sources.

    Args:
        repo: The library's git repository.
        cache: What is kept of sources on this machine.
        offline: Work with the cache alone.
        allow_insecure: Plain http may be used.
        allowed: Patterns of the addresses that the user's settings allow without asking.
    """

    def __init__(
        self,
        repo: Repo,
        cache: Cache,
        *,
        offline: bool = False,
        allow_insecure: bool = False,
        allowed: str = "",
    ) -> None:
        repo.settle()  # what stands in the files is read before anything is committed
        self.repo = repo
        self.root = repo.root
        self.cache = cache
        self.offline = offline
        self.allow_insecure = allow_insecure
        self.allowed = allowed

    def wishes(self) -> dict[str, Wish]:
        """What `dynasaur.toml` asks for, by source.

        Raises:
            ConfigError: It cannot be read, or something in it has no sense.
        """
        return read_manifest(read_plain(self.root / MANIFEST))

    def aliases(self) -> dict[str, str]:
        """The library's own names for actions of its sources, to their ids.

        Raises:
            ConfigError: The manifest cannot be read, or an alias has no sense.
        """
        return read_aliases(read_plain(self.root / MANIFEST))

    def lock(self) -> Lock:
        """What `dynasaur.lock` pins.

        Raises:
            StoreError: It cannot be believed.
        """
        return read_lock(read_plain(self.root / LOCK))

    def pin(self, name: str) -> SourcePin:
        """A source's pin.

        Raises:
            UsageError: There is no such source; names those that there are.
        """
        if name in _ITSELF:
            raise UsageError(f"{name} is {_ITSELF[name]}")
        sources = self.lock().sources
        if name not in sources or not sources[name].url:
            known = ", ".join(sorted(one for one, pin in sources.items() if pin.url))
            hint = f"there are {known}" if known else "add one with `dynasaur source add URL`"
            raise UsageError(f"no source {name!r}: {hint}")
        return sources[name]

    def mirror(self, address: Address, *, fetch: bool = False) -> Mirror:
        """A source's history; fetched anew when that is asked for and there is a network.

        Raises:
            UsageError: Its address is plain http, and that was not allowed.
            FailureError: It cannot be fetched, or is not here and may not be.
        """
        mirror = self.cache.mirror(address)
        if fetch and not self.offline:
            self.check(address)
            mirror.fetch()
        elif not mirror.exists and self.offline:
            raise FailureError(f"{address.url} is not in the cache: go on without --offline")
        return mirror

    def check(self, address: Address) -> None:
        """Refuse a way that others can listen to and change."""
        if address.scheme == "http" and not self.allow_insecure:
            raise UsageError(
                f"{address.url} is plain http, where others can change what you get: use https, "
                "or say --allow-insecure"
            )

    def snapshot(self, pin: SourcePin) -> Snapshot:
        """A source as it is pinned, fetched where it is not here.

        Raises:
            FailureError: It is not here and cannot be fetched, or is not what was pinned.
        """
        address = pin.address
        mirror = self.cache.mirror(address)
        if not self.cache.has(address, pin.commit) and not mirror.holds(pin.commit):
            mirror = self.mirror(address, fetch=True)
            if not mirror.holds(pin.commit):
                raise FailureError(
                    f"{pin.name}: {pin.url} has no commit {pin.commit[:12]} any more: it was "
                    f"withdrawn; see `dynasaur source update {pin.name}`"
                )
        found = self.cache.snapshot(mirror, pin.commit)
        if found.about.tree != pin.tree:
            raise StoreError(
                f"{pin.name}: the tree of commit {pin.commit[:12]} is not the one in {LOCK}: "
                "one of them was tampered with"
            )
        return found

    def clean(self, paths: Iterable[str]) -> None:
        """Refuse to touch what the person has changed and not committed.

        Raises:
            StoreError: Names the file.
        """
        for path in sorted(paths):
            here = read_plain(real_folders(self.root, path, make=False))
            if here != self.repo.past.content("HEAD", path):
                raise StoreError(f"{path} has changes that are not committed: commit them first")

    def commit(self, changes: list[Change]) -> Delivery:
        """Make the commits, all or none.

        Raises:
            StoreError: Nothing was committed, and why.
        """
        paths = {path for change in changes for path in change.paths}
        try:
            self.clean(paths)
        except StoreError:
            self.repo.settle()  # they may be another process's, which is about to commit them
            self.clean(paths)
        delivery = self.repo.commit(new_id(), changes)
        if not delivery.commits:
            raise StoreError(delivery.note)
        return delivery

    def users(self, source: str) -> dict[str, frozenset[str]]:
        """What the library's other modules import of a source: by importer's path, full names."""
        mount = f"{PACKAGE}.vendor.{source}."
        found: dict[str, frozenset[str]] = {}
        for path, text in self._texts(self.root / PACKAGE):
            if path.startswith(f"{VENDOR}/{source}/") or source not in text:
                continue
            try:
                names = relative_imports(text, path.removesuffix(".py").replace("/", "."))
            except ActionError:
                continue
            if mine := frozenset(name for name in names if name.startswith(mount)):
                found[path] = mine
        return found

    def _texts(self, folder: Path) -> Iterable[tuple[str, str]]:
        for file in sorted(folder.rglob("*.py")):
            if file.is_file() and not file.is_symlink():
                yield file.relative_to(self.root).as_posix(), file.read_text("utf-8", "replace")


def lock_of(data: bytes | None, seen: Mapping[str, SourcePin], name: str) -> Lock:
    """The lock at the moment of the commit, where nobody has changed the source meanwhile.

    Raises:
        StoreError: Somebody has.
    """
    now = read_lock(data)
    if now.sources.get(name) != seen.get(name):
        raise StoreError(f"another process has just changed {name}: try again")
    return now
