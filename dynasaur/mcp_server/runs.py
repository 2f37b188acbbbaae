"""Tasks solved for a client: each a process of `dynasaur run`, as a user would start it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from dynasaur.errors import LimitError

GRACE_SECONDS = 20.0
"""Time that an interrupted run has to record what it did."""

WAITING = 16
"""Runs that may wait for their turn."""

_STEP = re.compile(rb"^Step (\d+)\s*$")
_LONGEST = 1_000_000

Steps = Callable[[int, str], Awaitable[None]]
"""Told the number of a step that began, and what it is about."""


class Runs:
    """Runs one after another, as many at once as are allowed.

    Args:
        root: The library's root.
        words: Options of `dynasaur run` that hold for all.
        most: How many at once.
    """

    def __init__(self, root: Path, words: Sequence[str], most: int = 2) -> None:
        self._root = root
        self._words = tuple(words)
        self._turn = asyncio.Semaphore(most)
        self._waiting = 0

    async def run(
        self, task: str, steps: Steps, max_steps: int | None = None, files: Sequence[Path] = ()
    ) -> dict[str, Any]:
        """Solve a task.

        Args:
            task: The task.
            steps: Told of each step.
            max_steps: Steps that it may take at most, where other than the server's.
            files: The files that come with it.

        Returns:
            The document of `dynasaur run --json`; with `error` alone where there is none.

        Raises:
            LimitError: Too many are waiting.
        """
        if self._waiting >= WAITING:
            raise LimitError(f"{WAITING} tasks are waiting already: try again later")
        self._waiting += 1
        try:
            await self._turn.acquire()
        finally:
            self._waiting -= 1
        try:
            return await self._run(task, steps, max_steps, files)
        finally:
            self._turn.release()

    async def _run(
        self, task: str, steps: Steps, max_steps: int | None, files: Sequence[Path]
    ) -> dict[str, Any]:
        words = [*self._words, "--library", str(self._root), "--json", "--plain"]
        words += ["--max-steps", str(max_steps)] if max_steps is not None else []
        words += [word for file in files for word in ("--file", str(file))]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "dynasaur.mcp_server.child", str(os.getpid())),
            *("run", *words, "--", task),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            start_new_session=True,
            limit=_LONGEST,
        )
        try:
            assert process.stdout is not None
            said, last = await asyncio.gather(process.stdout.read(), _listen(process, steps))
            await process.wait()
        finally:
            if process.returncode is None:
                await asyncio.shield(_end(process))
        return _document(said, last)


async def _listen(process: Process, steps: Steps) -> str:
    """Read what it shows of itself; the last line is given."""
    assert process.stderr is not None
    last, number = "", 0
    while True:
        try:
            line = await process.stderr.readline()
        except ValueError:  # a line without end
            continue
        if not line:
            return last
        text = line.decode("utf-8", "replace").strip()
        last = text or last
        if found := _STEP.match(line):
            number = int(found[1])
            await steps(number, "")
        elif number and text:
            await steps(number, text[:200])
            number = 0


async def _end(process: Process) -> None:
    """Interrupt it, and kill it where that does not help."""
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGINT)
    try:
        await asyncio.wait_for(process.communicate(), GRACE_SECONDS)
    except (TimeoutError, ValueError):
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _document(said: bytes, last: str) -> dict[str, Any]:
    try:
        document = json.loads(said)
    except ValueError:
        return {"error": last.removeprefix("dynasaur: ").removeprefix("error: ") or "it failed"}
    return document if isinstance(document, dict) else {"error": "it gave no document"}
