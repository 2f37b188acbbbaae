"""What a run's code can ask of the host beyond the library: the web, models, people's tools."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from dynasaur.types import Given, Json, Usage

T = TypeVar("T")

HostedFunctions = Mapping[str, Callable[..., "Json | Given"]]
"""Functions that code reaches through `dynasaur.host`, by name."""


class Scene(Protocol):
    """The run that a kernel serves, as who gives it host functions sees it."""

    @property
    def work(self) -> Path:
        """The work folder, which the code can write: read it by `read` alone."""

    def read(self, name: str, most: int = ...) -> bytes:
        """A file of the work folder, of so many bytes at most.

        Raises:
            ValueError: It is not there, no ordinary file, or too large.
        """

    def spend(self, usage: Usage) -> None:
        """Count what a model's work cost, in the run's record and its budget."""

    def afford(self) -> None:
        """See that more may be spent.

        Raises:
            LimitError: The run's tokens, money or time are used up.
        """

    def seconds_left(self) -> float:
        """How long a call may take now."""

    def approve(self, name: str, arguments: Json, why: str) -> None:
        """See that a call may be made, where the user wants to be asked.

        Args:
            name: What is called, in the user's words.
            arguments: With what.
            why: Why that is asked.

        Raises:
            PermissionError: The person says no.
            BlockedError: Nobody is there to be asked; the run ends with it.
        """

    def wait(
        self, future: Future[T], seconds: float, heard: Callable[[], float] | None = None
    ) -> T:
        """The result of what another thread does; it is cancelled when that takes too long.

        Args:
            future: What is waited for.
            seconds: How long.
            heard: Gives when there was a sign of life, by `time.monotonic`; the time counts from
                there. None: it counts from now.

        Raises:
            TimeoutError: It took longer than that, or than a call may.
            InterruptedError: The user stopped the cell.
        """


def _nothing() -> None:
    """Nothing is to be closed."""


@dataclass(frozen=True, slots=True)
class Provided:
    """Host functions of one kernel.

    Attributes:
        functions: By name; the docstring is what code sees of them.
        close: Ends what they opened; called once, when the kernel is closed.
    """

    functions: HostedFunctions
    close: Callable[[], None] = _nothing


Outside = Callable[[Scene], Provided]
"""Gives a kernel its host functions. Cheap: nothing is loaded or connected before one is called."""
