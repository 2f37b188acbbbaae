"""Other gits that are at work in the same repository, as Linux tells."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

PATIENCE = 0.1
"""Seconds, at most, that one is waited for: between reading and locking the index it takes few."""

_PROCESSES = Path("/proc")
_PAUSE = 0.002


def outlast(top: Path) -> None:
    """Wait until the gits that are at work now have ended, or take too long.

    Where nobody tells which there are (no Linux, another machine or container), nothing is waited
    for.

    Args:
        top: The checkout.
    """
    others = list(gits_in(top))
    until = time.monotonic() + PATIENCE
    while others and time.monotonic() < until:
        time.sleep(_PAUSE)
        others = [pid for pid in others if _is_git_in(pid, top)]


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
    with contextlib.suppress(OSError, ValueError, IndexError):
        fields = (_PROCESSES / pid / "stat").read_text("utf-8", "replace").rpartition(")")[2]
        return int(fields.split()[1]) == os.getpid()
    return False
