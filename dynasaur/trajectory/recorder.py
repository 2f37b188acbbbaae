"""Save the states of a run beside what else there is to do."""

from __future__ import annotations

import threading
import weakref
from collections import deque
from dataclasses import replace
from queue import SimpleQueue

from dynasaur.record import Trajectory
from dynasaur.trajectory.writing import Texts, write

_LATER = 0.005
"""Seconds that a state waits where nobody asks for it: who put it has something to do first."""


class Recorder:
    """Saves one state of a run after the other, each whole, none left out.

    At most two wait to be saved; what is saved already, but for its time, is not saved again.
    """

    def __init__(self) -> None:
        self._queue: SimpleQueue[_Job | None] | None = None
        self._jobs: deque[_Job] = deque()
        self._last: tuple[Trajectory, str] | None = None

    def put(self, now: Trajectory) -> None:
        """Begin to save a state, and return; `settle` waits for it.

        Raises:
            StoreError: A state before could not be saved.
        """
        self.catch_up()
        self.hasten()
        state = replace(now, seconds=0.0), repr(now.answer)  # for Python, 1 equals True
        if state == self._last:
            return
        self._last, job = state, _Job(now)
        self._jobs.append(job)
        self._worker().put(job)

    def hasten(self) -> None:
        """Have what was put saved now, and return."""
        if self._jobs:
            self._jobs[-1].wanted.set()

    def catch_up(self) -> None:
        """Wait until all is saved but the state that was put last.

        Raises:
            StoreError: It cannot be written; told once.
        """
        while len(self._jobs) > 1:
            self._finish()

    def settle(self) -> None:
        """Wait until what was put is saved.

        Raises:
            StoreError: It cannot be written; told once.
        """
        self.hasten()
        while self._jobs:
            self._finish()

    def _finish(self) -> None:
        """Wait for the first state that is not known to be saved; after an error, for all."""
        self._jobs[0].done.wait()
        if (error := self._jobs.popleft().error) is not None:
            self.hasten()
            for job in self._jobs:
                job.done.wait()
            self._jobs.clear()
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
