"""A scene without a run: a work folder, and what its host functions asked of it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from dynasaur.types import Json, Usage

T = TypeVar("T")


class QuietScene:
    """The scene.

    Args:
        work: Its work folder.
        refuses: The person says no to everything.

    Attributes:
        spent: What was counted.
        approvals: What a person was asked, and why.
    """

    def __init__(self, work: Path, *, refuses: bool = False) -> None:
        self._work = work
        self._refuses = refuses
        self.spent: list[Usage] = []
        self.approvals: list[tuple[str, str]] = []

    @property
    def work(self) -> Path:
        return self._work

    def read(self, name: str, most: int = 64 * 1024 * 1024) -> bytes:
        data = (self._work / name).read_bytes()
        if len(data) > most:
            raise ValueError(f"{name} is too large")
        return data

    def spend(self, usage: Usage) -> None:
        self.spent.append(usage)

    def afford(self) -> None:
        pass

    def seconds_left(self) -> float:
        return 30.0

    def approve(self, name: str, arguments: Json, why: str) -> None:
        self.approvals.append((name, why))
        if self._refuses:
            raise PermissionError("the user does not want it")

    def wait(
        self, future: Future[T], seconds: float, heard: Callable[[], float] | None = None
    ) -> T:
        return future.result(seconds)
