"""What to run for a kernel in each tier of the sandbox: command, environment, open files."""

from __future__ import annotations

import base64
import json
import os
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from dynasaur.kernel import bubblewrap, seccomp, sights
from dynasaur.kernel.limits import Limits
from dynasaur.kernel.usage import threads_of

Tier = Literal["bwrap", "landlock", "none"]

LAUNCHER = Path(__file__).with_name("launcher.py")
SUPERVISOR = Path(__file__).with_name("supervisor.py")

_INSIDE_UID = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """What a kernel is given.

    Attributes:
        work: Its work folder.
        private: The host's private folder for it: connection file, `s/` with the sockets, `tmp/`.
        limits: What it may use.
        uid: The ordinary user it becomes when the host is root; None: it stays who the host is.
        network: It may use the host's network.
    """

    work: Path
    private: Path
    limits: Limits
    uid: int | None = None
    network: bool = False

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
        """The folder for temporary files, where the sandbox has none of its own."""
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
    """What the launcher is told; see `launcher.py`.

    Attributes:
        connection: The connection file; empty to leave again at once, once confined.
        folder: The work folder.
        limits: Resource limits by name.
        uid: The user to become.
        uncover: Folders to make reachable for that user, where closed folders are in the way.
        landlock: Paths by what is allowed on them; None for no such rules.
        network: Those rules leave it TCP.
        walls: The filter of system calls, in base64; empty for none.
        lock: The filter to add once sockets are bound, in base64; empty for none.
    """

    connection: str
    folder: str
    limits: dict[str, int]
    uid: int | None = None
    uncover: tuple[str, ...] = ()
    landlock: dict[str, list[str]] | None = None
    network: bool = False
    walls: str = ""
    lock: str = ""


def launch(tier: Tier, place: Place, *, dry: bool = False) -> Launch:
    """What to run for a kernel in this tier.

    Args:
        tier: The tier.
        place: What it is given.
        dry: Only go through all the motions and leave again, to see whether they can be gone
            through on this machine.
    """
    connection = "" if dry else str(place.connection)
    if tier == "bwrap":
        return _in_bubblewrap(place, connection)
    if tier == "landlock":
        return _in_landlock(place, connection)
    job = Job(connection, str(place.work), _limits(place.limits))
    return Launch(_supervised(job), _environment(str(place.scratch), True), supervised=True)


def _in_bubblewrap(place: Place, connection: str) -> Launch:
    limits = _limits(place.limits, place.limits.processes)
    kind = seccomp.machine() if place.network else None
    # In the host's network, abstract unix sockets are within reach.
    lock = _text(seccomp.lock(kind, internet=True)) if kind else ""
    job = Job(connection, str(place.work), limits, uid=place.uid, lock=lock)
    uid = _INSIDE_UID if place.uid is None else place.uid
    accounts = {n: _open(text.encode()) for n, text in bubblewrap.account_files(uid).items()}
    program = bubblewrap.filter_program()
    walls = _open(program) if program else -1
    shown = [LAUNCHER, *([place.connection] if connection else [])]
    shown += sights.network() if place.network else []
    arguments = bubblewrap.arguments(
        readable=shown,
        writable=[place.work, place.sockets],
        scratch=place.limits.scratch,
        uid=place.uid,
        accounts=accounts,
        filter_descriptor=walls,
        network=place.network,
    )
    # Not on the command line, which the kernel can read.
    hidden = _open(b"".join(argument.encode() + b"\0" for argument in arguments))
    argv = (bubblewrap.program() or bubblewrap.PROGRAM, "--args", str(hidden), *_command(job))
    descriptors = (hidden, *accounts.values(), *([walls] if program else []))
    environment = _environment("/tmp", place.network)  # noqa: S108 - its own
    return Launch(argv, environment, False, descriptors)


def _in_landlock(place: Place, connection: str) -> Launch:
    kind = seccomp.machine()
    uid = os.geteuid() if place.uid is None else place.uid
    # The limit counts all processes of the user, of which there may be many outside.
    processes = place.limits.processes + threads_of(uid)
    read = [*sights.system(), *sights.settings(), *sights.python(), LAUNCHER, Path("/proc")]
    read += sights.network() if place.network else []
    shown = [*sights.python(), place.work, place.private]
    rules = {
        "read": [str(path) for path in [*read, *([place.connection] if connection else [])]],
        "write": [str(path) for path in (place.work, place.sockets, place.scratch)],
        "devices": ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"],
    }
    job = Job(
        connection,
        str(place.work),
        _limits(place.limits, processes),
        uid=place.uid,
        uncover=() if place.uid is None else tuple(map(str, shown)),
        landlock=rules,
        network=place.network,
        walls=_text(seccomp.walls(kind, internet=place.network)) if kind else "",
        lock=_text(seccomp.lock(kind, internet=place.network)) if kind else "",
    )
    environment = _environment(str(place.scratch), place.network)
    return Launch(_supervised(job), environment, supervised=True)


def _supervised(job: Job) -> tuple[str, ...]:
    """The same, in the care of the supervisor."""
    return (sys.executable, "-I", "-S", str(SUPERVISOR), *_command(job))


def _command(job: Job) -> tuple[str, ...]:
    """The interpreter with the launcher and its job."""
    return (sys.executable, "-s", "-P", str(LAUNCHER), json.dumps(asdict(job)))


def _limits(limits: Limits, processes: int = 0) -> dict[str, int]:
    found = {
        "DATA": limits.memory,
        "FSIZE": limits.file_size,
        "NOFILE": limits.open_files,
        "CORE": 0,
    }
    return {**found, "NPROC": processes} if processes else found


def _open(content: bytes) -> int:
    """A descriptor from which a child can read the content."""
    descriptor = os.memfd_create("dynasaur", os.MFD_CLOEXEC)
    os.write(descriptor, content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _environment(scratch: str, network: bool) -> dict[str, str]:
    """The kernel's environment: nothing of the host's but language and time zone.

    Args:
        scratch: Where temporary files, caches and settings go.
        network: It has one.
    """
    kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TZ") if name in os.environ}
    # Without a network pip tries for seconds; this way it says at once that it cannot.
    offline = {} if network else {"PIP_NO_INDEX": "1"}
    return {
        "LANG": "C.UTF-8",
        **kept,
        "PATH": f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin",
        "HOME": scratch,
        "USER": "kernel",
        "LOGNAME": "kernel",
        "TMPDIR": scratch,
        "IPYTHONDIR": f"{scratch}/ipython",
        "JUPYTER_RUNTIME_DIR": f"{scratch}/jupyter",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": f"{scratch}/matplotlib",
        # Sets and dicts of strings come in the same order every time: a run can be replayed.
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        **offline,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
