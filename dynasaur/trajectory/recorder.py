"""Save the states of a run beside what else there is to do."""

from __future__ import annotations

import threading
from dataclasses import replace

from dynasaur.record import Trajectory
from dynasaur.trajectory.writing import write


class Recorder:
    """Saves one state of a run after the other, each whole, none left out.

    At most one is being saved; what is saved already, but for its time, is not saved again.
    """

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._error: Exception | None = None
        self._last: tuple[Trajectory, str] | None = None

    def put(self, now: Trajectory) -> None:
        """Begin to save a state, and return; `settle` waits for it.

        Raises:
            StoreError: The state before could not be saved.
        """
        self.settle()
        state = replace(now, seconds=0.0), repr(now.answer)  # for Python, 1 equals True
        if state == self._last:
            return

        def work() -> None:
            try:
                write(now)
                self._last = state
            except Exception as error:  # noqa: BLE001 - raised where it is waited for
                self._error = error

        # No daemon: a program that ends waits for what is being saved.
        self._thread = threading.Thread(target=work, name="record")
        self._thread.start()

    def settle(self) -> None:
        """Wait until what was put is saved.

        Raises:
            StoreError: It cannot be written; told once.
        """
        thread = self._thread
        if thread is not None:
            thread.join()
            self._thread = None
        error, self._error = self._error, None
        if error is not None:
            raise error
