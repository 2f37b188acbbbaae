"""Save the states of a run beside what else there is to do."""

from __future__ import annotations

import threading
import weakref
from dataclasses import replace
from queue import SimpleQueue

from dynasaur.record import Trajectory
from dynasaur.trajectory.writing import Texts, write

_LATER = 0.005
"""Seconds that a state waits where nobody asks for it: who put it has something to do first."""


class Recorder:
    """Saves one state of a run after the other, each whole, none left out.

    At most one is being saved; what is saved already, but for its time, is not saved again.
    """

    def __init__(self) -> None:
        self._queue: SimpleQueue[_Job | None] | None = None
        self._job: _Job | None = None
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
        self._last, self._job = state, _Job(now)
        self._worker().put(self._job)

    def hasten(self) -> None:
        """Have what was put saved now, and return."""
        if self._job is not None:
            self._job.wanted.set()

    def settle(self) -> None:
        """Wait until what was put is saved.

        Raises:
            StoreError: It cannot be written; told once.
        """
        if self._job is None:
            return
        self.hasten()
        self._job.done.wait()
        error, self._job = self._job.error, None
        if error is not None:
            self._last = None
            raise error

    def _worker(self) -> SimpleQueue[_Job | None]:
        """The queue of a thread of our own, which ends with us: to start one takes a while."""
        if self._queue is None:
            self._queue = SimpleQueue()
            threading.Thread(target=_work, args=(self._queue,), daemon=True).start()
            weakref.finalize(self, self._queue.put, None).atexit = False
        return self._queue


class _Job:
    """One state that is being saved."""

    def __init__(self, now: Trajectory) -> None:
        self.now = now
        self.wanted = threading.Event()
        self.done = threading.Event()
        self.error: Exception | None = None


def _work(queue: SimpleQueue[_Job | None]) -> None:
    known: Texts = {}
    while (job := queue.get()) is not None:
        job.wanted.wait(_LATER)
        try:
            write(job.now, known)
        except Exception as error:  # noqa: BLE001 - raised where it is waited for
            job.error = error
        job.done.set()
        del job  # a reference would keep a whole run in memory
