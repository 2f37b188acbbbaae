# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""What the code runs on."""

import os
import platform
import shutil
import sys
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any


def system_information() -> dict[str, Any]:
    """System information: Python, operating system, processors, memory, disk, time, packages.

    What is told is what the code itself sees: inside a sandbox, the sandbox.

    Returns:
        'python' (version), 'system', 'machine', 'processors', 'memory_bytes' and
        'memory_free_bytes' (None where the system does not tell), 'folder' (the current one),
        'disk_free_bytes' (there), 'time' (now, ISO with zone), 'programs' (which of some common
        ones are installed) and 'packages' (installed Python packages, from name to version).

    Examples:
        >>> sorted(system_information())[:3]
        ['disk_free_bytes', 'folder', 'machine']
        >>> system_information()["python"] == platform.python_version()
        True
    """
    memory = _memory()
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "machine": platform.machine(),
        "processors": len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count(),
        "memory_bytes": memory.get("MemTotal"),
        "memory_free_bytes": memory.get("MemAvailable"),
        "folder": str(Path.cwd()),
        "disk_free_bytes": shutil.disk_usage(".").free,
        "time": datetime.now().astimezone().isoformat(timespec="seconds"),
        "programs": [name for name in _PROGRAMS if shutil.which(name)],
        "packages": dict(sorted(_packages().items())),
    }


_PROGRAMS = ("git", "ffmpeg", "tesseract", "pdftotext", "exiftool", "node", "gcc", "sqlite3")


def _memory() -> dict[str, int]:
    """Linux's account of the memory, in bytes; empty elsewhere."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return {}
    pairs = (line.partition(":")[::2] for line in lines)
    return {name: int(rest.split()[0]) * 1024 for name, rest in pairs if rest.split()[1:] == ["kB"]}


def _packages() -> dict[str, str]:
    found = ((one.metadata["Name"], one.version) for one in metadata.distributions())
    return {name: version for name, version in found if name}
