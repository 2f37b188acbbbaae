"""A regular expression that the whole answer must match."""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from dynasaur.evals.problem import Problem, Score
from dynasaur.evals.scorers.answers import as_text
from dynasaur.types import Json

SECONDS = 5.0
"""For one match: a pattern can take for ever on an answer; kept in the main thread only."""


def pattern(answer: Json, problem: Problem) -> Score:
    """The truth is a pattern of Python's `re`; white space at the answer's ends is no matter.

    Raises:
        ValueError: The truth is no regular expression.
    """
    try:
        compiled = re.compile(problem.truth)
    except re.error as error:
        raise ValueError(
            f"the answer {problem.truth!r} is no regular expression: {error}"
        ) from None
    try:
        with _in_time():
            return Score(compiled.fullmatch(as_text(answer).strip()) is not None)
    except _TooLongError:
        return Score(False, f"the pattern did not come to an end within {SECONDS:g} s")


class _TooLongError(Exception):
    pass


@contextmanager
def _in_time() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise _TooLongError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
