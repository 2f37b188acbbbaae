"""A library served by MCP: real processes, and the protocol's own client."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mcp import Client
from mcp.client.stdio import StdioServerParameters

from tests.builders.cli import command, dynasaur, environment

ACTIONS = '''
import os
import time
from datetime import date
from pathlib import Path


def greet(names: list[str], loud: bool = False) -> str:
    """A greeting.

    Args:
        names: Whom to greet.
        loud: In capitals.

    Returns:
        The greeting.
    """
    text = f"hello {' and '.join(names)}"
    return text.upper() if loud else text


def make_files(count: int) -> int:
    """Write files, and say so.

    Args:
        count: How many.

    Returns:
        How many.
    """
    for number in range(count):
        Path(f"made-{number}.txt").write_text(f"content {number}")
    Path("dot.png").write_bytes(b"\\x89PNG\\r\\n\\x1a\\n")
    print("written", count)
    os.write(1, b"straight to the descriptor\\n")
    return count


def content_of(file: Path) -> str:
    """The text of a file.

    Args:
        file: The file.

    Returns:
        Its text.
    """
    return file.read_text()


def wait_for(seconds: float, stubborn: bool = False) -> float:
    """Wait.

    Args:
        seconds: How long.
        stubborn: Go on when interrupted.

    Returns:
        That.
    """
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            time.sleep(0.05)
        except KeyboardInterrupt:
            if not stubborn:
                raise
    return seconds


def next_day(day: date) -> date:
    """The day after.

    Args:
        day: A day.

    Returns:
        The next one.
    """
    return date.fromordinal(day.toordinal() + 1)


def odd_result(kind: str) -> int:
    """Something else than it declares.

    Args:
        kind: What.

    Returns:
        No int.
    """
    return {"text": "x", "large": "x" * 2_000_000, "thing": object()}[kind]


def fetch_text(url: str) -> str:
    """The text at an address.

    Args:
        url: The address.

    Returns:
        Its text.
    """
    from urllib.request import urlopen

    with urlopen(url, timeout=5) as answer:
        return answer.read().decode()
'''


def library_of(folder: Path) -> Path:
    """A library with a few actions of its own."""
    folder.mkdir(parents=True)
    (folder / "own.py").write_text(ACTIONS, encoding="utf-8")
    for words in (["init", "."], ["add", "own.py"]):
        done = dynasaur(*words, cwd=folder)
        assert done.code == 0, done.err
    return folder


def words_of(library: Path, *words: str) -> list[str]:
    """The command line of a server that serves the library's own actions."""
    return command("mcp", "--library", str(library), "--sandbox", "none", *words)


def by_stdio(library: Path, *words: str, env: Mapping[str, str] | None = None) -> Any:
    """What the client needs to start a server as its child."""
    program, *rest = words_of(library, *words)
    whole = environment(library / ".home", env)
    return StdioServerParameters(command=program, args=rest, env=whole, cwd=library)


def client_of(at: Any, **options: Any) -> Client:
    """The protocol's own client; without a cache, so that what the server says is what is seen."""
    return Client(at, cache=None, read_timeout_seconds=60, **options)


@dataclass
class Served:
    """A server that listens by HTTP."""

    url: str
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)


@contextmanager
def by_http(library: Path, *words: str, env: Mapping[str, str] | None = None) -> Iterator[Served]:
    """A server on a free port; it must end by itself when it is told to."""
    process = subprocess.Popen(
        words_of(library, "--transport", "http", "--port", "0", *words),
        cwd=library,
        env=environment(library / ".home", env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    served = Served("", process)
    try:
        for line in process.stderr:
            served.said.append(line)
            if found := re.search(r"http://\S+", line):
                served.url = found[0]
                break
        assert served.url, served.said
        yield served
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            out, err = process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        served.said.append(err)
    assert (process.returncode, out) == (0, ""), (served.said, process.returncode)


def text_of(result: Any) -> str:
    """The first text of a result."""
    return str(result.content[0].text)


class Raw:
    """A client that writes lines of its own to a server's stdin."""

    def __init__(self, library: Path, *words: str, env: Mapping[str, str] | None = None) -> None:
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - it goes with this client
        self.process = subprocess.Popen(
            words_of(library, *words),
            cwd=library,
            env=environment(library / ".home", env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            start_new_session=True,
        )

    def write(self, line: bytes) -> None:
        """Send a line."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def ask(self, number: int, method: str, **params: Any) -> None:
        """Send a request."""
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        self.write(json.dumps(message).encode())

    def initialize(self) -> None:
        """Shake hands as clients of older versions do."""
        about = {"name": "raw", "version": "1"}
        self.ask(0, "initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo=about)
        assert self.answer(0)["result"]["serverInfo"]["name"] == "dynasaur"
        self.write(b'{"jsonrpc": "2.0", "method": "notifications/initialized"}')

    def answer(self, number: int) -> dict[str, Any]:
        """The answer to a request; every line on stdout must be of the protocol."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            message: dict[str, Any] = json.loads(line)
            assert message["jsonrpc"] == "2.0"
            if message.get("id") == number:
                return message
        raise AssertionError(self.said())

    def end(self) -> tuple[int, bytes]:
        """Close its stdin; gives the exit code and the rest of stderr."""
        self.process.communicate(timeout=30)
        with self._said:
            return self.process.returncode, self.said()

    def said(self) -> bytes:
        """What it wrote to stderr."""
        self._said.seek(0)
        return self._said.read()

    def kill(self) -> None:
        """End it at once, as a crash would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.end()
