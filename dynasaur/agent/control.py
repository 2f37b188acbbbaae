"""Ctrl-C while a run goes on: once to have a say, twice to end it.

Only where a person can be asked; elsewhere the first Ctrl-C ends the run, as Python does it.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Self

from dynasaur.agent.protocols import Kernel, Person


class Control:
    """Turns the first Ctrl-C into a question to the person, the second into the run's end.

    Attributes:
        pressed: Ctrl-C was pressed, and the person has not been asked yet.

    Args:
        person: Who is asked; None for nobody.
        kernel: The kernel, whose running cell is stopped.
    """

    def __init__(self, person: Person | None, kernel: Kernel) -> None:
        self._person = person
        self._kernel = kernel
        self.pressed = False

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
            raise KeyboardInterrupt
        self.pressed = True
        if not self._kernel.stop("the user pressed Ctrl-C"):
            raise KeyboardInterrupt

    def words(self) -> str:
        """What the person has to say to the model, asked now.

        Raises:
            KeyboardInterrupt: They, or nobody, have nothing to say: the run is to end.
        """
        said = self._person.says() if self._person and self.pressed else None
        if not said:
            raise KeyboardInterrupt
        self.pressed = False
        return said
