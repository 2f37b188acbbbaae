"""`dynasaur.lock`: exactly what is vendored, and what of it was approved.

Sorted, without times, one block for each module, so that two branches that take different things
merge. It may have been edited by hand or by a stranger: nothing in it is believed unread.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from dynasaur.errors import StoreError, UsageError
from dynasaur.pins.address import Address

LOCK = "dynasaur.lock"
VERSION = 1
HEAD = "# Written by dynasaur; people read it. `dynasaur source verify` checks it.\n"

_HEX = r"(?:[0-9a-f]{40}|[0-9a-f]{64})"
_PART = r"[A-Za-z_][A-Za-z0-9_]*"
_SHAPES = {
    "name": re.compile(r"[a-z][a-z0-9_]*"),
    "commit": re.compile(rf"{_HEX}?"),
    "tree": re.compile(rf"{_HEX}?"),
    "blob": re.compile(_HEX),
    "id": re.compile(rf"[a-z][a-z0-9_]*(?:/{_PART}){{1,12}}"),
    "h1": re.compile(r"h1:[A-Za-z0-9+/]{43}="),
    "legal": re.compile(rf"(?:{_PART}/){{0,12}}[A-Za-z0-9][A-Za-z0-9_.-]*"),
}
_SHAPES["requires"] = _SHAPES["id"]
_MISSING = object()


@dataclass(frozen=True, slots=True)
class SourcePin:
    """One source, pinned.

    Attributes:
        name: What it is called here.
        url: Its address, as `Address.parse` reads it; empty for the built-in one.
        ref: What was asked for: a full reference, `HEAD` or a commit.
        commit: What that was.
        tree: git's id of its `actions/` at that commit.
        signer: The key that signed the commit, or `none`.
        licence: SPDX expression, as far as it could be told.
        capabilities: What its actions may do, as it was approved.
        legal: The paths of its legal files that hold for what is taken.
        h1: The hash over those.
    """

    name: str
    url: str
    ref: str
    commit: str
    tree: str
    signer: str
    licence: str
    capabilities: tuple[str, ...]
    legal: tuple[str, ...]
    h1: str

    @property
    def address(self) -> Address:
        """Its address; the built-in one has none."""
        return Address.parse(self.url)


@dataclass(frozen=True, slots=True)
class ModulePin:
    """One vendored module.

    Attributes:
        id: Its source and its place there (`acme/web/fetch_page`).
        blob: git's id of its content at the source: the base when edits are merged.
        h1: The hash over its file as it is installed.
        requires: The ids of the modules that it imports.
        packages: PEP 508 requirements of its head.
        capabilities: What it may do, as it was approved.
        modified: It holds edits of this library's own.
    """

    id: str
    blob: str
    h1: str
    requires: tuple[str, ...]
    packages: tuple[str, ...]
    capabilities: tuple[str, ...]
    modified: bool

    @property
    def source(self) -> str:
        """The name of its source."""
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        """Its file's path below its source's folder; what `h1` hashes it as."""
        return self.id.partition("/")[2] + ".py"

    @property
    def path(self) -> str:
        """Its file's path below the library's root."""
        return f"actions/vendor/{self.id}.py"


Pin = TypeVar("Pin", SourcePin, ModulePin)


@dataclass(frozen=True, slots=True)
class Lock:
    """Everything that is pinned, by name and by id."""

    sources: Mapping[str, SourcePin] = field(default_factory=dict)
    modules: Mapping[str, ModulePin] = field(default_factory=dict)

    def of(self, source: str) -> dict[str, ModulePin]:
        """The modules of one source."""
        return {id_: pin for id_, pin in self.modules.items() if pin.source == source}

    def without(self, source: str) -> Lock:
        """The same without one source."""
        return Lock(
            {name: pin for name, pin in self.sources.items() if name != source},
            {id_: pin for id_, pin in self.modules.items() if pin.source != source},
        )

    def plus(self, source: SourcePin, modules: Mapping[str, ModulePin]) -> Lock:
        """The same with a source and modules of it, in place of those that have their names."""
        return Lock({**self.sources, source.name: source}, {**self.modules, **modules})


def read_lock(data: bytes | None) -> Lock:
    """Read a lock; that of a library which has none is empty.

    Raises:
        StoreError: It cannot be believed: one line that says where and what to do.
    """
    if data is None:
        return Lock()
    try:
        table = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, RecursionError, tomllib.TOMLDecodeError) as error:
        raise _bad(f"it cannot be read ({error})") from error
    version = table.pop("version", None)
    if type(version) is int and version > VERSION:
        raise StoreError(
            f"{LOCK} was written by a newer dynasaur (version {version} of the lock, known is "
            f"{VERSION}): install a newer one"
        )
    if type(version) is not int or version != VERSION:
        raise _bad(f"its version is {version!r}, not {VERSION}")
    sources = {pin.name: pin for pin in _pins(table.pop("source", []), SourcePin, "source")}
    modules = {pin.id: pin for pin in _pins(table.pop("module", []), ModulePin, "module")}
    if table:
        raise _bad(f"it has {next(iter(table))[:60]!r}, which means nothing")
    lock = Lock(sources, modules)
    _check(lock)
    return lock


def dump_lock(lock: Lock) -> bytes:
    """The lock as it is written; equal locks give equal bytes."""
    lines = [HEAD, f"version = {VERSION}\n"]
    for kind, pins in (("source", lock.sources), ("module", lock.modules)):
        for name in sorted(pins):
            lines.append(f"\n[[{kind}]]\n")
            lines += _written(pins[name])
    return "".join(lines).encode()


def _written(pin: SourcePin | ModulePin) -> Iterator[str]:
    for one in fields(pin):
        value = getattr(pin, one.name)
        if isinstance(value, tuple) and value:
            entries = "".join(f"    {_string(entry)},\n" for entry in sorted(value))
            yield f"{one.name} = [\n{entries}]\n"
        elif isinstance(value, tuple):
            yield f"{one.name} = []\n"
        elif isinstance(value, bool):
            yield f"{one.name} = {str(value).lower()}\n"
        else:
            yield f"{one.name} = {_string(value)}\n"
        if one.name == "id":
            yield f"path = {_string(pin.path)}\n"  # type: ignore[union-attr]


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _bad(why: str) -> StoreError:
    return StoreError(
        f"{LOCK} is damaged: {why}; take it back from git (`git checkout HEAD -- {LOCK}`)"
    )


# --- reading ------------------------------------------------------------------------------------


def _pins(blocks: object, kind: type[Pin], word: str) -> Iterator[Pin]:
    if not isinstance(blocks, list):
        raise _bad(f"{word} is no list of blocks")
    seen: set[str] = set()
    for number, block in enumerate(blocks, 1):
        pin = _pin(block, kind, f"{word} block {number}")
        name = pin.name if isinstance(pin, SourcePin) else pin.id
        if name.casefold() in seen:
            raise _bad(f"{name} is there twice")
        seen.add(name.casefold())
        yield pin


def _pin(block: object, kind: type[Pin], where: str) -> Pin:
    if not isinstance(block, dict):
        raise _bad(f"{where} is no table")
    given: dict[str, Any] = dict(block)
    path = given.pop("path", _MISSING)
    values: dict[str, Any] = {}
    for one in fields(kind):
        value = given.pop(one.name, _MISSING)
        values[one.name] = _value(value, str(one.type), f"{one.name} of {where}", one.name)
    if given:
        raise _bad(f"{where} has {next(iter(given))[:60]!r}, which means nothing")
    pin: Pin = kind(**values)
    if isinstance(pin, ModulePin) and path != pin.path:
        raise _bad(f"the path of {pin.id} is not {pin.path}")
    return pin


def _value(value: object, kind: str, where: str, name: str) -> object:
    if value is _MISSING:
        raise _bad(f"{where} is missing")
    if kind == "bool":
        if not isinstance(value, bool):
            raise _bad(f"{where} is neither true nor false")
        return value
    entries = value if isinstance(value, list) else [value]
    if isinstance(value, list) != kind.startswith("tuple"):
        raise _bad(f"{where} is of the wrong kind")
    shape = _SHAPES.get(name)
    for entry in entries:
        if not isinstance(entry, str) or not entry.isprintable():
            raise _bad(f"{where} is no plain text")
        if shape and not shape.fullmatch(entry):
            raise _bad(f"{where} cannot be {entry[:60]!r}")
    return tuple(entries) if isinstance(value, list) else value


def _check(lock: Lock) -> None:
    for source in lock.sources.values():
        try:
            if (source.name, source.url) != ("base", ""):
                Address.parse(source.url)
        except UsageError as error:
            raise _bad(f"{source.name}: {error}") from None
    for pin in lock.modules.values():
        if pin.source not in lock.sources:
            raise _bad(f"{pin.id} is of a source that is not there")
        for needed in pin.requires:
            if needed not in lock.modules:
                raise _bad(f"{pin.id} requires {needed}, which is not there")
