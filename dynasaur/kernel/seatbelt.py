"""The tier of macOS: sandbox-exec with a profile of our own.

Apple calls the program deprecated and still ships it; others build on it too. The profile allows
what a kernel needs and nothing else. It isolates neither processes nor memory: resource limits do
what they can. It was written from the profile language's rules and has not been run on a real Mac.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

PROGRAM = "/usr/bin/sandbox-exec"

SYSTEM = ("/usr", "/bin", "/sbin", "/System", "/Library/Apple", "/Library/Frameworks", "/opt")
SETTINGS = ("/private/etc/localtime", "/private/etc/ssl", "/private/var/db/timezone")
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom", "/dev/dtracehelper")

_BASE = """\
(version 1)
(deny default)
(allow process-fork)
(allow process-exec)
(allow signal (target same-sandbox))
(allow process-info* (target same-sandbox))
(allow sysctl-read)
(allow ipc-posix-sem)
(allow mach-lookup (global-name "com.apple.system.opendirectoryd.libinfo"))
(allow file-read-metadata)
(allow file-read* (literal "/"))
"""


def profile(
    readable: Iterable[Path], writable: Iterable[Path], sockets: Path, *, network: bool
) -> str:
    """The profile of one kernel.

    Args:
        readable: What may be read besides the system: the interpreter, its packages, files.
        writable: Folders that may be written to.
        sockets: The folder of the kernel's unix sockets: the only ones it can reach.
        network: It may use the host's network.
    """
    read = [Path(name) for name in (*SYSTEM, *SETTINGS)] + [path.resolve() for path in readable]
    write = [path.resolve() for path in writable]
    place = _subpath(sockets.resolve())
    lines = [_BASE.rstrip()]
    lines += [f"(allow file-read* {_subpath(path)})" for path in [*read, *write]]
    lines += [f"(allow file-write* {_subpath(path)})" for path in write]
    lines += [f"(allow file-read* file-write-data {_literal(Path(path))})" for path in DEVICES]
    lines += [
        "(allow system-socket (socket-domain AF_UNIX))",
        f"(allow network-bind (local unix-socket {place}))",
        f"(allow network-outbound (remote unix-socket {place}))",
    ]
    if network:
        lines += ["(allow network-outbound (remote ip))", "(allow network-inbound (local ip))"]
        lines += ["(allow system-socket)", '(allow file-read* (subpath "/private/etc"))']
    return "\n".join(lines) + "\n"


def _subpath(path: Path) -> str:
    return f"(subpath {_quoted(path)})"


def _literal(path: Path) -> str:
    return f"(literal {_quoted(path)})"


def _quoted(path: Path) -> str:
    """A path as a string of the profile language; what could end the string is escaped."""
    text = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
