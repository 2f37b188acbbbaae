"""The frozen values of a review: what changed, what is to be looked at, what was not."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, TypeAlias

from dynasaur.capabilities import Capability, Confidence
from dynasaur.types import Action

Level: TypeAlias = Literal["error", "warning", "info"]
LEVELS: tuple[Level, ...] = ("error", "warning", "info")
"""Worst first."""

LINK, SUBMODULE = "120000", "160000"
"""Modes by which git tells what is no file."""


class Kind(StrEnum):
    """What happened to a module, the most telling first."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    MOVED = "moved"
    CONTRACT = "contract"
    BODY = "body"
    DEPRECATED = "deprecated"
    DOCUMENTATION = "documentation"


@dataclass(frozen=True, slots=True)
class Blob:
    """One file on one side of a range.

    Attributes:
        path: Below the library's root, with `/`; what is not UTF-8 in it is escaped.
        mode: git's mode.
        id: The content's id; empty for a file of the work tree.
        data: The content; None where it could not be read.
        problem: Why it could not be read.
    """

    path: str
    mode: str
    id: str
    data: bytes | None = field(repr=False, default=None)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """A module on one side of a range, read but never imported.

    Attributes:
        blob: The file.
        module: Its full dotted name (`actions.text.clean`).
        text: Its text, line ends normal.
        action: The action in it; None for helpers, packages and what is none.
        problem: Why it is not one though its place says so, or is no Python.
        line: Where that is.
        capabilities: What its code can do.
        exact: Its fingerprint; empty where it has none.
    """

    blob: Blob
    module: str
    text: str = field(repr=False)
    action: Action | None = None
    problem: str = ""
    line: int = 1
    capabilities: tuple[Capability, ...] = ()
    exact: str = ""

    @property
    def path(self) -> str:
        """The file's path."""
        return self.blob.path


@dataclass(frozen=True, slots=True)
class Caller:
    """A module that uses a changed one.

    Attributes:
        module: Its full name.
        path: Its file.
        line: Where the call is, or the import.
        column: The same.
        problem: Why it does not fit any more; empty where it does, or cannot be told.
    """

    module: str
    path: str
    line: int
    column: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one module.

    Attributes:
        kind: What, in one word.
        name: How people name it (`text/clean`): as it is now, or as it was when it is gone.
        before: How it was; None where it was not there.
        after: How it is; None where it is gone.
        also: What else happened to one that was renamed or moved.
        vendored: It is a copy from another library.
        callers: What uses it.
    """

    kind: Kind
    name: str
    before: Side | None
    after: Side | None
    also: Kind | None = None
    vendored: bool = False
    callers: tuple[Caller, ...] = ()

    @property
    def side(self) -> Side:
        """How it is, or was."""
        side = self.after or self.before
        assert side is not None
        return side

    @property
    def is_action(self) -> bool:
        """It is, or was, an action."""
        return any(
            side is not None and side.action is not None for side in (self.before, self.after)
        )

    @property
    def content(self) -> Kind | None:
        """Which part of its content changed; None for none."""
        own = self.kind in {Kind.CONTRACT, Kind.BODY, Kind.DEPRECATED, Kind.DOCUMENTATION}
        return self.kind if own else self.also


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at.

    Attributes:
        id: The rule's id (`DYN402`).
        name: The rule's name (`subprocess`).
        level: How bad it is.
        confidence: How sure.
        action: What it concerns (`text/clean`).
        path: The file in which it is to be seen.
        line: From 1.
        column: From 1, in characters.
        end_line: Its last line.
        end_column: The column after its last character.
        message: What it is, on one line.
        detail: What tells it from others of the same rule and action: never a line or a commit.
        accepted: Why a person accepted it; empty where nobody did.
        known: Its fingerprint, where another report told it.
    """

    id: str
    name: str
    level: Level
    confidence: Confidence
    action: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    detail: str
    accepted: str = ""
    known: str = ""

    @property
    def fingerprint(self) -> str:
        """The same after later pushes, so that what is accepted stays so."""
        if self.known:
            return self.known
        told = "\0".join((self.id, self.action, self.detail))
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Unread:
    """A changed file that was not reviewed, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Twin:
    """An existing action that a changed one is like.

    Attributes:
        action: The changed one (`text/clean`).
        other: The one that exists.
        score: How alike they are, up to 1.
        how: `exact`, `lifted` (constants differ) or `near`.
        text: The changed one's function.
        other_text: The other's.
    """

    action: str
    other: str
    score: float
    how: Literal["exact", "lifted", "near"]
    text: str = field(repr=False)
    other_text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Examples:
    """What running the examples gave: how many actions have some, and how many of them held."""

    ran: int
    held: int


@dataclass(frozen=True, slots=True)
class Report:
    """A review.

    Attributes:
        base: The commit that it starts from; empty where there is none.
        head: The commit that it goes to; empty for the work tree.
        range: The range as people write it.
        changes: What happened, by name.
        findings: What is to be looked at, worst first; those that are accepted too.
        unread: Changed files that were not reviewed.
        twins: What changed actions are like.
        outside: How many changed files lie outside of the actions package.
        root: From the repository's root to the library's, with `/`: empty, or it ends with `/`.
        examples: What running examples gave; None where none were run.
        notes: What else a reader must know.
    """

    base: str
    head: str
    range: str
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    unread: tuple[Unread, ...] = ()
    twins: tuple[Twin, ...] = ()
    outside: int = 0
    root: str = ""
    examples: Examples | None = None
    notes: tuple[str, ...] = ()

    @property
    def open(self) -> tuple[Finding, ...]:
        """The findings that nobody has accepted."""
        return tuple(one for one in self.findings if not one.accepted)

    @property
    def accepted(self) -> tuple[Finding, ...]:
        """The findings that somebody has accepted."""
        return tuple(one for one in self.findings if one.accepted)

    @property
    def counts(self) -> Mapping[Level, int]:
        """How many findings of each level nobody has accepted."""
        return {level: sum(one.level == level for one in self.open) for level in LEVELS}

    def fails(self, at: Level | Literal["never"]) -> bool:
        """There are findings of a level, or worse, that nobody has accepted."""
        if at == "never":
            return False
        return any(LEVELS.index(one.level) <= LEVELS.index(at) for one in self.open)
