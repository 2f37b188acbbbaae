"""Starts a program, and passes on what it writes as long as its lines have an end.

It runs as a process of its own, between a server and the SDK, which keeps a line of any length.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence

_PART = 65_536


def main(most: int, words: Sequence[str]) -> int:
    """Run a program; gives its exit code.

    Args:
        most: Bytes of a line, at most.
        words: The program and its arguments.
    """
    try:
        program = subprocess.Popen(words, stdout=subprocess.PIPE)
    except OSError as error:
        sys.stderr.write(f"{words[0]}: {error.strerror}\n")
        return 127
    assert program.stdout is not None
    os.close(0)  # the program's alone
    signal.signal(signal.SIGTERM, lambda *_: None)  # the program gets it, too; we end after it
    line = 0
    try:
        while part := os.read(program.stdout.fileno(), _PART):
            line += len(part.partition(b"\n")[0])
            if line > most:
                sys.stderr.write(f"a line of more than {most:,} bytes\n")
                program.kill()
                break
            if b"\n" in part:
                line = len(part.rpartition(b"\n")[2])
            _write(part)
    except BrokenPipeError:
        program.kill()
    return program.wait()


def _write(part: bytes) -> None:
    while part:
        part = part[os.write(1, part) :]


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
