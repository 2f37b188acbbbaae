"""Work for crews: functions that a worker process can import."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from dynasaur.errors import UsageError


def double(number: int) -> int:
    return 2 * number


def fail(number: int) -> int:
    if number == 1:
        raise UsageError("one is\nnot allowed")
    if number == 2:
        raise ZeroDivisionError
    return number


def die_once(path: str) -> str:
    """Killed the first time, done the second."""
    if not (mark := Path(path)).exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return path


def die(number: int) -> int:
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def last_words(path: str) -> None:
    """Run until interrupted, and write so."""
    Path(path).write_text(f"{os.getpid()} works", encoding="utf-8")
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        Path(path).write_text(f"{os.getpid()} was interrupted", encoding="utf-8")
        raise
