"""Printed and displayed output: bounded, its head and tail kept, and owned by the right cell."""

from __future__ import annotations

import contextlib
import contextvars
import functools
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from io import StringIO
from typing import Any

from dynasaur.kernel.inside.pipes import Pipes

TEXT = 200_000
"""Characters of one displayed value."""

IMAGE = 5_000_000
"""Characters of one displayed picture, in base64."""

MIMES = ("text/plain", "image/png", "image/jpeg")


class Streams:
    """Bounds what the kernel's stdout and stderr send, for each cell.

    The bound sits in the class of the streams, because IPython replaces the `write` of the
    instances for every cell.

    Args:
        room: Characters of a cell's output that are sent as they come; as many of its end are
            kept, and sent when it ends.
    """

    def __init__(self, room: int) -> None:
        self._lock = threading.RLock()
        self._most = room
        self._room = room
        self._older = ""
        self._newer = StringIO()
        self._dropped = 0
        self._send: Callable[..., Any] = type(sys.stdout).write
        self._previous: dict[str, Any] = {}
        self._strays = False
        self._own = sys.stdout, sys.stderr
        self._depth = 0
        self._process = os.getpid()
        self._install(type(sys.stdout))
        self._pipes = Pipes(self._own, self._write_of_child)

    def _install(self, stream_class: Any) -> None:
        streams = self
        flush, pass_on = stream_class.flush, stream_class._flush  # noqa: SLF001
        passing_on = threading.RLock()

        @functools.wraps(self._send)
        def write(stream: Any, string: str) -> int | None:
            return streams.write(stream, string)

        @functools.wraps(pass_on)
        def one_by_one(stream: Any) -> None:
            with passing_on:
                pass_on(stream)

        @functools.wraps(flush)
        def flush_quickly(stream: Any) -> None:
            # What ipykernel flushes after a cell has only to be sent before what it says next,
            # and all is sent in the order in which it is given to the thread that sends.
            (one_by_one if streams.between_cells() else flush)(stream)

        stream_class.write = write
        stream_class.flush = flush_quickly
        stream_class._flush = one_by_one  # noqa: SLF001

    def between_cells(self) -> bool:
        """The caller is the kernel itself, and no cell runs."""
        ours = threading.current_thread() is threading.main_thread()
        return ours and self._depth <= 0 and os.getpid() == self._process

    def begin(self) -> None:
        """A cell begins: full room. Children that outlived earlier cells are noted."""
        self._take_back()
        self._depth += 1
        with self._lock:
            self._renew()
        self._strays = _has_children()
        for stream in (sys.stdout, sys.stderr):
            # IPython left one there after the cell that installed us.
            vars(stream).pop("write", None)

    def end(self) -> None:
        """The cell ends: send the tail, with a line that says how much was left out."""
        self._depth -= 1
        self._take_back()
        self._pipes.drain()
        with self._lock:
            rest = self._older + self._newer.getvalue()
            dropped = self._dropped + max(0, len(rest) - self._most)
            self._renew()
        if dropped:
            self._send(sys.stdout, f"\n[... {dropped:,} characters left out ...]\n")
        if rest:
            self._send(sys.stdout, rest[-self._most :])
        self._previous = dict(getattr(sys.stdout, "parent_header", {}))

    def _take_back(self) -> None:
        """Put our streams in the place of what a cell left there, but not inside another cell.

        `%%capture` runs its body as a cell of its own, whose output goes elsewhere.
        """
        if self._depth <= 0:
            self._depth = 0
            sys.stdout, sys.stderr = self._own

    def write(self, stream: Any, string: str) -> int | None:
        """Send what there is room for and keep the rest for the end, the oldest dropped."""
        if not isinstance(string, str) or not hasattr(stream, "_fid"):
            return self._send(stream, string)  # type: ignore[no-any-return]
        return self._write(stream, string)

    def _write_of_child(self, stream: Any, string: str) -> None:
        if self._strays and hasattr(stream, "set_thread_parent"):
            self._send_as_late(stream, string)
        else:
            self._write(stream, string)

    def _write(self, stream: Any, string: str) -> int:
        string = encodable(string)
        with self._lock:
            if len(string) <= self._room:
                self._room -= len(string)
                self._send(stream, string)
            elif self._room:
                self._send(stream, string[: self._room])
                self._keep(string[self._room :])
                self._room = 0
            else:
                self._keep(string)
        return len(string)

    def _send_as_late(self, stream: Any, string: str) -> None:
        """Text of a child process while older children live: nobody can say whose it is."""
        token = stream.set_thread_parent({"header": self._previous})
        try:
            with self._lock:
                now = string[: self._room]
                self._room -= len(now)
                self._send(stream, now)
        finally:
            stream.reset_thread_parent(token)

    def _keep(self, text: str) -> None:
        """Keep the newest: two halves, the older of which is dropped when the newer is full."""
        if len(text) > self._most:
            self._dropped += len(text) - self._most
            text = text[-self._most :]
        self._newer.write(text)
        if self._newer.tell() >= self._most:
            self._dropped += len(self._older)
            self._older, self._newer = self._newer.getvalue(), StringIO()

    def _renew(self) -> None:
        self._room, self._dropped = self._most, 0
        self._older, self._newer = "", StringIO()


