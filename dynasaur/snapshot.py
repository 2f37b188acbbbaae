"""The actions of a source at one commit, in one file: what a clone has, without a checkout.

Nothing of a stranger's repository ever becomes a file of its own, so no name in it can be a link,
a device, a hook or a program. The file is derived from the commit and never changes.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from dynasaur.config import PACKAGE, cache_folder
from dynasaur.errors import ActionError, StoreError
from dynasaur.pins import LOCK, Address, Lock, read_lock
from dynasaur.source import read_action
from dynasaur.store import Entry, Store, base_path
from dynasaur.types import BASE, Action

FORMAT = 2
"""Raised whenever what is kept in the file, or how it is found out, changes."""


def snapshot_file(cache: Path, address: Address, commit: str) -> Path:
    """Where the snapshot of a source at a commit lies in the cache."""
    return cache / "trees" / address.library_key / f"{commit}-{FORMAT}.sqlite"


@dataclass(frozen=True, slots=True)
class About:
    """What is known of the commit as a whole.

    Attributes:
        url: Where it comes from.
        commit: The commit.
        tree: git's id of its `actions/`.
        signer: The key that signed the commit, or `none`.
        licence: SPDX expression, as far as it could be told; empty for none.
        problems: Files that are no actions, one line each.
    """

    url: str
    commit: str
    tree: str
    signer: str
    licence: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Module:
    """One module of a source.

    Attributes:
        path: Its place in the actions package (`web/fetch_page`), helpers and vendored ones too.
        blob: git's id of its content.
        text: Its content, verbatim.
        capabilities: What it may do.
        packages: PEP 508 requirements of its head.
    """

    path: str
    blob: str
    text: str
    capabilities: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()

    @property
    def is_action(self) -> bool:
        """It is neither a helper nor a copy from yet another source."""
        *places, name = self.path.split("/")
        return len(places) <= 1 and not any(one.startswith("_") for one in (*places, name))


class Snapshot:
    """The file, opened to be read.

    Raises:
        StoreError: It is none, or is torn.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            rows = {row[0]: row[1] for row in self._select("SELECT key, value FROM about")}
            fields = json.loads(rows["about"])
            self.about = About(**{**fields, "problems": tuple(fields["problems"])})
            self.legal: dict[str, str] = json.loads(rows["legal"])
        except (OSError, sqlite3.Error, KeyError, ValueError, TypeError) as error:
            raise StoreError(f"{file} is damaged: remove it and fetch again") from error

    @staticmethod
    def write(
        file: Path, about: About, legal: Mapping[str, str], modules: Iterable[Module]
    ) -> Snapshot:
        """Make the file, whole or not at all.

        Raises:
            OSError: The disk is full, or cannot be written.
        """
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".new-", dir=file.parent)
        os.close(handle)
        try:
            with closing(sqlite3.connect(name)) as base, base:
                base.execute("PRAGMA journal_mode = OFF")
                base.execute("PRAGMA synchronous = OFF")
                base.execute("CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT)")
                base.execute(
                    "CREATE TABLE module (path TEXT PRIMARY KEY, blob TEXT, text TEXT, "
                    "capabilities TEXT, packages TEXT)"
                )
                told = {"about": json.dumps(asdict(about)), "legal": json.dumps(legal)}
                base.executemany("INSERT INTO about VALUES (?, ?)", told.items())
                base.executemany("INSERT INTO module VALUES (?, ?, ?, ?, ?)", map(_row, modules))
            os.replace(name, file)  # noqa: PTH105 - both are texts
        except sqlite3.Error as error:
            raise OSError(str(error)) from error
        finally:
            with suppress(FileNotFoundError):
                Path(name).unlink()
        return Snapshot(file)

    @cached_property
    def modules(self) -> Mapping[str, Module]:
        """All modules by path."""
        rows = self._select("SELECT path, blob, text, capabilities, packages FROM module")
        return {
            path: Module(path, blob, text, tuple(json.loads(may)), tuple(json.loads(packages)))
            for path, blob, text, may, packages in sorted(rows)
        }

    @property
    def actions(self) -> list[Module]:
        """The modules that are actions."""
        return [module for module in self.modules.values() if module.is_action]

    @property
    def capabilities(self) -> tuple[str, ...]:
        """What its modules may do, all together."""
        return tuple(sorted({may for one in self.modules.values() for may in one.capabilities}))

    @property
    def packages(self) -> tuple[str, ...]:
        """What its modules need of other packages, all together."""
        return tuple(sorted({need for one in self.modules.values() for need in one.packages}))

    def _select(self, query: str) -> list[tuple[str, ...]]:
        with closing(sqlite3.connect(f"{self.file.as_uri()}?mode=ro", uri=True)) as base:
            return base.execute(query).fetchall()


