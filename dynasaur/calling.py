"""One action called in a fresh kernel; what came of it as values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

from dynasaur.agent.hosted import HostedKernel
from dynasaur.agent.outside import Outside
from dynasaur.agent.protocols import Library
from dynasaur.agent.scene import Permit
from dynasaur.agent.supplies import supply
from dynasaur.errors import BlockedError, DynasaurError, FailureError, LimitError, UsageError
from dynasaur.schemas import arguments_of
from dynasaur.types import Action, Ending, Json, Observation, Usage

RESULT = "give_result_of_call"
"""The host function by which a result leaves the kernel."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of a call, as values of Python."""

    positional: tuple[object, ...] = ()
    named: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call came to.

    Attributes:
        name: The action's name.
        seen: What the kernel showed while it ran.
        results: The result, where it returned.
        refused: What a host function refused last, with what the user can do; None for nothing.
    """

    name: str
    seen: Observation
    results: tuple[Json, ...] = ()
    refused: DynasaurError | None = None

    @property
    def failure(self) -> DynasaurError | None:
        """Why there is no result, on one line; None where there is one."""
        if isinstance(self.refused, BlockedError):  # whatever the action made of it
            return self.refused
        if self.seen.ended is Ending.TIMEOUT:
            return LimitError(f"{self.name}: {_line(self.seen.notice)}")
        if self.seen.ok and self.results:
            return None
        error = self.seen.error
        if error and self.refused and error.message.endswith(str(self.refused)):
            return self.refused
        raised = f"{error.type}: {error.message}" if error else ""
        said = ". ".join(filter(None, [raised, self.seen.notice]))
        return FailureError(f"{self.name}: {_line(said) or 'it gave no result'}")


class Call(HostedKernel):
    """A kernel for one call. It belongs to one thread, which must live as long as the kernel.

    Args:
        library: Where the action comes from.
        work: The kernel's work folder.
        outside: Gives the action its host functions; None for none.
        permit: Sees that one of them may be called; None: all may.

    Attributes:
        usage: What models cost that host functions asked.
    """

    def __init__(
        self,
        library: Library,
        work: Path,
        outside: Outside | None = None,
        permit: Permit | None = None,
    ) -> None:
        self._library = library
        self._results: list[Json] = []
        self._refused: DynasaurError | None = None
        self.usage = Usage()
        super().__init__(library, work, {RESULT: self._give}, lambda: self, outside, permit)

    def spend_outside(self, usage: Usage) -> None:
        """Count what a model's work in a host function cost."""
        self.usage += usage

    def afford(self) -> None:
        """A call has no budget but its time."""

    def seconds_left(self) -> float:
        """How long a host function may take now."""
        return self.seconds

    def _heard(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function; what it refuses is remembered, for the kernel has no such classes."""
        del name

        @wraps(function)
        def heard(*args: Json, **kwargs: Json) -> Any:
            try:
                return function(*args, **kwargs)
            except DynasaurError as error:
                if not isinstance(self._refused, BlockedError):
                    self._refused = error
                raise

        return heard

    def start(self) -> None:
        """Launch the kernel; returns at once."""
        self.kernel.start()

    def run(self, action: Action, given: Arguments, seconds: float) -> Outcome:
        """Call the action.

        Args:
            action: The action.
            given: Its arguments.
            seconds: Time for the call.

        Raises:
            FailureError: There is no kernel, or the action cannot be imported.
        """
        from dynasaur.packages import wants_of

        kernel = self.kernel
        self.begin(seconds)
        kernel.start()
        modules = self._library.retriever.closure([action.module])
        supply(self._library, kernel, wants_of(modules))
        kernel.load(modules, {action.name: action.module})
        arguments = arguments_of(action, given.positional, given.named)
        awaited = "await " if action.signature.startswith("async ") else ""
        seen = kernel.execute(f"{RESULT}({awaited}{action.name}({arguments}))", timeout=seconds)
        return Outcome(action.name, seen, tuple(self._results[:1]), self._refused)

    def _give(self, result: Json) -> Json:
        self._results.append(result)
        return None


class Shown:
    """The files that arguments name, copied where the action sees them.

    A file below the current folder keeps its relative path, so that no text has to change for it;
    any other gets a place of its own, and its argument that path.

    Args:
        work: The kernel's work folder.
        find: Gives the file that a text names, where the action may see it.
    """

    def __init__(self, work: Path, find: Callable[[str], Path | None]) -> None:
        self._work = work
        self._find = find
        self.given: set[str] = set()

    def arguments(self, given: Arguments) -> Arguments:
        """The arguments as the action is given them."""
        named = {name: self.value(value) for name, value in given.named.items()}
        return Arguments(tuple(map(self.value, given.positional)), named)

    def value(self, value: object) -> object:
        """One argument as the action is given it."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {key: self.value(item) for key, item in value.items()}
        return value

    def _text(self, text: str) -> str:
        if not 0 < len(text) < 4_096 or "\0" in text:
            return text
        try:
            path = self._find(text)
        except (OSError, RuntimeError):  # no such home folder
            return text
        if path is None:
            return text
        shown = Path(text)
        inside = not shown.is_absolute() and ".." not in shown.parts and text[0] != "~"
        name = shown if inside else Path(f"given-{len(self.given) + 1}") / path.name
        target = self._work / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
        except OSError as error:
            raise UsageError(f"{text}: cannot be read: {error.strerror}") from error
        self.given.add(name.as_posix())
        return text if inside else name.as_posix()


def any_file(text: str) -> Path | None:
    """The file that a user names, wherever it lies."""
    path = Path(text).expanduser()
    return path if path.is_file() else None


def _line(text: str) -> str:
    return " ".join(text.split())
