"""What a kernel uses: memory of all its processes together, size of its work folder."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from dynasaur.kernel.limits import MIB, Limits

_PAGE = os.sysconf("SC_PAGE_SIZE")


def excess_of(pid: int, work: Path, limits: Limits) -> tuple[str, float]:
    """What is too much, in words (empty: nothing), and the seconds it took to look."""
    started = time.monotonic()
    return _excess(pid, work, limits), time.monotonic() - started


def _excess(pid: int, work: Path, limits: Limits) -> str:
    if memory_of(pid) > limits.memory:
        return f"it used more than {limits.memory // MIB:,} MiB of memory"
    size, files = size_of(work, limits)
    if size > limits.disk:
        return f"it wrote more than {limits.disk // MIB:,} MiB to its work folder"
    if files > limits.files:
        return f"it made more than {limits.files:,} files in its work folder"
    return ""


def memory_of(pid: int) -> int:
    """Bytes of memory of a process and its descendants; 0 where the system does not tell.

    Resident sizes count shared pages once for each process, so only where their sum is no
    longer small the exact and slower figure is asked for.
    """
    processes = list(descendants(pid))
    resident = sum(_resident(each) for each in processes)
    return sum(_proportional(each) for each in processes) if resident > 256 * MIB else resident


def descendants(pid: int) -> Iterator[int]:
    """The process and all that descend from it."""
    waiting = [pid]
    while waiting:
        current = waiting.pop()
        yield current
        with contextlib.suppress(OSError, ValueError):
            for task in Path(f"/proc/{current}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())


def _resident(pid: int) -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    return 0


def _proportional(pid: int) -> int:
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return _resident(pid)


def size_of(folder: Path, limits: Limits) -> tuple[int, int]:
    """Bytes and number of files under a folder; links are not followed, counting is bounded."""
    size = files = 0
    waiting = [str(folder)]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                files += 1
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                    continue
                with contextlib.suppress(OSError):
                    size += entry.stat(follow_symlinks=False).st_blocks * 512
                if files > limits.files or size > limits.disk:
                    return size, files
    return size, files


def threads_of(uid: int) -> int:
    """The number of threads that a user runs."""
    found = 0
    for process in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if process.name.isdigit() and process.stat().st_uid == uid:
                found += len(list((process / "task").iterdir()))
    return found
