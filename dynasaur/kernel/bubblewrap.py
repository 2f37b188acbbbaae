"""The strongest tier: bubblewrap, with namespaces of its own and a file system of its own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from dynasaur.kernel import sights
from dynasaur.kernel.seccomp import machine, walls

PROGRAM = "bwrap"

_SCRATCH = "/tmp"  # noqa: S108 - the kernel's own, in memory


def program() -> str | None:
    """The path of bubblewrap; one in the current folder is not taken."""
    found = shutil.which(PROGRAM, path="/usr/local/bin:/usr/bin:/bin:" + os.environ.get("PATH", ""))
    if found is None or Path(found).resolve().is_relative_to(Path.cwd()):
        return None
    return found


def arguments(
    *,
    readable: list[Path],
    writable: list[Path],
    scratch: int,
    uid: int | None,
    accounts: dict[str, int],
    filter_descriptor: int,
    network: bool,
) -> list[str]:
    """Bubblewrap's arguments, up to the command.

    Args:
        readable: What is shown besides the system and the interpreter.
        writable: What may be written to.
        scratch: Bytes of each file system in memory.
        uid: The ordinary user that the launcher becomes when the host is root. Then the mounts
            are made with root's own powers, so that an interpreter below /root can be shown, and
            two capabilities are left for that one step. None when the host is no root: then a
            user namespace gives the powers to make mounts.
        accounts: Path of an account file to the descriptor that holds its text.
        filter_descriptor: Holds the filter of system calls; -1 for none.
        network: Leave it in the host's network.
    """
    powers = ["--cap-drop", "ALL"]
    if uid is None:
        powers += ["--unshare-user", "--uid", "1000", "--gid", "1000"]
    else:
        powers += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    filters = ["--seccomp", str(filter_descriptor)] if filter_descriptor >= 0 else []
    return [
        *powers,
        *["--unshare-ipc", "--unshare-pid", "--unshare-uts"],
        *([] if network else ["--unshare-net"]),
        *["--unshare-cgroup-try", "--hostname", "kernel", "--die-with-parent", "--new-session"],
        *_file_system(readable, writable, scratch, accounts),
        *["--remount-ro", "/"],
        *filters,
    ]


def _file_system(
    readable: list[Path], writable: list[Path], scratch: int, accounts: dict[str, int]
) -> list[str]:
    shown: list[str] = []
    for path in sights.system():
        if path.is_symlink():
            shown += ["--symlink", str(path.readlink()), str(path)]
        else:
            shown += ["--ro-bind", str(path), str(path)]
    shown += ["--proc", "/proc", "--dev", "/dev"]
    for own in (_SCRATCH, "/dev/shm"):  # noqa: S108
        shown += ["--perms", "1777", "--size", str(scratch), "--tmpfs", own]
    read = [*sights.settings(), *sights.python(), *readable]
    shown += _ways_to([*read, *writable])
    for path in read:
        shown += ["--ro-bind", str(path), str(path)]
    for name, descriptor in accounts.items():
        shown += ["--perms", "0444", "--ro-bind-data", str(descriptor), name]
    for path in writable:
        shown += ["--bind", str(path), str(path)]
    return shown


def _ways_to(paths: list[Path]) -> list[str]:
    """Folders on the way to what is shown, open to all: bubblewrap's own are closed to others."""
    ways = {parent for path in paths for parent in path.parents if parent.parent != parent}
    made = sorted(way for way in ways if not way.is_relative_to("/usr"))
    return [word for way in made for word in ("--perms", "0755", "--dir", str(way))]


def account_files(uid: int) -> dict[str, str]:
    """The files that give the kernel's user a name, as programs expect."""
    return {
        "/etc/passwd": f"kernel:x:{uid}:{uid}:kernel:{_SCRATCH}:/bin/sh\n",
        "/etc/group": f"kernel:x:{uid}:\n",
    }


def filter_program() -> bytes:
    """The filter of system calls; empty on a machine that there is no table for."""
    kind = machine()
    return walls(kind, internet=True) if kind is not None else b""
