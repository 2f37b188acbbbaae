"""Start the program as a process of its own, forked from one that has its libraries already.

Importing other people's packages is most of what a short command costs. A keeper, one for each
process of the tests, imports them once; what is forked from it runs `python -m dynasaur` with
streams, folder, environment and exit code of its own. The program's own modules are imported by
each process anew, as at a user's.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NoReturn

LIBRARIES = (
    *("asyncio", "html.parser", "http.client", "logging", "sqlite3", "ssl", "tarfile", "uuid"),
    *("click", "filelock", "platformdirs", "jupyter_client", "zmq.asyncio"),
    *("rich.console", "rich.live", "rich.markdown", "rich.status", "rich.syntax", "rich.table"),
    *("numpy", "sklearn.feature_extraction.text", "sklearn.linear_model", "sklearn.pipeline"),
    *("httpx", "threadpoolctl", "tree_sitter", "tree_sitter_python"),
    *("openai", "openai.resources.chat.completions", "openai.resources.responses"),
    *("mcp.client", "mcp.client.stdio", "mcp.client.streamable_http", "mcp.server.lowlevel"),
)
"""What is imported once: modules of others that commands import in functions."""

KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "VIRTUAL_ENV")
"""What the program sees of the environment that the tests run in."""

ROOT = str(Path(__file__).resolve().parents[2])


def run(
    arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str], stdin: bytes, timeout: float
) -> tuple[int, bytes, bytes]:
    """Run one command line to its end.

    Args:
        arguments: The words after the program's name.
        cwd: The current folder.
        env: The whole environment.
        stdin: What it may read.
        timeout: Seconds after which it is killed.

    Returns:
        The exit code (negative for a signal), what it wrote to stdout, and to stderr.

    Raises:
        subprocess.TimeoutExpired: It took longer.
    """
    mine, its = socket.socketpair()
    pipes = [os.pipe() for _ in range(3)]
    (reads, feeds), (hears, writes), (errs, complains) = pipes
    with mine, ThreadPoolExecutor(3) as pool:
        with its, tempfile.TemporaryFile() as order:
            order.write(json.dumps([arguments, str(cwd), dict(env)]).encode("ascii"))
            order.seek(0)
            files = [order.fileno(), its.fileno(), reads, writes, complains]
            socket.send_fds(_keeper(os.getpid()), [b"."], files)
        for one in files[2:]:
            os.close(one)
        pool.submit(_feed, feeds, stdin)
        out, err = (pool.submit(_hear, one) for one in (hears, errs))
        pid = _number(mine)
        mine.settimeout(timeout)
        try:
            code = _number(mine)
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
            raise subprocess.TimeoutExpired(list(arguments), timeout) from None
        return code, out.result(), err.result()


def _number(line: socket.socket) -> int:
    word = line.recv(8)
    assert len(word) == 8, "the keeper has ended"
    return int.from_bytes(word, signed=True)


def _feed(pipe: int, text: bytes) -> None:
    with suppress(BrokenPipeError), open(pipe, "wb") as file:
        file.write(text)


def _hear(pipe: int) -> bytes:
    with open(pipe, "rb") as file:
        return file.read()


@cache
def _keeper(owner: int) -> socket.socket:
    """The line to the keeper of this process, `owner`; the keeper ends when it is closed."""
    mine, its = socket.socketpair()
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    with its:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.builders.forks", str(its.fileno())],
            cwd=ROOT,
            env={**kept, "PYTHONWARNINGS": "error", "OPENBLAS_NUM_THREADS": "1"},
            pass_fds=[its.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
    atexit.register(process.wait)
    atexit.register(mine.close)
    return mine


# --- in the keeper ------------------------------------------------------------------------------


def keep(line: socket.socket) -> None:
    """Fork a process at each word on the line, and say how each ends, until the line ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for the tests
    signal.signal(signal.SIGCHLD, lambda *_: None)
    ended, wakes = socket.socketpair()
    wakes.setblocking(False)
    signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
    answers: dict[int, socket.socket] = {}
    while True:
        ready, _, _ = select.select([line, ended], [], [])
        if line in ready:
            word, files, _, _ = socket.recv_fds(line, 1, 5)
            if not word:
                return
            answer = socket.socket(fileno=files.pop(1))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of Python 3.12 and newer: a library has a thread
                pid = os.fork()
            if pid == 0:
                for other in (line, ended, wakes, answer, *answers.values()):
                    other.close()
                _become(*files)
            answers[pid] = answer
            answer.sendall(pid.to_bytes(8, signed=True))
            for one in files:
                os.close(one)
        if ended in ready:
            ended.recv(4096)
            _tell(answers)


def _tell(answers: dict[int, socket.socket]) -> None:
    """Say the exit codes of those that have ended."""
    with suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            with answers.pop(found[0]) as answer, suppress(OSError):
                answer.sendall(os.waitstatus_to_exitcode(found[1]).to_bytes(8, signed=True))


def _become(order: int, *streams: int) -> NoReturn:
    """Be what `python -m dynasaur` is, to the end."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with open(order, "rb") as file:
        arguments, folder, env = json.load(file)
    for number, one in enumerate(streams):
        os.dup2(one, number)
        os.close(one)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    tempfile.tempdir = None  # a library may have asked where it is
    sys.path[0] = str(Path.cwd())
    sys.argv[1:] = arguments
    runpy.run_module("dynasaur", run_name="__main__", alter_sys=True)
    sys.exit(0)


if __name__ == "__main__":
    for name in LIBRARIES:
        with suppress(ImportError):
            importlib.import_module(name)
    gc.freeze()
    with socket.socket(fileno=int(sys.argv[1])) as mine:
        keep(mine)
