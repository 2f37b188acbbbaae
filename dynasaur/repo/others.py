"""Other gits that are at work in the same repository, as Linux tells."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

PATIENCE = 0.1
"""Seconds, at most, that one is waited for which is asleep: its pager or editor is open, say."""

BUSY_PATIENCE = 2.0
"""Seconds, at most, for one that works or waits for its turn: on a machine with much to do it can
take long between reading and locking the index."""

_PROCESSES = Path("/proc")
_PAUSE = 0.002


def outlast(top: Path) -> None:
    """Wait until the gits that are at work now have ended, or take too long.

    Where nobody tells which there are (no Linux, another machine or container), nothing is waited
    for.

    Args:
        top: The checkout.
    """
    others, begun = list(gits_in(top)), time.monotonic()
    while others and (waited := time.monotonic() - begun) < BUSY_PATIENCE:
        time.sleep(_PAUSE)
        others = [
            pid for pid in others if _is_git_in(pid, top) and (waited < PATIENCE or _is_busy(pid))
        ]


def gits_in(top: Path) -> Iterator[str]:
    """The processes that run a git in a checkout, but for those that this process has started."""
    try:
        names = os.listdir(_PROCESSES)  # noqa: PTH208 (names are enough)
    except OSError:
        return
    for name in names:
        if name.isdigit() and _is_git_in(name, top) and not _is_ours(name):
            yield name


def _is_git_in(pid: str, top: Path) -> bool:
    with contextlib.suppress(OSError):  # it has ended, or is somebody else's
        if (_PROCESSES / pid / "exe").readlink().name.startswith("git"):
            return (_PROCESSES / pid / "cwd").readlink().is_relative_to(top)
    return False


def _is_ours(pid: str) -> bool:
    told = _told(_PROCESSES / pid)
    return len(told) > 1 and told[1] == str(os.getpid())


def _is_busy(pid: str) -> bool:
    """A thread of it runs, would run (R), or waits for the disk (D)."""
    threads = (_PROCESSES / pid / "task").glob("*")
    return any(told[:1] in (["R"], ["D"]) for told in map(_told, threads))


def _told(process: Path) -> list[str]:
    """What Linux tells of a process or thread from its state on; empty when it has ended."""
    with contextlib.suppress(OSError):
        return (process / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    return []
