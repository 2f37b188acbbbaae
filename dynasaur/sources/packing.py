"""From actions of a library to the same in the layout of the source that they are given to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dynasaur.config import PACKAGE
from dynasaur.errors import ActionError
from dynasaur.registry import Registry
from dynasaur.repo import Identity
from dynasaur.repo.git import Git
from dynasaur.snapshot import Snapshot
from dynasaur.source import gather, move, read_action, relative_imports
from dynasaur.sources.desk import Desk
from dynasaur.types import LOCAL, Action

_KEPT = re.compile(r"Dynasaur-[A-Z][a-z]+|[A-Z][a-z]+(?:-[a-z]+)*-by")
"""Trailers that go along; others may tell of machines and tickets of the library's own."""


@dataclass(frozen=True, slots=True)
class Given:
    """One action on its way.

    Attributes:
        here: Its full dotted name in this library.
        action: The action as it would be in the source.
        author: Who changed it last here.
        trailers: Those of that commit that name people, or are ours.
        replaces: It takes the place of the source's own version.
    """

    here: str
    action: Action
    author: Identity
    trailers: Mapping[str, Sequence[str]]
    replaces: bool

    @property
    def title(self) -> str:
        """How people name it."""
        return "/".join(filter(None, (self.action.category, self.action.name)))


class Packing:
    """Moves actions.

    Args:
        desk: The library.
        registry: Its way in.
        to: The source.
        tip: The source at its newest commit.
    """

    def __init__(self, desk: Desk, registry: Registry, to: str, tip: Snapshot) -> None:
        self._desk, self._to, self._tip = desk, to, tip
        self._store = registry.stores[0]
        self.mine = f"{PACKAGE}.vendor.{to}."
        self._lock = desk.lock()
        self._git = Git(desk.root)

    def packed(self, names: Sequence[str]) -> Iterator[Given]:
        """The actions and those of the library's own that they need, needs first."""
        roots = [self._module(name) for name in names]
        for module in gather(roots, self._text):
            if self._is_given(module.name, module.name in roots):
                yield self._given(module.name)

    def _module(self, name: str) -> str:
        entries = self._store.entries()
        wanted = name.split("/")
        for full, entry in entries.items():
            place = [entry.source] if entry.source != LOCAL else []
            place += [entry.category, entry.name] if entry.category else [entry.name]
            fits = place[-len(wanted) :] == wanted and len(wanted) <= len(place)
            if fits and (entry.source == LOCAL or (entry.source, wanted[0]) == (self._to,) * 2):
                return full
        raise ActionError(f"no action {name!r} of the library's own to give; see `dynasaur list`")

    def _text(self, module: str) -> str | None:
        if not module.startswith(f"{PACKAGE}.vendor."):
            self._desk.clean([module.replace(".", "/") + ".py"])
        return self._store.text(module)

    def _is_given(self, module: str, asked: bool) -> bool:
        """Whether a module has to come along: the source has not got it as it is."""
        place = self._there(module)
        if module.startswith(self.mine):
            return asked
        if place.startswith("vendor/"):
            if place not in self._tip.modules:
                raise ActionError(
                    f"it needs {place.removeprefix('vendor/')}, which {self._to} has not vendored: "
                    "take that there first"
                )
            return False
        there = self._tip.modules.get(place)
        return there is None or there.text != self._moved(module)

    def _there(self, module: str) -> str:
        """A module's path in the source."""
        below = self.mine if module.startswith(self.mine) else f"{PACKAGE}."
        return module[len(below) :].replace(".", "/")

    def _moved(self, module: str) -> str:
        """A module's text with its imports as they are written in the source."""
        text = self._store.text(module) or ""
        new = f"{PACKAGE}.{self._there(module).replace('/', '.')}"
        required = relative_imports(text, module)
        homes = {one: f"{PACKAGE}.{self._there(one).replace('/', '.')}" for one in required}
        return move(text, module, new, homes)

    def _given(self, module: str) -> Given:
        place = self._there(module)
        theirs = {path.casefold(): path for path in self._tip.modules}.get(place.casefold())
        mine = module.startswith(self.mine)
        if theirs and not mine:
            raise ActionError(f"{self._to} has another {theirs}: rename yours")
        if mine:
            self._unchanged_there(module, place)
        path = f"{PACKAGE}/{place}.py"
        category, _, _ = place.rpartition("/")
        action = read_action(
            self._moved(module),
            path=Path(path),
            category=category,
            source=LOCAL,
            module=path.removesuffix(".py").replace("/", "."),
        )
        return Given(module, action, *self._last_change(module), bool(theirs))

    def _unchanged_there(self, module: str, place: str) -> None:
        self._desk.clean([module.replace(".", "/") + ".py"])
        pin = self._lock.modules.get(f"{self._to}/{place}")
        there = self._tip.modules.get(place)
        if pin is None or there is None or there.blob != pin.blob:
            raise ActionError(
                f"{self._to} has changed {place} since you took it: "
                f"`dynasaur source update {self._to}` first"
            )
        if there.text == self._moved(module):
            raise ActionError(f"{self._to}/{place} has no edits of yours to give")

    def _last_change(self, module: str) -> tuple[Identity, dict[str, list[str]]]:
        """Who changed it last, and what the commit said of where it comes from."""
        path = module.replace(".", "/") + ".py"
        shape = "%an%x00%ae%x00%(trailers:only,unfold)"
        told = self._git.line("log", "-1", "--no-mailmap", f"--format={shape}", "--", path)
        if not told:
            raise ActionError(f"{path} is not committed: commit it first")
        name, mail, said = told.split("\0", 2)
        kept: dict[str, list[str]] = {}
        for key, _, value in (line.partition(": ") for line in said.splitlines()):
            if _KEPT.fullmatch(key):
                kept.setdefault(key, []).append(value)
        return Identity(name, mail), kept
