"""The frozen values that make up the record of one run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from dynasaur.types import Call, Json, Observation, Refusal, Usage


class Status(StrEnum):
    """Where a run stands. `killed` is never written: it is a `running` whose process is gone."""

    RUNNING = "running"
    SOLVED = "solved"
    UNSOLVED = "unsolved"
    FAILED = "failed"
    KILLED = "killed"


class End(StrEnum):
    """Why a run is over."""

    ANSWERED = "answered"
    GAVE_UP = "gave-up"
    LIMIT = "limit"
    FAILED = "failed"
    MISUSED = "misused"
    INTERRUPTED = "interrupted"
    STUCK = "stuck"
    BLOCKED = "blocked"
    UNFIT = "unfit"


@dataclass(frozen=True, slots=True)
class HostCall:
    """One call of a host function by the code of a step.

    Attributes:
        name: The function.
        arguments: What it was called with, as JSON, bounded.
        error: The class of the error that it ended in; empty when it returned.
        result: What it returned, as JSON; None where that is too large to be kept, or came with
            files or pictures.
        message: What the error said.
    """

    name: str
    arguments: str
    error: str = ""
    result: str | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One thought, code and observation.

    Attributes:
        number: From 1.
        thought: The model's reasoning.
        code: What it ran; empty when the reply held no usable code.
        problem: Why there was no usable code; empty when there was.
        loaded: Names of the actions imported into the kernel for this step.
        notes: What the model was told besides the observation.
        observation: What came back; None when nothing was run.
        asked: The host functions that it called, in order.
        usage: What the reply cost.
        model: Who wrote the code, where it was not the run's model: `planner`, or `person` when
            it was edited before it ran.
    """

    number: int
    thought: str
    code: str
    problem: str = ""
    loaded: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    observation: Observation | None = None
    asked: tuple[HostCall, ...] = ()
    usage: Usage = Usage()
    model: str = ""


@dataclass(frozen=True, slots=True)
class ActionUse:
    """What became of actions in a run: names, each once, in order of first appearance.

    `called` has those first that a cell called itself, then those that actions called.
    """

    offered: tuple[str, ...] = ()
    loaded: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    admitted: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Trajectory:
    """The record of one run.

    Attributes:
        run: The run's id.
        task: The task's text.
        files: Names of the files that came with it.
        model: The model's name.
        status: Where it stands.
        end: Why it is over; None while it is not.
        answer: The submitted answer as JSON; meaningful when the status is solved.
        reason: For an unsolved or failed run, why, in one line.
        note: What the user should know of how actions were kept.
        steps: What happened, in order.
        actions: What became of actions.
        usage: What the model's replies cost together.
        started: UTC, ISO 8601.
        seconds: Wall time so far.
        folder: The run's folder.
        opening: The first user message, as it was sent.
    """

    run: str
    task: str
    files: tuple[str, ...]
    model: str
    status: Status = Status.RUNNING
    end: End | None = None
    answer: Json = None
    reason: str = ""
    note: str = ""
    steps: tuple[Step, ...] = ()
    actions: ActionUse = ActionUse()
    usage: Usage = Usage()
    started: str = ""
    seconds: float = 0.0
    folder: Path = field(default=Path(), compare=False)
    opening: str = ""


@dataclass(frozen=True, slots=True)
class Private:
    """What may not be passed on, cut into all pieces of one length; `checks.quoted` makes them.

    Attributes:
        windows: Pieces so long that one of them anywhere is a quotation.
        snippets: Shorter ones: a constant that is made of these alone is one.
    """

    windows: frozenset[str] = frozenset()
    snippets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Harvest:
    """What a run leaves for the registry.

    Attributes:
        run: The run's id.
        task: The task's text.
        model: The model's name.
        cells: The code of the cells that ran without error, in order.
        calls: The recorded calls, in order.
        solved: An answer was submitted.
        answer: That answer.
        private: What nothing that is kept may quote; recorded calls then become no examples.
    """

    run: str
    task: str
    model: str
    cells: tuple[str, ...]
    calls: tuple[Call, ...] = ()
    solved: bool = False
    answer: Json = None
    private: Private | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """What the registry made of a harvest.

    Attributes:
        admitted: Names of the new actions.
        refused: The other candidates, and why.
        note: What the user should know of how they were kept, in one line; often empty.
    """

    admitted: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """What is worth knowing of a function that could be kept.

    Attributes:
        name: The function's name.
        text: What follows the name in a sentence.
    """

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Undocumented:
    """A function that only lacks documentation.

    Attributes:
        name: The function's name.
        text: Its text.
        missing: What its types and its docstring lack.
    """

    name: str
    text: str
    missing: tuple[str, ...]


Ask = Callable[[Sequence[Undocumented]], str]
"""Asks for documentation: gives the functions as Python source, documented, or nothing."""