class Pinned(Store):
    """A source's actions, as a store that never changes.

    Args:
        snapshot: The source at a commit.
        source: What the library calls it.
        mount: Its full dotted name in the kernel.
    """

    def __init__(self, snapshot: Snapshot, *, source: str, mount: str) -> None:
        super().__init__(Path(*mount.split(".")), source=source, mount=mount)
        self.snapshot = snapshot
        self._entries = {
            f"{mount}.{one.path.replace('/', '.')}": Entry(
                module=f"{mount}.{one.path.replace('/', '.')}",
                name=one.path.rpartition("/")[2],
                category=one.path.rpartition("/")[0],
                source=source,
                file=str(self.package / f"{one.path}.py"),
                stamp=one.blob,
            )
            for one in snapshot.actions
        }
        self._read_already: dict[str, Action] = {}

    @property
    def legal(self) -> Mapping[str, str]:
        """The legal files that travel with what is taken from it, by name."""
        return self.snapshot.legal

    def entries(self) -> Mapping[str, Entry]:
        """Every action by full module name."""
        return self._entries

    def seen(self) -> str:
        """What stands for all of them."""
        return f"{self.mount} {self.source} {self.snapshot.about.commit} {FORMAT}"

    def unmoved(self) -> bool:
        """Always: it never changes."""
        return True

    def entry(self, module: str) -> Entry | None:
        """One of them; None where there is none of that name."""
        return self._entries.get(module)

    def read(self, entry: Entry) -> Action:
        """Parse an action, once.

        Raises:
            ActionError: It is none.
        """
        if entry.module not in self._read_already:
            text = self.text(entry.module)
            if text is None:
                raise ActionError(f"{entry.module} is not in {self.source}")
            self._read_already[entry.module] = read_action(
                text,
                path=entry.path,
                category=entry.category,
                source=entry.source,
                module=entry.module,
            )
        return self._read_already[entry.module]

    def text(self, module: str) -> str | None:
        """Source of any of its modules; a folder of modules counts as an empty package."""
        if module == self.mount:
            return ""
        if not module.startswith(self.mount + "."):
            return None
        path = module[len(self.mount) + 1 :].replace(".", "/")
        if path in self.snapshot.modules:
            return self.snapshot.modules[path].text.removeprefix("\ufeff")
        return "" if path in self._folders else None

    @cached_property
    def _folders(self) -> frozenset[str]:
        found = set()
        for path in self.snapshot.modules:
            parts = path.split("/")
            found |= {"/".join(parts[:end]) for end in range(1, len(parts))}
        return frozenset(found)


def stores(root: Path, *, initial: bool = True) -> tuple[Store, ...]:
    """A library's own store, then that of the built-in source, then those that people added.

    Args:
        root: The library's root.
        initial: The built-in source's initial actions are there.

    Raises:
        StoreError: The library's lock cannot be believed.
    """
    own, base = Store(root / PACKAGE, mount=PACKAGE), base_path()
    if not initial or base.resolve() == own.package.resolve():
        return own, *_added(root)
    return own, Store(base, source=BASE, mount=f"{PACKAGE}.vendor.{BASE}"), *_added(root)


def lock_of(root: Path) -> Lock:
    """What a library pins of its sources; empty where it has no lock.

    Raises:
        StoreError: The lock cannot be believed.
    """
    file = root / LOCK
    return read_lock(file.read_bytes() if file.is_file() else None)


def _added(root: Path) -> tuple[Pinned, ...]:
    """The sources that a library's lock pins, as far as they are in the cache."""
    found = []
    for pin in lock_of(root).sources.values():
        if pin.url:
            kept = snapshot_file(cache_folder(), pin.address, pin.commit)
            if kept.is_file():
                with suppress(StoreError):
                    mount = f"{PACKAGE}.vendor.{pin.name}"
                    found.append(Pinned(Snapshot(kept), source=pin.name, mount=mount))
    return tuple(found)


def _row(one: Module) -> tuple[str, ...]:
    return one.path, one.blob, one.text, json.dumps(one.capabilities), json.dumps(one.packages)
