"""What to run for a kernel in each tier of the sandbox: command, environment, open files."""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from dynasaur.kernel import bubblewrap, seatbelt, seccomp, sights
from dynasaur.kernel.environment import PROXY_PORT, environment
from dynasaur.kernel.limits import Limits
from dynasaur.kernel.usage import threads_of

Tier = Literal["bwrap", "unshare", "landlock", "seatbelt", "none"]

LAUNCHER = Path(__file__).with_name("launcher.py")
FORWARDER = Path(__file__).with_name("forwarder.py")
NAMESPACES = Path(__file__).with_name("namespaces.py")
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
        proxied: It has a way to the host's proxy.
        packages: A folder of packages that it may read besides Python's own.
    """

    work: Path
    private: Path
    limits: Limits
    uid: int | None = None
    network: bool = False
    proxied: bool = False
    packages: Path | None = None

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

    @property
    def proxy(self) -> Path:
        """The socket of the host's proxy, in a folder of its own."""
        return self.private / "p" / "h"

    @property
    def shown(self) -> list[Path]:
        """What it may read besides the system and Python."""
        extra = [self.packages] if self.packages is not None else []
        extra += [self.proxy.parent, FORWARDER] if self.proxied else []
        return [*extra, *(sights.network() if self.network else [])]


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
        proxy: The socket of the host's proxy; empty for no way to it.
        port: The port at which it is offered.
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
    proxy: str = ""
    port: int = PROXY_PORT
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
    if tier == "unshare":
        return _in_namespaces(place, connection)
    if tier == "landlock":
        uid = os.geteuid() if place.uid is None else place.uid
        # The limit counts all processes of the user, of which there may be many outside.
        job = _ruled(place, connection, processes=place.limits.processes + threads_of(uid))
        return _supervised(job, environment(str(place.scratch), network=place.network))
    if tier == "seatbelt":
        return _in_seatbelt(place, connection)
    job = Job(connection, str(place.work), _limits(place.limits))
    return _supervised(job, environment(str(place.scratch), network=True))


def _in_bubblewrap(place: Place, connection: str) -> Launch:
    limits = _limits(place.limits, place.limits.processes)
    kind = seccomp.machine() if place.network else None
    # In the host's network, abstract unix sockets are within reach.
    lock = _text(seccomp.lock(kind, internet=True)) if kind else ""
    proxy = str(place.proxy) if place.proxied else ""
    job = Job(connection, str(place.work), limits, uid=place.uid, proxy=proxy, lock=lock)
    uid = _INSIDE_UID if place.uid is None else place.uid
    accounts = {n: _open(text.encode()) for n, text in bubblewrap.account_files(uid).items()}
    program = bubblewrap.filter_program()
    walls = _open(program) if program else -1
    arguments = bubblewrap.arguments(
        readable=[LAUNCHER, *([place.connection] if connection else []), *place.shown],
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
    own = environment("/tmp", network=place.network, proxy=place.proxied)  # noqa: S108
    return Launch(argv, own, False, descriptors)


def _in_namespaces(place: Place, connection: str) -> Launch:
    """The rules of Landlock, in namespaces of its own."""
    job = _ruled(place, connection, processes=place.limits.processes, shm=["/dev/shm"])  # noqa: S108
    told = {
        "uid": _INSIDE_UID if place.uid is None else None,
        "network": place.network,
        "scratch": place.limits.scratch,
    }
    own = environment(str(place.scratch), network=place.network, proxy=place.proxied)
    inner = _supervised(job, own)
    python = (sys.executable, "-I", "-S", str(NAMESPACES), json.dumps(told))
    return Launch((*python, *inner.argv), own, supervised=True)


def _ruled(place: Place, connection: str, *, processes: int, shm: Sequence[str] = ()) -> Job:
    """A job under the rules of Landlock and the filters of system calls."""
    kind = seccomp.machine()
    internet = place.network or place.proxied
    own = [place.connection] if connection else []
    read = [*sights.system(), *sights.settings(), *sights.python(), LAUNCHER, Path("/proc")]
    reachable = [*sights.python(), *place.shown, place.work, place.private]
    rules = {
        "read": [str(path) for path in [*read, *place.shown, *own]],
        "write": [*map(str, (place.work, place.sockets, place.scratch)), *shm],
        "devices": ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"],
    }
    return Job(
        connection,
        str(place.work),
        _limits(place.limits, processes),
        uid=place.uid,
        uncover=() if place.uid is None else tuple(map(str, reachable)),
        landlock=rules,
        network=internet,
        proxy=str(place.proxy) if place.proxied else "",
        walls=_text(seccomp.walls(kind, internet=internet)) if kind else "",
        lock=_text(seccomp.lock(kind, internet=internet)) if kind else "",
    )


def _in_seatbelt(place: Place, connection: str) -> Launch:
    own = [place.connection] if connection else []
    text = seatbelt.profile(
        [*sights.python(), LAUNCHER, SUPERVISOR, *place.shown, *own],
        [place.work, place.sockets, place.scratch],
        place.sockets,
        network=place.network,
    )
    job = Job(connection, str(place.work), _limits(place.limits))
    inner = _supervised(job, environment(str(place.scratch), network=place.network))
    return Launch((seatbelt.PROGRAM, "-p", text, *inner.argv), inner.env, supervised=True)


def _supervised(job: Job, env: dict[str, str]) -> Launch:
    """The launcher in the care of the supervisor."""
    argv = (sys.executable, "-I", "-S", str(SUPERVISOR), *_command(job))
    return Launch(argv, env, supervised=True)


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
