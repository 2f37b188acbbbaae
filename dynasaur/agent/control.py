"""Ctrl-C while a run goes on: once to have a say, twice to end it.

Only where a person can be asked; elsewhere the first Ctrl-C ends the run, as Python does it.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

from dynasaur.agent.protocols import Person


class Control:
    """Turns the first Ctrl-C into a question to the person, the second into the run's end.

    Attributes:
        pressed: Ctrl-C was pressed, and the person has not been asked yet.

    Args:
        person: Who is asked; None for nobody.
        stop: Has the running cell stopped, told why; False where none runs.
    """

    def __init__(self, person: Person | None, stop: Callable[[str], bool]) -> None:
        self._person = person
        self._stop = stop
        self.pressed = False
        self._twice = False

    def __enter__(self) -> Self:
        self._before: object = None
        if self._person and threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._on_signal)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if callable(self._before):
            signal.signal(signal.SIGINT, self._before)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        if self.pressed:
            self._twice = True
            raise KeyboardInterrupt
        self.pressed = True
        if not self._stop("the user pressed Ctrl-C"):
            raise KeyboardInterrupt

    def words(self) -> str:
        """What the person has to say to the model, asked now.

        Raises:
            KeyboardInterrupt: They, or nobody, have nothing to say: the run is to end.
        """
        asks = self.pressed and not self._twice
        said = self._person.says() if self._person and asks else None
        if not said:
            raise KeyboardInterrupt
        self.pressed = False
        return said
