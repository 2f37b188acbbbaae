"""Builder of a real Jupyter Kernel Gateway on this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TOKEN = "token-of-the-test"


@dataclass(frozen=True)
class Gateway:
    """A running gateway: its address and process."""

    url: str
    process: subprocess.Popen[bytes]


@contextmanager
def gateway(folder: Path) -> Iterator[Gateway]:
    """A gateway that asks for the token and starts kernels in a folder of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    there = folder / "there"
    there.mkdir()
    environment = {
        **os.environ,
        "KG_AUTH_TOKEN": TOKEN,
        "HOME": str(folder),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_ALLOW_INSECURE_WRITES": "1",
    }
    command = [sys.executable, "-m", "kernel_gateway", "--KernelGatewayApp.ip=127.0.0.1"]
    command += [f"--KernelGatewayApp.port={port}", "--KernelGatewayApp.port_retries=0"]
    command += ["--JupyterWebsocketPersonality.list_kernels=True"]
    with (folder / "gateway.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=there, env=environment, stdout=log, stderr=log)
    try:
        _await(f"http://127.0.0.1:{port}/api", process, folder / "gateway.log")
        yield Gateway(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        process.wait(20)


def _await(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError as error:
            error.close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())
