"""What a kernel on another machine needs besides: a start that nobody waits for, and its files."""

from __future__ import annotations

import base64
import binascii
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from dynasaur.errors import DynasaurError, KernelError
from dynasaur.kernel.exchange import Exchange
from dynasaur.kernel.limits import Limits
from dynasaur.kernel.made import files_of, read_made, write_made
from dynasaur.kernel.requests import (
    execute,
    part_code,
    report_of,
    sees_code,
    settle_code,
    store_code,
)
from dynasaur.kernel.running import Running
from dynasaur.kernel.transcript import Transcript

_PART = 2_000_000
"""Bytes of a file that go over at once."""

_FILES = 1_000
"""Files that are fetched after one cell."""


class Opening:
    """A kernel that is being started in the background."""

    def __init__(self, launch: Callable[[], Running]) -> None:
        self._kernel: Running | None = None
        self._error: DynasaurError | None = None
        self._thread = threading.Thread(target=self._run, args=(launch,), daemon=True)
        self._thread.start()

    def _run(self, launch: Callable[[], Running]) -> None:
        try:
            self._kernel = launch()
        except DynasaurError as error:
            self._error = error

    def result(self) -> Running:
        """Wait for the kernel.

        Raises:
            DynasaurError: It cannot be started.
        """
        self._thread.join()
        if self._kernel is None:
            raise self._error or KernelError("the kernel's start came to an unforeseen end")
        return self._kernel

    def abandon(self) -> None:
        """End the kernel, once it is there."""
        self._thread.join()
        if self._kernel is not None:
            self._kernel.kill()


class Files:
    """The work folder's files, there and back.

    Args:
        kernel: The kernel, which is ready.
        work: The work folder here.
        limits: Bytes of a file and of all that are fetched, and the time of one message.
    """

    def __init__(self, kernel: Running, work: Path, limits: Limits) -> None:
        self._kernel = kernel
        self._work = work
        self._limits = limits
        self._room = limits.disk

    def needed(self) -> bool:
        """The kernel does not see the work folder: it runs in a container, or elsewhere."""
        with tempfile.NamedTemporaryFile(prefix=".dynasaur-", dir=self._work) as made:
            return (self._do(sees_code(Path(made.name).name)) or {}).get("sees") is not True

    def send(self) -> None:
        """Give the kernel the files of the work folder.

        Raises:
            KernelError: One cannot be sent.
        """
        self._do(settle_code())
        for name in files_of(self._work):
            content = read_made(self._work, name)
            for start in range(0, max(len(content), 1), _PART):
                code = store_code(name, content[start : start + _PART], first=start == 0)
                if self._do(code) is None:
                    raise KernelError(f"the file {name} cannot be sent to the kernel")

    def fetch(self, report: Mapping[str, object]) -> str:
        """Fetch the files that a cell made or changed.

        Args:
            report: What the kernel says of the cell.

        Returns:
            What was left behind, in words; empty for nothing.
        """
        listed = report.get("files")
        left: list[str] = []
        for entry in listed[:_FILES] if isinstance(listed, list) else []:
            match entry:
                case [str(name), int(size)] if not isinstance(size, bool):
                    if not self._fetch_one(name, size):
                        left.append(name[:100])
        if not left:
            return ""
        more = f" and {len(left) - 3} more" if len(left) > 3 else ""
        return f"Not fetched from the kernel's machine: {', '.join(left[:3])}{more}."

    def take(self, name: str, part: bytes, first: bool) -> None:
        """Take a part of a file that the kernel sends, since a host function is asked about it.

        Raises:
            KernelError: The name has no sense, or the file is too large.
        """
        self._room -= len(part)
        if self._room < 0:
            raise KernelError(f"{name[:100]!r} is too large to be sent to the host")
        write_made(self._work, name, part, first=first)

    def _fetch_one(self, name: str, size: int) -> bool:
        if not 0 <= size <= min(self._limits.file_size, self._room):
            return False
        self._room -= size
        try:
            write_made(self._work, name, b"", first=True)
            for start in range(0, size, _PART):
                told = (self._do(part_code(name, start, _PART)) or {}).get("part")
                part = base64.b64decode(told, validate=True) if isinstance(told, str) else b""
                if not part or len(part) > _PART:
                    return False
                write_made(self._work, name, part, first=False)
        except (KernelError, binascii.Error, ValueError):
            return False
        return True

    def _do(self, code: str) -> Mapping[str, object] | None:
        """Run code of ours; gives its report, None where it failed."""
        exchange = Exchange(self._kernel, Transcript(0), self._limits, {})
        outcome = exchange.run(execute(code, silent=True), self._limits.start_seconds)
        return report_of(outcome.reply) if outcome.reply.get("status") == "ok" else None
