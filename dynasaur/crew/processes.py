"""Worker processes on this machine."""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Generic

from dynasaur.crew.done import ATTEMPTS, Done, J, R
from dynasaur.crew.worker import serve

GRACE = 10.0
"""Seconds that a worker has to end what it does once it is interrupted."""


class Processes(Generic[J, R]):
    """A fixed number of processes, each doing one job at a time.

    Started as spawned processes in sessions of their own: a Ctrl-C at the terminal reaches the
    caller alone, which decides. Where the caller is killed, they interrupt themselves.

    Args:
        work: What is done with a job; a function that can be imported, of a job that can be
            pickled, as must be what it gives.
        jobs: How many processes.
    """

    def __init__(self, work: Callable[[J], R], jobs: int) -> None:
        self._work = work
        self._jobs = max(1, jobs)
        self._idle: list[_Worker] = []
        self._busy: dict[Connection, tuple[_Worker, J, int]] = {}

    def __enter__(self) -> Processes[J, R]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, jobs: Iterable[J]) -> Iterator[Done[J, R]]:
        """Do jobs; those that are over are given as they come, not in order.

        A job is taken from the iterable when a worker is free for it.
        """
        waiting: Iterator[J] = iter(jobs)
        again: deque[tuple[J, int]] = deque()
        while True:
            while len(self._busy) < self._jobs and (turn := _next(waiting, again)) is not None:
                self._give(*turn)
            if not self._busy:
                return
            for ready in wait(list(self._busy)):
                assert isinstance(ready, Connection)
                worker, job, deaths = self._busy.pop(ready)
                answer = worker.answer()
                if answer is not None:
                    self._idle.append(worker)
                    yield Done(job, *answer)
                elif deaths + 1 < ATTEMPTS:
                    again.append((job, deaths + 1))
                else:
                    yield Done(job, None, f"{deaths + 1} workers died of it; {worker.fate()}")

    def close(self) -> None:
        """End all workers: they are interrupted, and killed where that does not help."""
        workers = [*self._idle, *(worker for worker, _, _ in self._busy.values())]
        self._idle.clear()
        self._busy.clear()
        for worker in workers:
            worker.interrupt()
        for worker in workers:
            worker.end()

    def _give(self, job: J, deaths: int) -> None:
        worker = self._idle.pop() if self._idle else _Worker(self._work)
        try:
            worker.pipe.send(job)
        except (BrokenPipeError, ConnectionResetError):
            worker.end()
            worker = _Worker(self._work)
            worker.pipe.send(job)
        self._busy[worker.pipe] = (worker, job, deaths)


class _Worker:
    """One process and the pipe to it."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self._process: SpawnProcess = context.Process(
            target=serve, args=(theirs, work), daemon=True
        )
        self._process.start()
        theirs.close()

    def answer(self) -> tuple[Any, str] | None:
        """The result and the error that came back; None where the worker died instead."""
        try:
            answer: tuple[Any, str] = self.pipe.recv()
        except (EOFError, OSError):
            self.end()
            return None
        return answer

    def interrupt(self) -> None:
        """What it does is interrupted as by Ctrl-C, once: it notices that nobody listens."""
        self.pipe.close()

    def end(self) -> None:
        """Wait for its end, by force where it takes too long."""
        self.pipe.close()
        self._process.join(GRACE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def fate(self) -> str:
        """How it ended, for people."""
        code = self._process.exitcode
        if code is not None and code < 0:
            return f"the last by {signal.Signals(-code).name}"
        return f"the last with exit code {code}"


def _next(waiting: Iterator[J], again: deque[tuple[J, int]]) -> tuple[J, int] | None:
    if again:
        return again.popleft()
    for job in waiting:
        return job, 0
    return None
