"""Run the program on a terminal of its own, and capture what it writes there."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
from pathlib import Path

from tests.builders.cli import command, environment


def on_a_terminal(
    cwd: Path, *arguments: str, columns: int = 100, answer: str = "", **more: str
) -> str:
    """What the program writes when both its streams are a terminal.

    Args:
        cwd: Where it is started.
        arguments: Its words.
        columns: How wide the terminal is.
        answer: What a person there types at its first question that ends in `[y/N]: `.
        more: Variables of its environment.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    process = subprocess.Popen(
        command(*arguments),
        cwd=cwd,
        env=environment(cwd / ".home", {"TERM": "xterm", "COLUMNS": str(columns), **more}),
        stdin=theirs if answer else subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:
            break
        if not chunk:
            break
        written += chunk
        if answer and b"[y/N]: " in written:
            os.write(ours, f"{answer}\n".encode())
            answer = ""
    os.close(ours)
    process.wait()
    return written.decode("utf-8", "backslashreplace")
