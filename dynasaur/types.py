"""The frozen values that travel between modules.

They know nothing of storage, models or kernels. Text is `str`, times are seconds, sizes are
bytes, sequences are tuples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal, TypeAlias

from dynasaur.talk import Api as Api
from dynasaur.talk import Ear as Ear
from dynasaur.talk import Image as Image
from dynasaur.talk import Manner as Manner
from dynasaur.talk import Message as Message
from dynasaur.talk import ModelFacts as ModelFacts
from dynasaur.talk import Reply as Reply
from dynasaur.talk import Role as Role
from dynasaur.talk import Sound as Sound
from dynasaur.talk import Told as Told
from dynasaur.talk import Usage as Usage

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

LOCAL = "local"
"""The source name of the library itself."""

BASE = "base"
"""The built-in source: the initial actions that come with the package."""

HOSTED = "host."
"""Stands before the names of host functions that code reaches through `dynasaur.host` alone."""

TOOLS = "tools"
"""The source of the tools that other programs serve; its categories are the servers."""

BARE = frozenset({LOCAL, BASE, TOOLS})
"""The sources whose actions a bare name can mean; those of all others are named with theirs."""


# --- what the user asks ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Task:
    """What the user asks, with the files that come with it."""

    text: str
    files: tuple[Path, ...] = ()


# --- to and from the kernel -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CellError:
    """An exception that ended a cell.

    Attributes:
        type: The exception's class name.
        message: What `str()` gives of it, bounded.
        traceback: The useful end of the traceback, without ANSI codes, bounded.
    """

    type: str
    message: str
    traceback: str


@dataclass(frozen=True, slots=True)
class Call:
    """One recorded call of an action or of a function that a cell defined.

    Attributes:
        name: The function's name.
        module: The action's module (`actions.tables.mean`); empty for a function of a cell.
        ok: It returned.
        arguments: The call's arguments as Python source (`'a.csv', column='price'`), or None
            where one of them is not a literal or is too large.
        result: The returned value as Python source, or None where it is not a literal.
        error: The exception's class name; empty when it returned.
        seconds: How long it took.
        top: Called from a cell's top level, not from inside another recorded function.
    """

    name: str
    module: str
    ok: bool
    arguments: str | None
    result: str | None
    error: str
    seconds: float
    top: bool


class Ending(StrEnum):
    """How a cell ended."""

    OK = "ok"
    ERROR = "error"
    TIMEOUT = "timeout"
    DIED = "died"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Observation:
    """What one execution gave back.

    Attributes:
        ended: How the cell ended.
        output: Everything it printed or displayed as text, in order, ANSI codes removed; past
            the kernel's bound the middle is left out and a line says how much.
        late: Output of earlier cells' threads and children that came in during this one.
        error: The exception that ended it, if one did.
        images: Pictures it displayed, bounded in number and size.
        calls: Calls of actions and of functions that cells defined, in the order they ended.
        state_kept: The kernel's variables survived (False after a death or a kill).
        notice: What the model must know of how it ended, in words; empty when there is nothing.
        seconds: Wall time.
    """

    ended: Ending = Ending.OK
    output: str = ""
    late: str = ""
    error: CellError | None = None
    images: tuple[Image, ...] = ()
    calls: tuple[Call, ...] = ()
    state_kept: bool = True
    notice: str = ""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """The cell ran to its end without an error."""
        return self.ended is Ending.OK


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back of a kernel's saved variables.

    Attributes:
        step: The step after which they were saved; 0 where that is not known.
        names: The variables that are there again.
        lost: Those that could not be saved: name and reason.
        why: Why none is there again; empty where some are.
    """

    step: int = 0
    names: tuple[str, ...] = ()
    lost: tuple[tuple[str, str], ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Module:
    """One module as the kernel loads it.

    Attributes:
        name: Its full dotted name in the kernel (`actions.tables.mean_of_column`).
        text: Its source, verbatim.
    """

    name: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Given:
    """What a host function gives besides its result.

    Attributes:
        result: The result.
        files: Files that the kernel writes into its work folder: name to content.
        images: Pictures that it displays, as if the cell had.
    """

    result: Json
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    images: tuple[Image, ...] = ()


# --- actions --------------------------------------------------------------------------------

ParameterKind = Literal["positional", "normal", "variadic", "keyword", "variadic-keyword"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an action; annotation and default as written, empty where absent."""

    name: str
    annotation: str = ""
    default: str | None = None
    kind: ParameterKind = "normal"
    doc: str = ""


class Evidence(StrEnum):
    """What is known to back an action, weakest first."""

    EXECUTED = "executed"
    CALLED = "called"
    SOLVED = "solved"
    REPLAYED = "replayed"

    @property
    def rank(self) -> int:
        """Position in the order of strength, 0 for the weakest."""
        return list(Evidence).index(self)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where an action comes from: the `[tool.dynasaur]` table of its head.

    Empty strings where the head does not say. `replay` is why its recorded calls could not be
    replayed, where that was tried.
    """

    origin: str = ""
    task: str = ""
    model: str = ""
    run: str = ""
    evidence: str = ""
    deprecated: str = ""
    replay: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """One public function in one module of an actions package, read but never imported.

    Attributes:
        name: The function's name, which is the module's too.
        category: The package it lies in (`tables`); empty in a flat library.
        source: `local`, or the name of the source it comes from (`base`).
        module: Its full dotted name as the kernel mounts it (`actions.tables.mean`,
            `actions.vendor.base.tables.mean`).
        signature: The header on one line (`mean(numbers: list[float]) -> float`).
        parameters: Its parameters, in order.
        returns: The return annotation as written; empty where absent.
        summary: The first line of the docstring.
        docstring: The docstring, indentation cleaned.
        text: The whole module, verbatim.
        path: The file.
        requires: Full dotted names of the modules that it imports from actions packages.
        dependencies: PEP 508 requirements of its head.
        provenance: Where it comes from.
    """

    name: str
    category: str
    source: str
    module: str
    signature: str
    parameters: tuple[Parameter, ...]
    returns: str
    summary: str
    docstring: str
    text: str = field(repr=False)
    path: Path
    requires: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    provenance: Provenance = Provenance()


@dataclass(frozen=True, slots=True)
class Hit:
    """One result of a search: an action and how well it fits (higher is better)."""

    action: Action
    score: float


@dataclass(frozen=True, slots=True)
class Refusal:
    """A candidate that was not admitted, and why."""

    name: str
    reason: str
