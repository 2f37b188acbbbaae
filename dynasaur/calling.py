"""One action called in a fresh kernel; what came of it as values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dynasaur.agent.protocols import HostFunctions, Library
from dynasaur.errors import DynasaurError, FailureError, LimitError, UsageError
from dynasaur.schemas import arguments_of
from dynasaur.types import Action, Ending, Json, Module, Observation

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
    """

    name: str
    seen: Observation
    results: tuple[Json, ...] = ()

    @property
    def failure(self) -> DynasaurError | None:
        """Why there is no result, on one line; None where there is one."""
        if self.seen.ended is Ending.TIMEOUT:
            return LimitError(f"{self.name}: {_line(self.seen.notice)}")
        if self.seen.ok and self.results:
            return None
        error = self.seen.error
        said = f"{error.type}: {error.message}" if error else self.seen.notice
        return FailureError(f"{self.name}: {_line(said) or 'it gave no result'}")


class Call:
    """A kernel for one call. It belongs to one thread, which must live as long as the kernel.

    Args:
        library: Where the action comes from.
        work: The kernel's work folder.
        functions: Host functions that the action may call, besides those of the library.
    """

    def __init__(
        self, library: Library, work: Path, functions: HostFunctions | None = None
    ) -> None:
        self._library = library
        self._results: list[Json] = []
        self._kernel = library.kernel(work, {**(functions or {}), RESULT: self._give})

    def start(self) -> None:
        """Launch the kernel; returns at once."""
        self._kernel.start()

    def run(self, action: Action, given: Arguments, seconds: float) -> Outcome:
        """Call the action.

        Args:
            action: The action.
            given: Its arguments.
            seconds: Time for the call.

        Raises:
            FailureError: There is no kernel, or the action cannot be imported.
        """
        kernel = self._kernel
        kernel.start()
        modules = self._library.retriever.closure([action.module])
        self._supply(modules)
        kernel.load(modules, {action.name: action.module})
        arguments = arguments_of(action, given.positional, given.named)
        awaited = "await " if action.signature.startswith("async ") else ""
        seen = kernel.execute(f"{RESULT}({awaited}{action.name}({arguments}))", timeout=seconds)
        return Outcome(action.name, seen, tuple(self._results[:1]))

    def stop(self, reason: str) -> bool:
        """Have the call stopped; safe from another thread. False where nothing runs."""
        return self._kernel.stop(reason)

    def close(self) -> None:
        """End the kernel, and all that it started."""
        self._kernel.close()

    def _give(self, result: Json) -> Json:
        self._results.append(result)
        return None

    def _supply(self, modules: Sequence[Module]) -> None:
        """Give the kernel the packages that the heads ask for."""
        from dynasaur.packages import wants_of

        if wants := wants_of(modules):
            supply = self._library.packages.ensure(wants)
            if supply.problem:
                raise FailureError(supply.problem)
            if supply.site is not None:
                self._kernel.supply(supply.site)


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
