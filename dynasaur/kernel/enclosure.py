"""What to run for a kernel in each tier of the sandbox: command, environment, open files."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from dynasaur.kernel.limits import Limits

Tier = Literal["bwrap", "landlock", "none"]

LAUNCHER = Path(__file__).with_name("launcher.py")


@dataclass(frozen=True, slots=True)
class Place:
    """What a kernel is given.

    Attributes:
        work: Its work folder.
        private: The host's private folder for it: connection file, `s/` with the sockets, `tmp/`.
        limits: What it may use.
    """

    work: Path
    private: Path
    limits: Limits

    @property
    def connection(self) -> Path:
        """The connection file."""
        return self.private / "c.json"

    @property
    def sockets(self) -> Path:
        """The folder of the sockets."""
        return self.private / "s"

    @property
    def scratch(self) -> Path:
        """The folder for temporary files."""
        return self.private / "tmp"


@dataclass(frozen=True, slots=True)
class Launch:
    """A process to start.

    Attributes:
        argv: The command.
        env: Its whole environment.
        supervised: It is a supervisor, which ends the kernel and all its children on SIGTERM.
        descriptors: Files that it inherits; the starter closes them afterwards.
    """

    argv: tuple[str, ...]
    env: dict[str, str] = field(repr=False)
    supervised: bool
    descriptors: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """What the launcher is told; see `launcher.py`."""

    connection: str
    limits: dict[str, int]
    supervise: bool
    uid: int | None = None


def launch(tier: Tier, place: Place) -> Launch:
    """What to run for a kernel in this tier."""
    del tier
    job = Job(str(place.connection), {}, supervise=True)
    return Launch(command(job), environment(str(place.scratch)), supervised=True)


def command(job: Job, launcher: Path = LAUNCHER) -> tuple[str, ...]:
    """The interpreter with the launcher and its job."""
    return (sys.executable, "-s", "-P", str(launcher), json.dumps(asdict(job)))


def environment(scratch: str) -> dict[str, str]:
    """The kernel's environment: nothing of the host's but language and time zone.

    Args:
        scratch: Where temporary files, caches and settings go.
    """
    kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TZ") if name in os.environ}
    return {
        "LANG": "C.UTF-8",
        **kept,
        "PATH": f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin",
        "HOME": scratch,
        "TMPDIR": scratch,
        "IPYTHONDIR": f"{scratch}/ipython",
        "JUPYTER_RUNTIME_DIR": f"{scratch}/jupyter",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": f"{scratch}/matplotlib",
        # Sets and dicts of strings come in the same order every time: a run can be replayed.
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        # Without a network pip tries for seconds; this way it says at once that it cannot.
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
