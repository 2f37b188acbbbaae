"""git on the network: no questions, no redirects, no helpers of a stranger's, and always an end."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from dynasaur.errors import FailureError
from dynasaur.pins import Address
from dynasaur.repo.git import Git
from dynasaur.repo.settings import read_settings
from dynasaur.sources.complaints import meaning
from dynasaur.sources.limits import MIB, Limits

SSH = (
    "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o ConnectTimeout=20 "
    "-o ServerAliveInterval=10 -o ServerAliveCountMax=3 -o ClearAllForwardings=yes"
)
"""Never asks, and believes no host that the person has not seen before."""

HEARD = 64 * 1024
"""Bytes of what a server says that are kept."""

LOOK = 0.1
"""Seconds between two looks at a running git."""


class BareGit(Git):
    """git in a repository without a work tree, named outright.

    Args:
        repository: The repository.
    """

    def __init__(self, repository: Path) -> None:
        super().__init__(repository)
        self.repository = repository

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The process's environment: this repository, and none that is found by looking."""
        return super().environment({"GIT_DIR": str(self.repository)} | dict(extra or {}))


class Line:
    """The way to one source's server.

    Args:
        address: Where it is.
        limits: How long it may take, and how much it may give.
    """

    def __init__(self, address: Address, limits: Limits) -> None:
        self.address = address
        self._limits = limits

    def run(self, git: BareGit, *arguments: str) -> str:
        """Run one git command that talks to the server.

        Returns:
            What the server said, as far as it is kept.

        Raises:
            FailureError: What went wrong, on one line, and what to do.
        """
        command = git.command(*self._options(git), *arguments)
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=git.folder,
            env=self._environment(git),
            start_new_session=True,
            pass_fds=git.inherited,
        )
        _bound(process.pid, self._limits)
        ears = _Ears(process)
        stopped = ""
        try:
            stopped = self._watch(process, git.repository)
        finally:
            if process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            said = ears.close()
        if stopped or process.returncode:
            raise FailureError(f"{self.address.url}: {stopped or meaning(said, self.address.url)}")
        return said

    def _watch(self, process: subprocess.Popen[bytes], repository: Path) -> str:
        """Wait for its end; gives why it has to be ended, or nothing."""
        until = time.monotonic() + self._limits.seconds
        most = _size(repository) + self._limits.disk
        while True:
            try:
                process.wait(LOOK)
            except subprocess.TimeoutExpired:
                if time.monotonic() > until:
                    return f"no end after {self._limits.seconds:g} seconds; --timeout allows more"
                if _size(repository) > most:
                    return f"it is larger than {self._limits.disk // MIB:,} MiB, which is too much"
            else:
                return ""

    def _options(self, git: BareGit) -> list[str]:
        person = read_settings(git).person
        options = {
            "core.sshCommand": person.get("core.sshcommand", SSH),
            "core.askPass": "",
            "http.followRedirects": "false",
            "http.lowSpeedLimit": "100",
            "http.lowSpeedTime": "30",
            "protocol.version": "2",
            "transfer.fsckObjects": "true",
            "transfer.unpackLimit": "1",
            "fetch.recurseSubmodules": "false",
            "push.recurseSubmodules": "no",
            "push.gpgSign": "false",
        }
        return [part for key, value in options.items() for part in ("-c", f"{key}={value}")]

    def _environment(self, git: BareGit) -> dict[str, str]:
        return git.environment(
            {
                "GIT_ALLOW_PROTOCOL": self.address.scheme,
                "GIT_PROTOCOL_FROM_USER": "0",
                "GIT_LFS_SKIP_SMUDGE": "1",
                "GCM_INTERACTIVE": "never",
                "SSH_ASKPASS": "",
                "SSH_ASKPASS_REQUIRE": "never",
                "GIT_ASKPASS": "",
            }
        )


class _Ears:
    """What a process says on stderr: the first and the last of it, however much there is."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr is not None
        self._stream = process.stderr
        self._first, self._last = b"", b""
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while part := os.read(self._stream.fileno(), HEARD):
                if len(self._first) < HEARD:
                    self._first += part
                else:
                    self._last = (self._last + part)[-HEARD:]

    def close(self) -> str:
        self._thread.join(5.0)
        self._stream.close()
        return (self._first + self._last).decode("utf-8", "replace")


def _bound(pid: int, limits: Limits) -> None:
    """Bound a process and its children; where the system cannot, the watch still does."""
    bounds: list[tuple[int, int]] = [
        (resource.RLIMIT_FSIZE, limits.disk),
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CORE, 0),
    ]
    limit: Callable[..., object] | None = getattr(resource, "prlimit", None)
    for kind, most in bounds if limit else []:
        with contextlib.suppress(OSError, ValueError):
            assert limit is not None
            limit(pid, kind, (most, most))


def _size(folder: Path) -> int:
    """Bytes of a repository's packs, finished or not; objects go nowhere else."""
    total = 0
    with contextlib.suppress(FileNotFoundError), os.scandir(folder / "objects" / "pack") as items:
        for item in items:
            with contextlib.suppress(FileNotFoundError):
                total += item.stat(follow_symlinks=False).st_size
    return total
