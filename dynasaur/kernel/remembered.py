"""Which tiers of the sandbox were seen to work here: remembered for a day, as long as all stays.

Only what works is remembered. Where it does so no more, a kernel's start fails and nothing weaker
is taken: the memory is dropped then, and the next start tries again what there is.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import time
from pathlib import Path

_SECONDS = 24 * 3600.0
_SPACES = ("user", "mnt", "net", "pid")


def seen_to_work(memory: Path, tier: str, parts: list[Path]) -> bool:
    """A try of this tier went well, on this machine as it is now, not long ago.

    Args:
        memory: The folder of what is remembered.
        tier: The tier.
        parts: The files that it takes: programs, interpreter, launcher.
    """
    with contextlib.suppress(OSError):
        found = _file(memory, tier, parts).lstat()
        return found.st_uid == os.geteuid() and 0 <= time.time() - found.st_mtime < _SECONDS
    return False


def remember(memory: Path, tier: str, parts: list[Path]) -> None:
    """A try of this tier went well; best effort."""
    with contextlib.suppress(OSError):
        file = _file(memory, tier, parts)
        file.parent.mkdir(parents=True, exist_ok=True)
        for old in file.parent.iterdir():
            if time.time() - old.lstat().st_mtime > _SECONDS:
                old.unlink()
        file.touch()


def forget(memory: Path) -> None:
    """Something did not work after all: try everything again."""
    with contextlib.suppress(OSError):
        for old in memory.iterdir():
            old.unlink()


def _file(memory: Path, tier: str, parts: list[Path]) -> Path:
    """Named by all that a try depends on: the boot, the namespaces, the user, the programs."""
    told = [tier, str(os.geteuid()), sys.version, *_machine()]
    for part in parts:
        found = part.stat()
        told += [str(part), str(found.st_ino), str(found.st_size), str(found.st_mtime_ns)]
    return memory / hashlib.sha256("\0".join(told).encode()).hexdigest()[:32]


def _machine() -> list[str]:
    found = [os.uname().release]
    with contextlib.suppress(OSError):
        found.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii"))
        found += [str(Path(f"/proc/self/ns/{one}").readlink()) for one in _SPACES]
    return found
