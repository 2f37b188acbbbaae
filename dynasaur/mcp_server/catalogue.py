"""The actions that are served: which, under what names, described how."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from dynasaur.errors import ActionError
from dynasaur.mcp_server.hints import Hints, hints_of
from dynasaur.mcp_server.own import OWN
from dynasaur.schemas import inputs_of, output_of
from dynasaur.source.docs import read_docs
from dynasaur.syntax.hidden import visible
from dynasaur.types import BARE, BASE, LOCAL, TOOLS, Action, Hit, Json

if TYPE_CHECKING:
    from dynasaur.library import Library
    from dynasaur.store import Entry

LONGEST_NAME = 64
LONGEST_DESCRIPTION = 4_000
_NAME = re.compile(r"[A-Za-z0-9_-]+\Z")
_SECTION = re.compile(r"^(?:Args|Arguments|Parameters|Examples?):\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Offer:
    """One action as a tool.

    Attributes:
        name: The tool's name.
        action: The action.
        description: What it does, for a model.
        inputs: JSON schema of its arguments.
        output: JSON schema of what it gives: an object with the result under `result`.
        hints: What its code may do.
    """

    name: str
    action: Action
    description: str
    inputs: dict[str, Json]
    output: dict[str, Json]
    hints: Hints


class Catalogue:
    """What of a library is served. May be asked by several threads.

    Args:
        library: The library.
        patterns: Which actions: names, or `category/name`, `source/category/name`, with `*` and
            `?`. Empty for all of the library and of the initial actions.
    """

    def __init__(self, library: Library, patterns: Sequence[str] = ()) -> None:
        self._library = library
        self._patterns = tuple(patterns)
        self._lock = threading.RLock()
        self._searching = threading.Lock()
        self._stamps: dict[str, str] = {}
        self._entries: dict[str, Entry] = {}
        self._offers: dict[str, Offer | None] = {}

    def refresh(self) -> bool:
        """Look at the disk; whether the served actions are others than before."""
        with self._lock:
            entries = dict(self._named())
            stamps = {name: f"{entry.module} {entry.stamp}" for name, entry in entries.items()}
            if stamps == self._stamps:
                return False
            self._stamps, self._entries, self._offers = stamps, entries, {}
            return True

    def __len__(self) -> int:
        return len(self._entries)

    def names(self) -> list[str]:
        """The tools' names, the library's own actions first."""
        with self._lock:
            return list(self._entries)

    def offer(self, name: str) -> Offer | None:
        """The tool of a name; None where there is none, or its file is no action."""
        with self._lock:
            if name not in self._entries:
                return None
            if name not in self._offers:
                self._offers[name] = self._read(name, self._entries[name])
            return self._offers[name]

    def meant(self, name: str) -> Offer | None:
        """The tool that a name means, the tool's own or an action's as searches show it."""
        with self._lock:
            if name in self._entries:
                return self.offer(name)
            try:
                action = self._library.get(name)
            except ActionError:
                return None
            return self.offer(self.name_of(action) or "")

    def name_of(self, action: Action) -> str | None:
        """The tool's name of an action; None where it is not served."""
        with self._lock:
            served = (name for name, one in self._entries.items() if one.module == action.module)
            return next(served, None)

    def search(self, query: str, k: int) -> list[tuple[str, Hit]]:
        """The best served actions for a query, with their tools' names."""
        self.refresh()
        with self._searching:  # the first one may read a whole library into the index
            hits = self._library.search(query, k if not self._patterns else 10 * k)
        with self._lock:
            by_module = {entry.module: name for name, entry in self._entries.items()}
        found = [(by_module[h.action.module], h) for h in hits if h.action.module in by_module]
        return found[:k]

    def _named(self) -> Iterator[tuple[str, Entry]]:
        taken = set(OWN)
        for entry in self._library.retriever.entries():
            if not self._is_served(entry):
                continue
            name = _tool_name(entry, qualified=entry.source not in BARE)
            if name in taken:  # the library's own goes before the initial action of that name
                name = _tool_name(entry, qualified=True)
            if name not in taken:
                taken.add(name)
                yield name, entry

    def _is_served(self, entry: Entry) -> bool:
        if not self._patterns:  # other servers' tools are for their own clients to reach
            return entry.source in BARE and entry.source != TOOLS
        places = [f"{entry.source}/{entry.name}", f"{entry.source}/{entry.category}/{entry.name}"]
        if entry.source in BARE:
            places.append(f"{entry.category}/{entry.name}")
        for pattern in self._patterns:
            bare = [entry.name] if entry.source in BARE else []
            if any(fnmatchcase(one, pattern) for one in (places if "/" in pattern else bare)):
                return True
        return False

    def _read(self, name: str, entry: Entry) -> Offer | None:
        try:
            action = self._library.retriever.read(entry)
            if action is None:
                return None
            hints = hints_of(self._library.retriever.closure([entry.module]))
        except ActionError:
            return None
        inputs = _cleaned(inputs_of(action))
        return Offer(name, action, _description(action), inputs, _cleaned(_object(action)), hints)


def _tool_name(entry: Entry, *, qualified: bool) -> str:
    """A name that MCP clients and models' interfaces take: letters, digits, `_` and `-`."""
    whole = f"{entry.source}-{entry.name}" if qualified else entry.name
    if qualified and entry.source not in {LOCAL, BASE} and entry.category:
        whole = f"{entry.source}-{entry.category}-{entry.name}"
    if _NAME.match(whole) and len(whole) <= LONGEST_NAME:
        return whole
    mark = hashlib.sha256(entry.module.encode()).hexdigest()[:8]
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", whole)
    return f"{plain[: LONGEST_NAME - 9]}-{mark}"


def _description(action: Action) -> str:
    """The docstring without its parameters, which the schema tells, and its examples."""
    docs = read_docs(action.docstring)
    head, *_ = _SECTION.split(action.docstring, maxsplit=1)
    returns = f"Returns: {docs.returns}" if docs.returns and "Returns:" not in head else ""
    instead = action.provenance.deprecated
    note = f"Deprecated: use {instead}." if instead else ""
    parts = (note, head.strip(), returns)
    text = "\n\n".join(part for part in parts if part) or action.signature
    return visible(text)[:LONGEST_DESCRIPTION]


def _object(action: Action) -> dict[str, Json]:
    docs = read_docs(action.docstring)
    told: dict[str, Json] = {"description": docs.returns} if docs.returns else {}
    return {
        "type": "object",
        "properties": {"result": {**output_of(action), **told}},
        "required": ["result"],
    }


def _cleaned(schema: dict[str, Json]) -> dict[str, Json]:
    """A schema whose descriptions hold nothing that people cannot see."""
    found: dict[str, Json] = {}
    for key, value in schema.items():
        if isinstance(value, dict):
            found[key] = _cleaned(value)
        else:
            said = key == "description" and isinstance(value, str)
            found[key] = visible(str(value)) if said else value
    return found
