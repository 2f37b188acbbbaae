"""Save the kernel's variables, and bring them back into a fresh kernel, all inside the sandbox.

A fork of the kernel writes them, so that the next cell never waits. What cannot be saved is named
with the reason. Nothing outside ever reads the file.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import re
import resource
import signal
import sys
import time
import types
import warnings
from pathlib import Path
from typing import Any

from dynasaur.kernel.inside.calls import Recorder
from dynasaur.kernel.inside.modules import Actions

FILE = ".dynasaur-state"
"""The file in the work folder, from when it is whole until it is collected."""

MOST = 256 * 1024 * 1024
"""Bytes that all variables together may take."""

SECONDS = 30.0
"""Time after which the fork is ended when it is in the way of the next one."""

TOGETHER, ALONE = 10.0, 1.0
"""Seconds for an attempt to save everything, and, where that fails, to save one variable."""

RESIDENT = 1024 * 1024 * 1024
"""Bytes of memory of a kernel that is not forked any more: its variables would be too large."""

SHARE = 10
"""The next save waits until so many times the time has passed that the last one took."""

_LENGTH = 8
_OURS = re.compile(r"_i?\d*|_i+|_+|_[iod]h|In|Out|__\w+__")


class Snapshots:
    """Saves and restores.

    Args:
        shell: The kernel's IPython shell.
        recorder: What wraps recorded functions.
        actions: The actions' modules.
        hidden: Names that every kernel has of its own.
    """

    def __init__(self, shell: Any, recorder: Recorder, actions: Actions, hidden: set[str]) -> None:
        self._shell = shell
        self._recorder = recorder
        self._actions = actions
        self._hidden = hidden
        self._file = Path.cwd() / FILE
        self._child = 0
        self._began = 0.0
        self._next = 0.0

    def save(self, step: int, wait: bool) -> None:
        """Save the variables as they are now; returns at once, or waits until it is done."""
        if wait:
            self._wait()
        elif not self._due():
            return
        importlib.import_module("dill")  # once, not in every fork
        self._began = time.monotonic()
        with warnings.catch_warnings():
            # The child of a process with threads runs Python alone, and for a bounded time.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._child = os.fork()
        if self._child == 0:
            try:
                self._write(step)
            finally:
                os._exit(0)
        if wait:
            self._wait()

    def _wait(self) -> None:
        """Wait for the fork that is at work, and end it when its time is up."""
        while self._child:
            with contextlib.suppress(ChildProcessError):
                done, _ = os.waitpid(self._child, os.WNOHANG)
                if not done:
                    if time.monotonic() > self._began + SECONDS:
                        os.kill(self._child, signal.SIGKILL)
                    time.sleep(0.005)
                    continue
            self._child = 0

    def _due(self) -> bool:
        """No save is under way, the last one has been paid off, and memory is not too large."""
        if self._child:
            with contextlib.suppress(ChildProcessError):
                done, _, use = os.wait4(self._child, os.WNOHANG)
                if not done:
                    if time.monotonic() > self._began + SECONDS:
                        os.kill(self._child, signal.SIGKILL)
                    return False
                self._next = self._began + SHARE * (use.ru_utime + use.ru_stime)
            self._child = 0
        if time.monotonic() < self._next:
            return False
        try:
            pages = int(Path("/proc/self/statm").read_text().split()[1])
        except (OSError, ValueError):
            return True
        return pages * resource.getpagesize() < RESIDENT

    def _write(self, step: int) -> None:
        """In the fork: write the file, whole or not at all."""
        signal.signal(signal.SIGALRM, _too_late)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with contextlib.suppress(OSError):
            os.nice(5)
        try:
            # Without a name until it is whole: the code of cells never meets a half of it.
            unnamed = os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC
            descriptor = os.open(self._file.parent, unnamed, 0o644)
            self._fill_and_seal(descriptor, step)
            source = f"/proc/self/fd/{descriptor}"
            self._file.unlink(missing_ok=True)
            os.link(source, self._file, src_dir_fd=descriptor)  # else the link is not followed
        except OSError:
            self._write_named(step)

    def _write_named(self, step: int) -> None:
        """The same where a file has to have a name from the start."""
        part = self._file.with_name(FILE + ".part")
        try:
            descriptor = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_RDWR | os.O_CLOEXEC, 0o644)
            self._fill_and_seal(descriptor, step)
            part.replace(self._file)
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    def _fill_and_seal(self, descriptor: int, step: int) -> None:
        with os.fdopen(descriptor, "wb", closefd=False) as file:
            head = {"step": step, "python": _python(), "modules": dict(self._actions.texts)}
            tail = json.dumps({**head, "lost": self._fill(file)}).encode()
            file.write(tail + len(tail).to_bytes(_LENGTH, "big"))

    def _fill(self, file: Any) -> dict[str, str]:
        """Write all variables that can be; gives by name why the others cannot."""
        values = {
            name: value
            for name, value in self._shell.user_ns.items()
            if name not in self._hidden and not _OURS.fullmatch(name)
        }
        lost: dict[str, str] = {}
        try:
            self._dump(values, file, TOGETHER)
        except Exception:  # noqa: BLE001 - a variable's own code may raise anything
            for name in list(values):
                try:
                    self._dump(values[name], None, ALONE)
                except Exception as error:  # noqa: BLE001
                    lost[name] = _reason(error)
                    del values[name]
            self._dump(values, file, TOGETHER)
        return lost

    def _dump(self, value: object, file: Any, seconds: float) -> None:
        """Write a value, or, without a file, see whether it can be written."""
        if file is not None:
            file.seek(0)
            file.truncate()
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            self._pickler(Bounded(file, MOST)).dump(value)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0.0)

    def restore(self) -> dict[str, object]:
        """Bring the saved variables back; gives the step that they are of, names, and what is lost.

        Raises:
            OSError: There is no file, or it cannot be read.
        """
        with self._file.open("rb") as file:
            file.seek(-_LENGTH, os.SEEK_END)
            size = int.from_bytes(file.read(_LENGTH), "big")
            file.seek(-_LENGTH - size, os.SEEK_END)
            head = json.loads(file.read(size))
            if head["python"] != _python():
                return {"step": head["step"], "why": "they were saved by another version of Python"}
            self._actions.add(head["modules"])
            file.seek(0)
            values = self._unpickler(file).load()
        space = self._shell.user_ns
        space.update({name: value for name, value in values.items() if name not in self._hidden})
        self._actions.adopt(space)
        return {"step": head["step"], "names": sorted(values), "lost": head["lost"]}

    # --- pickling ------------------------------------------------------------------------------

    def _pickler(self, file: Any) -> Any:
        import dill

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pickler = dill.Pickler(file, protocol=5, byref=False, recurse=False)
        pickler.persistent_id = self._persistent
        return pickler

    def _unpickler(self, file: Any) -> Any:
        import dill

        unpickler = dill.Unpickler(file)  # noqa: S301 - of this sandbox, in this sandbox
        unpickler.persistent_load = self._live
        return unpickler

    def _persistent(self, value: Any) -> tuple[object, ...] | None:
        """What is not saved by value: it is found, or made again, in the other kernel."""
        if isinstance(value, types.ModuleType):
            return "module", value.__name__
        if isinstance(value, io.IOBase):
            raise TypeError("an open file")
        if isinstance(value, types.FunctionType):
            module = self._recorder.module_of(value)
            if module:
                return "action", module
            if module is not None:
                return "recorded", value.__wrapped__  # type: ignore[attr-defined]
        name = getattr(value, "__name__", None)
        if isinstance(name, str) and name in self._hidden:
            return ("own", name) if self._shell.user_ns.get(name) is value else None
        return None

    def _live(self, found: tuple[Any, ...]) -> Any:
        kind, what = found
        if kind == "module":
            return importlib.import_module(what)
        if kind == "action":
            return getattr(importlib.import_module(what), what.rpartition(".")[2])
        if kind == "own":
            return self._shell.user_ns[what]
        return self._recorder.wrap(what)


class Bounded:
    """A file that takes so many bytes and no more.

    Args:
        file: Where they go; None only counts them.
        most: Bytes.
    """

    def __init__(self, file: Any, most: int) -> None:
        self._file = file
        self._room = most

    def write(self, data: Any) -> int:
        """Take more bytes; ValueError when it is too much."""
        size = memoryview(data).nbytes
        self._room -= size
        if self._room < 0:
            raise ValueError("it is too large")
        if self._file is not None:
            self._file.write(data)
        return size


def _too_late(*_: object) -> None:
    raise TimeoutError("it takes too long")


def _python() -> list[int]:
    return list(sys.version_info[:2])


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:150] or type(error).__name__
