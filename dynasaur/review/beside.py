"""A process of its own that looks for clones: it reads the library while this one still loads.

It is forked when a range is known and next to nothing has been imported, and shares what it has
not yet read of a large library with one more; on a machine with two processors the look costs a
review little time. Nothing depends on either: where it cannot be had, or fails, the same is done
by the one that asked for it.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, BinaryIO, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Beside:
    """The other process, from this one's side.

    Args:
        work: What it does: it reads questions from one file, and writes answers to another.
    """

    def __init__(self, work: Callable[[BinaryIO, BinaryIO], None]) -> None:
        (questions, ask), (answers, answer) = os.pipe(), os.pipe()
        self._pid = os.fork()
        if not self._pid:
            os.close(ask)
            os.close(answers)
            _be_the_other(work, questions, answer)
        os.close(questions)
        os.close(answer)
        self._ask, self._answers = os.fdopen(ask, "wb"), os.fdopen(answers, "rb")
        self._answered = False

    def ask(self, changed: Mapping[str, str]) -> None:
        """Asks what some changed files are to be compared with: waits till that is read."""
        with suppress(OSError):
            pickle.dump(dict(changed), self._ask)
            self._ask.close()

    def answer(self) -> Any | None:
        """What it found; None where it failed."""
        try:
            found = pickle.load(self._answers)  # noqa: S301 - this program's own words
        except (OSError, EOFError, pickle.UnpicklingError):
            return None
        self._answered = True
        return found

    def end(self) -> None:
        """Ends it: once it has kept what it read, where it came to that."""
        for pipe in (self._ask, self._answers):
            with suppress(OSError):
                pipe.close()
        with suppress(OSError):
            if not self._answered:
                os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)


def beside(work: Callable[[BinaryIO, BinaryIO], None]) -> Beside | None:
    """Starts the process; None where it would not be worth it, or not be safe.

    Args:
        work: What it does: it reads questions from one file, and writes answers to another.
    """
    if not hasattr(os, "fork") or threading.active_count() > 1 or _processors() < 2:
        return None
    try:
        return Beside(work)
    except OSError:  # no process to be had, or no file
        return None


def by_two(work: Callable[[T], R], mine: T, its: T) -> tuple[R, R]:
    """What comes of two pieces of the same work, the second of which another process does.

    Args:
        work: Does one piece; what comes of it can be pickled.
        mine: The piece that is done in this process.
        its: The one that is done in the other, or here after all.
    """

    def answer(_: BinaryIO, answers: BinaryIO) -> None:  # pragma: no cover - it runs there
        pickle.dump(work(its), answers)
        answers.close()

    other = beside(answer)
    try:
        first = work(mine)
        second: R | None = other.answer() if other else None
        return first, work(its) if second is None else second
    finally:
        if other:
            other.end()


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _be_the_other(
    work: Callable[[BinaryIO, BinaryIO], None], questions: int, answer: int
) -> None:  # pragma: no cover - of a forked process nothing is measured
    """What follows the fork there: it says nothing to anybody but through its pipe, and leaves."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        work(os.fdopen(questions, "rb"), os.fdopen(answer, "wb"))
        code = 0
    finally:
        os._exit(code)