def encodable(text: str) -> str:
    """The text, lone surrogates replaced: the kernel's messages cannot carry them."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _has_children() -> bool:
    """This process has children, be they at work or over and not asked for."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except OSError:
        return False
    return True


def bound_displays(shell: Any) -> None:
    """Make displayed values text and pictures alone, of bounded size."""
    formatter = shell.display_formatter
    formatter.active_types = list(MIMES)
    for kind in (str, bytes):
        formatter.formatters["text/plain"].for_type(kind, _print_text)
    original = formatter.format

    def bounded(obj: object, *args: Any, **kwargs: Any) -> Any:
        data, metadata = original(obj, *args, **kwargs)
        return {mime: _bound(mime, data[mime]) for mime in MIMES if mime in data}, metadata

    formatter.format = bounded


def _print_text(value: Any, printer: Any, _cycle: bool) -> None:
    """Stand in for IPython's way to show text, which is slow where there is very much of it."""
    printer.text(repr(value) if len(value) <= TEXT else repr(value[:TEXT]) + "...")


def _bound(mime: str, value: Any) -> Any:
    if not mime.startswith("text/"):
        return value if len(value) <= IMAGE else ""
    value = encodable(value)
    if len(value) <= TEXT:
        return value
    left_out = len(value) - TEXT
    half = TEXT // 2
    return f"{value[:half]}\n[... {left_out:,} characters left out ...]\n{value[-half:]}"


def run_commands(shell: Any) -> None:
    """Make `!command` print through the kernel; IPython's own way needs a terminal device."""

    def system(command: str) -> None:
        with subprocess.Popen(
            ["/bin/sh", "-c", shell.var_expand(command, depth=1)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        ) as process:
            try:
                for line in process.stdout or ():
                    sys.stdout.write(line.decode("utf-8", "replace"))
            except BaseException:
                process.kill()
                raise
        shell.user_ns["_exit_code"] = process.returncode

    shell.system = system


def own_threads() -> None:
    """Let a thread print for the cell that started it, also when that cell is over.

    A new thread runs in a copy of its creator's context, which is where ipykernel keeps the
    cell that output belongs to.
    """
    original = threading.Thread.start

    @functools.wraps(original)
    def start(thread: threading.Thread) -> None:
        context, run = contextvars.copy_context(), thread.run
        thread.run = functools.partial(context.run, run)  # type: ignore[method-assign]
        original(thread)

    threading.Thread.start = start  # type: ignore[method-assign, assignment]


def forget_history(shell: Any) -> None:
    """Keep IPython from storing what cells print and raise: it would fill the kernel's memory."""
    if hasattr(shell, "_tee"):
        shell._tee = lambda *_, **__: contextlib.nullcontext()  # noqa: SLF001
    if hasattr(shell, "_format_exception_for_storage"):
        shell._format_exception_for_storage = lambda *_, **__: {}  # noqa: SLF001
