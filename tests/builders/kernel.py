"""Builders of kernels and of the host's side of them."""

from __future__ import annotations

import os
import shlex
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dynasaur.kernel.client import JupyterKernel
from dynasaur.kernel.limits import Limits
from dynasaur.kernel.requests import HostFunction
from dynasaur.kernel.sights import python
from dynasaur.types import Json, Module

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
    "AAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""The smallest picture, PNG in base64."""


@dataclass
class Desk:
    """The host's side: what was submitted and asked."""

    answers: list[Json] = field(default_factory=list)
    questions: list[Json] = field(default_factory=list)

    def submit_final_answer(self, value: Json) -> None:
        """Submit the answer of the task."""
        self.answers.append(value)

    def find_actions(self, query: str, k: int = 10) -> Json:
        """Actions that fit a query."""
        self.questions.append([query, k])
        return [f"- {query}()"] * min(k, 2)

    def fail(self, kind: str) -> Json:
        """Raise an error of this kind."""
        raise {"KeyError": KeyError, "Own": OwnError}.get(kind, ValueError)("no such thing")

    def huge(self) -> Json:
        """More than a result may be."""
        return "x" * 5_000_000


class OwnError(Exception):
    """An error that the kernel has no class for."""


@contextmanager
def kernel(
    work: Path,
    desk: Desk | None = None,
    *,
    sandbox: str = "none",
    limits: Limits = Limits(grace_seconds=1.0),  # noqa: B008 - frozen
    network: str = "none",
) -> Iterator[JupyterKernel]:
    """A kernel with the desk's host functions."""
    desk = desk or Desk()
    functions: dict[str, HostFunction] = {
        "submit_final_answer": desk.submit_final_answer,
        "find_actions": desk.find_actions,
        "fail": desk.fail,
        "huge": desk.huge,
    }
    with JupyterKernel(
        work, functions=functions, sandbox=sandbox, limits=limits, network=network
    ) as running:
        yield running


def module(name: str, text: str) -> Module:
    """A module as the kernel loads it, in the package `actions`."""
    return Module(f"actions.{name}", text)


def wait_until_gone(pids: list[int], seconds: float = 5.0) -> list[int]:
    """Wait for processes to end; gives those that did not."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and any(map(_lives, pids)):
        time.sleep(0.02)
    return [pid for pid in pids if _lives(pid)]


@contextmanager
def short_folder() -> Iterator[Path]:
    """A temporary folder whose path leaves room for those of unix sockets, which are bounded."""
    with tempfile.TemporaryDirectory(prefix="kt-", dir="/tmp") as folder:
        yield Path(folder)


def processes_in(work: Path) -> list[int]:
    """Processes whose command line or current folder names a kernel's work folder."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and process.name != str(os.getpid()):
                words = (process / "cmdline").read_bytes() + os.fsencode(
                    (process / "cwd").readlink()
                )
                found += [int(process.name)] if os.fsencode(work) in words else []
        except OSError:
            continue
    return [pid for pid in found if _lives(pid)]


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def as_ordinary_user(command: list[str], home: Path) -> list[str]:
    """The command, run by root, as an ordinary user in a mount namespace of its own.

    There, an interpreter that lies in root's closed home is shown under the same path in an open
    folder that holds nothing else.

    Args:
        command: What to run.
        home: The user's home folder, which is given to it.
    """
    uid = "61001"
    steps = [
        "set -e",
        f"chown -R {uid}:{uid} {shlex.quote(str(home))}",
        f"chmod 711 {shlex.quote(str(home.parent))}",
    ]
    if (closed := _hidden_from_others()) is not None:
        inner = [path for path in python() if path.is_relative_to(closed)]
        for number, path in enumerate(inner):
            held = home.parent / f"held{number}"
            held.mkdir()
            steps.append(f"mount --bind {shlex.quote(str(path))} {shlex.quote(str(held))}")
        steps.append(f"mount -t tmpfs -o mode=755 none {shlex.quote(str(closed))}")
        for number, path in enumerate(inner):
            held = home.parent / f"held{number}"
            steps.append(f"mkdir -p {shlex.quote(str(path))}")
            steps.append(f"mount --move {shlex.quote(str(held))} {shlex.quote(str(path))}")
    user = ["setpriv", "--reuid", uid, "--regid", uid, "--clear-groups", "--inh-caps=-all"]
    environment = ["env", f"HOME={home}", f"TMPDIR={home}", "PYTHONDONTWRITEBYTECODE=1"]
    steps.append("exec " + shlex.join([*user, *environment, *command]))
    return ["unshare", "--mount", "sh", "-c", "\n".join(steps)]


def _hidden_from_others() -> Path | None:
    """The first folder on the way to the interpreter that an ordinary user may not enter."""
    for target in python():
        for folder in [*reversed(target.parents), target]:
            if not folder.stat().st_mode & stat.S_IXOTH:
                return folder
    return None
