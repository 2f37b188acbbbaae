"""Run a command as the first process of namespaces of its own, and end with its status.

Run as a script with a job in JSON and the command. All in the namespaces ends with the command,
with this process, and with whoever started it. It imports the standard library alone.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import signal
import socket
import struct
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_NEWNS, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET = (
    0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000,
)  # fmt: skip
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REC, _MS_PRIVATE = 2, 4, 8, 0x4000, 0x40000
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _UP = 0x8913, 0x8914, 1
_SIGNAL_BASE = 128


def main() -> None:
    """Do the job."""
    job = json.loads(sys.argv[1])
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    enter(libc, job["uid"], network=job["network"])
    first = os.fork()
    if first == 0:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        furnish(libc, job["scratch"], network=job["network"])
        os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - no shell is wanted
    signal.signal(signal.SIGTERM, lambda *_: os.kill(first, signal.SIGKILL))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # When the first process of a process namespace has ended, all others in it have.
    code = os.waitstatus_to_exitcode(os.waitpid(first, 0)[1])
    os._exit(_SIGNAL_BASE - code if code < 0 else code)


def enter(libc: ctypes.CDLL, uid: int | None, *, network: bool) -> None:
    """Leave the host's namespaces.

    Args:
        libc: The C library.
        uid: The user to be in a user namespace, which gives the power to make the others; None
            where that is not needed.
        network: Stay in the host's network.
    """
    outer = os.geteuid(), os.getegid()
    flags = _NEWNS | _NEWUTS | _NEWIPC | _NEWPID | (0 if network else _NEWNET)
    checked(libc.unshare(flags | (0 if uid is None else _NEWUSER)))
    if uid is not None:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {outer[0]} 1")
        Path("/proc/self/gid_map").write_text(f"{uid} {outer[1]} 1")


def furnish(libc: ctypes.CDLL, scratch: int, *, network: bool) -> None:
    """Give the namespaces what a program expects: its own /proc, shared memory and loopback.

    Args:
        libc: The C library.
        scratch: Bytes of shared memory.
        network: It is the host's: nothing is changed in it.
    """
    checked(libc.mount(None, b"/", None, _MS_REC | _MS_PRIVATE, None))
    closed = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
    checked(libc.mount(b"proc", b"/proc", b"proc", closed, None))
    size = b"mode=1777,size=%d" % scratch
    checked(libc.mount(b"tmpfs", b"/dev/shm", b"tmpfs", _MS_NOSUID | _MS_NODEV, size))
    checked(libc.sethostname(b"kernel", 6))
    if not network:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
            request = struct.pack("16sH14x", b"lo", 0)
            flags = struct.unpack_from("H", fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request), 16)[0]
            fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | _UP))


def checked(done: int) -> None:
    """Raise what a call of the C library failed with."""
    if done != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


if __name__ == "__main__":
    main()
