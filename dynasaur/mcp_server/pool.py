"""Calls of actions, so many at once, each in a kernel of its own that was started beforehand.

No two calls share a kernel, a work folder or a variable: callers may be strangers to each other.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from dynasaur.calling import Arguments, Call, Outcome, Shown
from dynasaur.errors import FailureError, KernelError, LimitError, UsageError
from dynasaur.kernel.made import files_of, read_made
from dynasaur.kernel.private import holding
from dynasaur.types import Action

WAITING = 256
"""Calls that may wait for a kernel; those beyond are refused."""

IDLE_SECONDS = 60.0
"""All workers but one end when they had nothing to do for so long."""

MADE_FILES = 8
MADE_BYTES = 4 * 1024 * 1024
"""What of the files that an action makes is given back: so many, and so much together."""

LARGEST_FILE = 256 * 1024 * 1024
"""Bytes of a file that an argument may name."""

_PAUSE = 0.05

Find = Callable[[str], Path | None]


@dataclass(frozen=True, slots=True)
class Finished:
    """What came of a call.

    Attributes:
        outcome: Its result or failure.
        files: What the action made, by name, as far as it is given back.
        left: The names of what it made besides.
    """

    outcome: Outcome
    files: tuple[tuple[str, bytes], ...] = ()
    left: tuple[str, ...] = ()


@dataclass(eq=False, slots=True)
class Job:
    """One call: waiting, running or over."""

    action: Action
    arguments: Arguments
    done: Future[Finished] = field(default_factory=Future)
    cancelled: bool = False
    call: Call | None = None


class Pool:
    """The workers. Threads of any kind may hand in jobs and cancel them.

    Args:
        kernel: Makes the kernel of one call from its work folder.
        most: How many calls run at once.
        seconds: Time for one call.
        find: Gives the file of this machine that an argument names, where callers may name files.
    """

    def __init__(
        self, kernel: Callable[[Path], Call], most: int, seconds: float, find: Find
    ) -> None:
        self._kernel = kernel
        self._most = most
        self._seconds = seconds
        self._find = find
        self._jobs: deque[Job] = deque()
        self._running: set[Job] = set()
        self._workers: list[threading.Thread] = []
        self._idle = 0
        self._closed = False
        self._change = threading.Condition()

    def start(self) -> None:
        """Have one kernel started, so that the first call need not wait for it."""
        with self._change:
            self._hire()

    def submit(self, job: Job) -> None:
        """Have a call made; its `done` tells what came of it.

        Raises:
            LimitError: Too many wait already, or the pool is closed.
        """
        with self._change:
            if self._closed:
                raise LimitError("the server is closing")
            if len(self._jobs) >= WAITING:
                raise LimitError(f"{WAITING} calls are waiting already: try again later")
            self._jobs.append(job)
            if self._idle < len(self._jobs) and len(self._workers) < self._most:
                self._hire()
            self._change.notify()

    def cancel(self, job: Job) -> None:
        """Take a call back, or have it stopped; returns at once."""
        with self._change:
            job.cancelled = True
            if job in self._jobs:
                self._jobs.remove(job)
                job.done.cancel()
                return
        if not job.done.done():
            threading.Thread(target=_stop, args=(job,), daemon=True).start()

    def close(self, seconds: float = 15.0) -> None:
        """Stop all calls, and end all kernels.

        Args:
            seconds: Time for that.
        """
        with self._change:
            self._closed = True
            jobs = [*self._jobs, *self._running]
            workers = list(self._workers)
            self._change.notify_all()
        for job in jobs:
            self.cancel(job)
        ends = time.monotonic() + seconds
        for worker in workers:
            worker.join(max(0.0, ends - time.monotonic()))

    def _hire(self) -> None:
        worker = threading.Thread(target=self._work, name="dynasaur call", daemon=True)
        self._workers.append(worker)
        worker.start()

    def _work(self) -> None:
        """One worker's life: a kernel, a call, the next kernel, the next call."""
        try:
            while not self._closed:
                with self._place() as (call, work):
                    job = self._next()
                    if job is None:
                        return
                    self._carry_out(job, call, work)
        finally:
            with self._change, suppress(ValueError):
                self._workers.remove(threading.current_thread())

    @contextmanager
    def _place(self) -> Iterator[tuple[Call | None, Path]]:
        """A work folder with a kernel that is starting; None where none can be started."""
        with holding("mcp") as at:
            call = self._call(at / "work")
            try:
                yield call, at / "work"
            finally:
                if call is not None:
                    call.close()

    def _call(self, work: Path) -> Call | None:
        """A kernel that is starting; None where it cannot, which the next call will tell."""
        work.mkdir(exist_ok=True)
        with suppress(KernelError, OSError):
            call = self._kernel(work)
            call.start()
            return call
        return None

    def _next(self) -> Job | None:
        """The next job; None when this worker is not needed any more."""
        with self._change:
            self._idle += 1
            try:
                while not self._jobs:
                    if self._closed:
                        return None
                    in_time = self._change.wait(IDLE_SECONDS)
                    if not in_time and not self._jobs and len(self._workers) > 1:
                        self._workers.remove(threading.current_thread())
                        return None
                job = self._jobs.popleft()
                self._running.add(job)
                return job
            finally:
                self._idle -= 1

    def _carry_out(self, job: Job, call: Call | None, work: Path) -> None:
        try:
            if not job.done.set_running_or_notify_cancel():
                return
            job.done.set_result(self._finished(job, call, work))
        except BaseException as error:  # noqa: BLE001 - who asked is told
            job.done.set_exception(error)
        finally:
            job.call = None
            with self._change:
                self._running.discard(job)

    def _finished(self, job: Job, call: Call | None, work: Path) -> Finished:
        shown = Shown(work, self._find)
        arguments = shown.arguments(job.arguments)
        job.call = call = call or self._kernel(work)
        if job.cancelled:
            raise FailureError(f"{job.action.name}: it was cancelled")
        outcome = call.run(job.action, arguments, self._seconds)
        made = [name for name in files_of(work) if name not in shown.given]
        return Finished(outcome, *_given_back(work, made))


def _given_back(
    work: Path, made: list[str]
) -> tuple[tuple[tuple[str, bytes], ...], tuple[str, ...]]:
    """The made files that are given back, and the names of the others."""
    given: list[tuple[str, bytes]] = []
    room = MADE_BYTES
    for name in made:
        if len(given) == MADE_FILES:
            break
        with suppress(KernelError):
            content = read_made(work, name, room)
            room -= len(content)
            given.append((name, content))
    kept = {name for name, _ in given}
    return tuple(given), tuple(name for name in made if name not in kept)


def _stop(job: Job) -> None:
    """Have a running call stopped; between two cells nothing runs that could be, so again."""
    while not job.done.done():
        call = job.call
        if call is not None:
            call.stop("it was cancelled")
        time.sleep(_PAUSE)


def files_below(roots: list[Path]) -> Find:
    """Finds the files that callers may name: those below these folders, whatever links say.

    Args:
        roots: The folders; a relative name is looked for in each, in order.
    """
    real = [Path(os.path.realpath(root)) for root in roots]

    def find(text: str) -> Path | None:
        for root in real:
            path = Path(os.path.realpath(root / text))
            if path.is_relative_to(root) and path.is_file():
                if path.stat().st_size > LARGEST_FILE:
                    raise UsageError(f"{text} has more than {LARGEST_FILE:,} bytes")
                return path
        return None

    return find
