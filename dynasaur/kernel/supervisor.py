"""Run a command, and when it ends or we are told to, leave nothing of it alive.

Run as a script with the command as its arguments. Where there is no process namespace, this is what
ends children that left the kernel's group: they are orphaned to this process. It dies with the
client, so that nothing outlives that either. It imports the standard library alone.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36

_SIGNAL_BASE = 128


def prctl(option: int, value: int) -> None:
    """Set one property of this process; a system without the call does without it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def main() -> None:
    """Run the command and end with its status."""
    prctl(_PR_SET_CHILD_SUBREAPER, 1)
    kernel = os.fork()
    if kernel == 0:
        os.setsid()
        os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606 - no shell is wanted
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.signal(signal.SIGTERM, lambda *_: _signal(kernel, signal.SIGKILL))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    status = _wait_for(kernel)
    # Its number may belong to another process soon.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _end_all()
    code = os.waitstatus_to_exitcode(status)
    os._exit(_SIGNAL_BASE - code if code < 0 else code)


def _wait_for(kernel: int) -> int:
    """The kernel's exit status; orphans that end before are buried on the way."""
    while True:
        pid, status = os.wait()
        if pid == kernel:
            return status


def _end_all() -> None:
    """Kill descendants until there are none.

    All are stopped before any is killed, because one that runs makes new ones meanwhile.
    """
    while True:
        for pid in _stopped():
            _signal(pid, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        except ChildProcessError:
            # Only this is proof: what /proc lists may lack a child while another one ends.
            return
        time.sleep(0.002)


def _stopped() -> set[int]:
    """Stop descendants until no new ones show; orphans among them are ours."""
    family: set[int] = set()
    while new := _descendants() - family:
        for pid in new:
            _signal(pid, signal.SIGSTOP)
        family |= new
    return family


def _descendants() -> set[int]:
    found: set[int] = set()
    waiting = [os.getpid()]
    while waiting:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{waiting.pop()}/task").iterdir():
                children = {int(pid) for pid in (task / "children").read_text().split()}
                waiting += children - found
                found |= children
    return found


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


if __name__ == "__main__":
    main()
