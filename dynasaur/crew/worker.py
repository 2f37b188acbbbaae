"""The inside of a worker process."""

from __future__ import annotations

import os
import queue
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from dynasaur.crew.done import in_one_line

_OVER = object()
"""Stands in the queue after the last job."""


def serve(pipe: Connection, work: Callable[[Any], Any]) -> None:
    """Do what comes through the pipe until it is closed."""
    with suppress(OSError):
        os.setsid()
    jobs: queue.SimpleQueue[Any] = queue.SimpleQueue()
    working = threading.Event()
    threading.Thread(target=_listen, args=(pipe, jobs, working), daemon=True).start()
    try:
        while (job := jobs.get()) is not _OVER:
            answer = _answer(work, job)
            working.clear()
            pipe.send(answer)
    except (KeyboardInterrupt, BrokenPipeError, OSError):
        return


def _answer(work: Callable[[Any], Any], job: Any) -> tuple[Any, str]:
    try:
        return work(job), ""
    except Exception as error:  # noqa: BLE001 - one job's fault must not end the others
        return None, in_one_line(error)


def _listen(pipe: Connection, jobs: queue.SimpleQueue[Any], working: threading.Event) -> None:
    """Hand jobs over; when the caller is gone, stop what is being done for it."""
    try:
        while True:
            job = pipe.recv()
            working.set()
            jobs.put(job)
    except (EOFError, OSError):
        jobs.put(_OVER)
        if working.is_set():
            os.kill(os.getpid(), signal.SIGINT)
