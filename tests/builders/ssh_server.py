"""A real ssh server on localhost that serves git repositories, where sshd is installed."""

from __future__ import annotations

import getpass
import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

SSHD = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/sbin")


class SshServer:
    """The server, as a context manager, with a key that it lets in.

    Args:
        folder: Where its keys, its settings and its repositories lie.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.key, host = folder / "key", folder / "host"
        for file in (self.key, host):
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(file)]
            subprocess.run(command, check=True)
        shutil.copy(f"{self.key}.pub", folder / "allowed")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        settings = {
            "ListenAddress": "127.0.0.1",
            "Port": self.port,
            "HostKey": host,
            "AuthorizedKeysFile": folder / "allowed",
            "PidFile": folder / "pid",
            "PasswordAuthentication": "no",
            "KbdInteractiveAuthentication": "no",
            "StrictModes": "no",
            "UsePAM": "no",
            "PermitRootLogin": "prohibit-password",
        }
        lines = (f"{name} {value}\n" for name, value in settings.items())
        (folder / "settings").write_text("".join(lines))
        kind, public = (folder / "host.pub").read_text().split()[:2]
        self.known = f"[127.0.0.1]:{self.port} {kind} {public}\n"

    def url(self, name: str) -> str:
        """The address of a repository."""
        path = self.folder / f"{name}.git"
        return f"ssh://{getpass.getuser()}@127.0.0.1:{self.port}{path}"

    def __enter__(self) -> Self:
        assert SSHD is not None
        log = str(self.folder / "log")
        command = [SSHD, "-D", "-f", str(self.folder / "settings"), "-E", log]
        self._process = subprocess.Popen(command)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text())

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait()
