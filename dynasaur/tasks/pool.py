"""Several processes that carry out tasks, each one task after the other."""

from __future__ import annotations

import contextlib
import json
import queue
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence

from dynasaur.tasks.items import Item
from dynasaur.types import Json

Result = dict[str, Json]

ATTEMPTS = 2
"""Processes that a task may cost before it is given up: it may be what kills them."""

_PATIENCE = 10.0
"""Seconds that a process has to end after it was asked to."""


class Pool:
    """Processes that take a task as one line of JSON on stdin and give its result as one on stdout.

    A process that dies is replaced, and its task tried again. When this process dies, theirs see
    the end of their stdin and end, too.

    Args:
        command: What starts such a process.
        jobs: How many there are at once.
    """

    def __init__(self, command: Sequence[str], jobs: int) -> None:
        self._command = tuple(command)
        self._jobs = jobs
        self._waiting: queue.SimpleQueue[Item] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[Item, Result]] = queue.SimpleQueue()
        self._processes: set[subprocess.Popen[str]] = set()
        self._closing = False

    def run(self, items: Sequence[Item]) -> Iterator[tuple[Item, Result]]:
        """Carry out tasks; gives each with its result, in the order in which they end."""
        for item in items:
            self._waiting.put(item)
        threads = [
            threading.Thread(target=self._work, daemon=True)
            for _ in range(min(self._jobs, len(items)))
        ]
        for thread in threads:
            thread.start()
        try:
            for _ in items:
                yield self._next()
        finally:
            self._close()
            for thread in threads:
                thread.join(_PATIENCE)

    def _next(self) -> tuple[Item, Result]:
        while True:
            with contextlib.suppress(queue.Empty):
                # In pieces, so that an interrupt is seen at once.
                return self._done.get(timeout=0.2)

    def _work(self) -> None:
        process: subprocess.Popen[str] | None = None
        while not self._closing:
            try:
                item = self._waiting.get_nowait()
            except queue.Empty:
                break
            result: Result | None = None
            for _ in range(ATTEMPTS):
                if process is None or process.poll() is not None:
                    process = self._start()
                result = _carried_out(process, item)
                if result is not None or self._closing:
                    break
            if not self._closing:
                self._done.put((item, result or _died(process)))
        if process is not None:
            _end(process)

    def _start(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            errors="backslashreplace",
        )
        self._processes.add(process)
        return process

    def _close(self) -> None:
        """End what is still at work: its run is recorded as interrupted."""
        self._closing = True
        for process in list(self._processes):
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
        for process in list(self._processes):
            _end(process)


def _carried_out(process: subprocess.Popen[str], item: Item) -> Result | None:
    """The task's result; None where the process died over it."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(item.to_json()) + "\n")
        process.stdin.flush()
        result = json.loads(process.stdout.readline())
    except (OSError, ValueError):
        process.kill()
        return None
    return result if isinstance(result, dict) else None


def _died(process: subprocess.Popen[str] | None) -> Result:
    code = process.wait() if process else None
    reason = f"the process that carried it out died (exit code {code}), {ATTEMPTS} times"
    return {"run": None, "status": "failed", "answer": None, "reason": reason}


def _end(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(OSError):
        if process.stdin is not None:
            process.stdin.close()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
