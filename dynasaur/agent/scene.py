"""The run that a kernel serves, as its host functions see it."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from pathlib import Path
from typing import Protocol, TypeVar

from dynasaur.errors import KernelError
from dynasaur.kernel.made import MOST, read_made
from dynasaur.types import Json, Usage

T = TypeVar("T")

Permit = Callable[[str, Json, str], None]
"""Sees that something may be called, with what, and why that is asked; see `Scene.approve`."""

_LOOK = 0.1
"""Seconds between two looks at whether the user stopped what is waited for."""


class Spender(Protocol):
    """What pays for a call."""

    def spend_outside(self, usage: Usage) -> None:
        """Count what a model's work cost."""

    def afford(self) -> None:
        """Raise LimitError where no more may be spent."""

    def seconds_left(self) -> float:
        """How long a call may take now."""


class WorkScene:
    """One kernel's scene.

    Args:
        work: The work folder.
        spender: Gives what pays for a call now.
        permit: Asks whether something may be called.
        stopping: Gives why the running cell is to be stopped; empty while it is not.
    """

    def __init__(
        self,
        work: Path,
        spender: Callable[[], Spender],
        permit: Permit,
        stopping: Callable[[], str] = str,
    ) -> None:
        self.work = work
        self._spender = spender
        self._permit = permit
        self._stopping = stopping

    def read(self, name: str, most: int = MOST) -> bytes:
        """A file of the work folder, never through a link."""
        try:
            return read_made(self.work, name, most)
        except KernelError as error:
            raise ValueError(str(error)) from None

    def spend(self, usage: Usage) -> None:
        """Count what a model's work cost."""
        self._spender().spend_outside(usage)

    def afford(self) -> None:
        """See that more may be spent."""
        self._spender().afford()

    def seconds_left(self) -> float:
        """How long a call may take now."""
        return self._spender().seconds_left()

    def approve(self, name: str, arguments: Json, why: str) -> None:
        """See that a call may be made."""
        self._permit(name, arguments, why)

    def wait(
        self, future: Future[T], seconds: float, heard: Callable[[], float] | None = None
    ) -> T:
        """The result of what another thread does."""
        began = time.monotonic()
        last = began + self.seconds_left()
        try:
            while not self._stopping():
                ends = min(last, max(began, heard() if heard else began) + seconds)
                left = ends - time.monotonic()
                try:
                    return future.result(max(0.0, min(_LOOK, left)))
                except NotYet:
                    if future.done():
                        raise
                    if left <= 0:
                        raise TimeoutError(
                            f"it took longer than {ends - began:.0f} seconds"
                        ) from None
            raise InterruptedError(self._stopping())
        finally:
            future.cancel()
