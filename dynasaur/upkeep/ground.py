"""A library's own actions, on disk and in git, to be changed by one commit."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from dynasaur.config import PACKAGE, data_folder
from dynasaur.errors import ActionError, StoreError
from dynasaur.places import title
from dynasaur.repo import Change, Delivery, Repo
from dynasaur.source import relative_imports
from dynasaur.store import Entry, Store
from dynasaur.trajectory import new_id
from dynasaur.types import LOCAL

LOCK_SECONDS = 60.0
"""So long one process waits for another that keeps the same library in order."""

_IMPORTS = re.compile(rf"from[\s\\]*\.|\b{PACKAGE}\b")
"""What a text holds that imports modules of the package: the others need not be parsed."""


@dataclass(frozen=True, slots=True)
class Done:
    """What was done.

    Attributes:
        changed: Titles (`tables/mean`) of the actions that were changed or brought back.
        removed: Titles of the actions that were removed.
        delivery: Where the commit went.
    """

    changed: tuple[str, ...]
    removed: tuple[str, ...]
    delivery: Delivery


class Ground:
    """One library, to be kept in order.

    Args:
        repo: Its git repository.
    """

    def __init__(self, repo: Repo) -> None:
        self.repo = repo
        self.package = repo.root / PACKAGE
        self.store = Store(self.package)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let no other process keep this library in order until it is left; all is read anew.

        Raises:
            StoreError: Another one does so all the time, or nothing can be written.
        """
        from filelock import FileLock, Timeout

        folder = data_folder(self.repo.root)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(folder / "upkeep.lock", timeout=LOCK_SECONDS)
            lock.acquire()
        except Timeout:
            raise StoreError("another process keeps this library in order: try again") from None
        except OSError as error:
            raise StoreError(f"{folder} cannot be written: {error.strerror}") from error
        try:
            for derived in ("entries", "texts", "requirements"):
                self.__dict__.pop(derived, None)
            yield
        finally:
            lock.release()

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """The library's own actions by full module name; those of sources are left out."""
        found = self.store.entries().items()
        return {module: entry for module, entry in found if entry.source == LOCAL}

    def own(self, name: str) -> Entry:
        """The library's own action of a name, bare (`mean`) or with its category.

        Raises:
            ActionError: It has none; names the nearest.
        """
        wanted = name.split("/")
        for module, entry in self.entries.items():
            if title(module).split("/")[-len(wanted) :] == wanted:
                return entry
        near = get_close_matches(name, {entry.name for entry in self.entries.values()}, n=3)
        hint = f"did you mean {', '.join(near)}?" if near else "see `dynasaur list`"
        raise ActionError(f"the library has no action {name!r} of its own: {hint}")

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """All modules of the package as they lie on disk, helpers and vendored ones too."""
        return {module: _text(path) for module, path in _modules(self.package, PACKAGE)}

    @cached_property
    def requirements(self) -> Mapping[str, frozenset[str]]:
        """Of each module that imports others, their full names; one that is no Python has none."""
        found = {}
        for module, text in self.texts.items():
            if _IMPORTS.search(text):
                with suppress(ActionError):
                    found[module] = frozenset(relative_imports(text, module))
        return found

    def dependents(self, modules: Collection[str]) -> list[str]:
        """The other modules that import one of these, by name."""
        wanted = frozenset(modules)
        return [
            module
            for module, needed in sorted(self.requirements.items())
            if module not in wanted and not wanted.isdisjoint(needed)
        ]

    def with_dependents(self, modules: Collection[str]) -> list[str]:
        """These modules, and all that import them, directly or not."""
        found = dict.fromkeys(modules)
        while more := self.dependents(found):
            found.update(dict.fromkeys(more))
        return list(found)

    def committed(self, path: str) -> bytes:
        """A file's content at the commit that is checked out.

        Raises:
            ActionError: It is not committed.
        """
        data = self.repo.past.content("HEAD", path)
        if data is None:
            raise ActionError(f"{path} is not committed: commit it first")
        return data

    def commit(
        self,
        subject: str,
        files: Mapping[str, bytes | None],
        *,
        edits: Mapping[str, Callable[[bytes | None], bytes]] | None = None,
        body: str = "",
        changed: Sequence[str] = (),
        removed: Sequence[str] = (),
    ) -> Done:
        """Make the one commit.

        Args:
            subject: Its first line.
            files: Path below the root to new content; None removes it.
            edits: Path to what makes its new content of the old one.
            body: The rest of its message.
            changed: Titles of the actions that it changes.
            removed: Titles of the actions that it removes.

        Raises:
            StoreError: Nothing was committed, and why.
        """
        change = Change(shortened(subject), body, {}, files, edits=edits or {}, overwrite=True)
        delivery = self.repo.commit(new_id(), [change])
        if not delivery.commits:
            raise StoreError(delivery.note)
        return Done(tuple(changed), tuple(removed), delivery)


def path_of(module: str) -> str:
    """A module's file below the library's root."""
    return module.replace(".", "/") + ".py"


def listed(modules: Sequence[str], most: int = 5) -> str:
    """Titles in words: `tables/a, tables/b and 3 more`."""
    shown = ", ".join(title(module) for module in modules[:most])
    return shown if len(modules) <= most else f"{shown} and {len(modules) - most} more"


def shortened(subject: str, most: int = 72) -> str:
    """A commit's first line, no longer than it should be."""
    return subject if len(subject) <= most else subject[: most - 3].rstrip() + "..."


def _modules(folder: Path, mount: str) -> Iterator[tuple[str, Path]]:
    """Every module below a folder; symbolic links are not followed."""
    with os.scandir(folder) as items:
        for item in sorted(items, key=lambda item: item.name):
            stem, suffix = os.path.splitext(item.name)  # noqa: PTH122 - a Path for each is slow
            if item.is_dir(follow_symlinks=False) and item.name.isidentifier():
                yield from _modules(Path(item.path), f"{mount}.{item.name}")
            elif suffix == ".py" and stem.isidentifier() and item.is_file(follow_symlinks=False):
                yield f"{mount}.{stem}", Path(item.path)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig", "replace")
    except OSError:
        return ""
