"""One kernel kept running: started, watched, started anew when it has died, ended."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from dynasaur.errors import KernelError
from dynasaur.kernel.complaints import start_failed
from dynasaur.kernel.exchange import Close, Exchange, Outcome, synchronise
from dynasaur.kernel.kept import collect
from dynasaur.kernel.limits import Limits
from dynasaur.kernel.observe import GONE
from dynasaur.kernel.remote import Files, Opening
from dynasaur.kernel.requests import (
    HostFunction,
    asked_to_exit,
    execute,
    install_code,
    ready_code,
    supply_code,
)
from dynasaur.kernel.running import Running
from dynasaur.kernel.tiers import doubted
from dynasaur.kernel.transcript import Transcript
from dynasaur.kernel.where import Where

_HEARD = 10.0
"""Seconds that the first output of a kernel may take to reach us."""

_ROOM = 500_000
"""Characters of a cell's output that a kernel sends as they come."""

_ROOM_REMOTE = 200_000
"""The same of a remote one: a Jupyter server drops what exceeds about a megabyte a second."""


class Kept:
    """A kernel, and what sees to it that there is one; see `JupyterKernel`."""

    def __init__(
        self,
        work: Path,
        *,
        functions: Mapping[str, HostFunction] | None = None,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        sandbox: str = "auto",
        network: str = "none",
        gateway: str = "",
        kernel_name: str = "",
        packages: Path | None = None,
        site: Path | None = None,
    ) -> None:
        self._work = work
        self._functions = dict(functions or {})
        self._limits = limits
        self._where = Where(sandbox, network, gateway, kernel_name, packages)
        self._kernel: Running | None = None
        self._ready = False
        self._sent: dict[str, str] = {}
        self._there: set[str] = set()
        self._lost = ""
        self._running: Exchange | None = None
        self._opening: Opening | None = None
        self._setup: Exchange | None = None
        self._connecting = threading.Lock()
        self._files: Files | None = None
        self._site = site

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Launch the kernel and return at once; the first cell waits until it is ready.

        Raises:
            KernelError: It cannot be launched.
        """
        if self._kernel is not None or self._opening is not None:
            return
        self._ready = False
        self._sent = {}
        self._there = set()
        self._setup = None
        if self._where.gateway:
            self._opening = Opening(lambda: self._where.launch(self._work, self._limits, ""))
        else:
            self._kernel = self._launched()

    def _launched(self) -> Running:
        """A launched kernel; where a tier of the sandbox was only remembered, at the second try."""
        extension = install_code(self._functions, _ROOM) if self._where.ours else ""
        try:
            return self._where.launch(self._work, self._limits, extension)
        except KernelError:
            if self._where.ours and doubted():
                return self._where.launch(self._work, self._limits, extension)
            raise

    def reach(self) -> None:
        """Connect to the kernel that was started; for a thread of its own.

        What goes wrong is told by the first cell, for which it is done anew.
        """
        with self._connecting, contextlib.suppress(Exception):
            if self._kernel is not None and self._setup is None:
                self._connect(self._kernel)

    def _connect(self, kernel: Running) -> Exchange:
        """Send our extension, which a kernel of ours has already: then see that it is there.

        It waits at the kernel's door, and is done by the first cell.
        """
        setup = Exchange(kernel, Transcript(0), self._limits, {}, silence=0.05)
        room = _ROOM_REMOTE if kernel.remote else _ROOM
        code = ready_code() if self._where.ours else install_code(self._functions, room)
        setup.send(execute(code, silent=True))
        if self._site is not None and self._where.ours:
            # Served in its turn; what it replies is nobody's.
            content = execute(supply_code(self._site), silent=True)
            kernel.wire.send("shell", "execute_request", content)
        self._setup = setup
        return setup

    @property
    def warning(self) -> str:
        """What a user must know of where the code runs; empty in a sandbox of ours."""
        return self._where.warning

    def close(self) -> None:
        """End the kernel and everything it started."""
        opening, self._opening = self._opening, None
        if opening is not None:
            opening.abandon()
        with self._connecting:
            kernel, self._kernel = self._kernel, None
        self._files = None
        if kernel is not None:
            kernel.kill()

    def stop(self, reason: str) -> bool:
        """Have the running cell stopped, as at its time limit; safe in a signal handler.

        Returns:
            Whether one is running.
        """
        if self._running is None:
            return False
        self._running.stop(reason)
        return True

    def _run(
        self,
        code: str,
        transcript: Transcript,
        seconds: float,
        *,
        silent: bool,
        sent: Callable[[], None] | None = None,
    ) -> Outcome:
        if self._ready and self._kernel is not None and not self._kernel.alive():
            # It is not this cell's doing, so this cell still gets its turn.
            self._lost = f"The kernel {self._kernel.cause_of_death()} between two cells. {GONE}"
            self._restart()
        kernel = self._await_ready()
        if not silent:
            collect(self._work)
        take = self._files.take if self._files is not None else None
        exchange = Exchange(kernel, transcript, self._limits, self._functions, take=take)
        self._running = exchange
        try:
            exchange.send(execute(code, silent=silent))
            if sent is not None:
                sent()
            outcome = exchange.finish(seconds)
            if not outcome.heard and outcome.close is Close.REPLIED:
                kernel.wire.resubscribe()
                synchronise(kernel, _HEARD)
            return outcome  # noqa: TRY300 - what an interrupt hits is all of this
        except BaseException:
            # The cell goes on without us: nothing of this kernel can be trusted to be in step.
            self._restart()
            self._lost = f"The last cell was interrupted and the kernel restarted. {GONE}"
            raise
        finally:
            self._running = None

    def _end_of(self, outcome: Outcome) -> str:
        """Restart a kernel that is no longer of use, and say why; empty while it is."""
        assert self._kernel is not None
        if outcome.close is Close.REPLIED and not asked_to_exit(outcome.reply):
            return ""
        if outcome.close is Close.UNRESPONSIVE:
            why = "The kernel did not react to an interrupt and was killed and restarted"
        elif outcome.close is Close.DIED:
            why = f"The kernel {self._kernel.cause_of_death()} and was restarted"
        else:
            why = "exit() ended the kernel, which was restarted"
        self._restart()
        return why

    def _restart(self) -> None:
        self.close()
        self.start()

    def _await_ready(self) -> Running:
        """The kernel, our extension in it, its output reaching us."""
        self.start()
        if self._opening is not None:
            opening, self._opening = self._opening, None
            self._kernel = opening.result()
        assert self._kernel is not None
        if self._ready:
            return self._kernel
        kernel = self._kernel
        with self._connecting:
            setup = self._setup or self._connect(kernel)
        outcome = setup.finish(self._limits.start_seconds)
        done = outcome.reply.get("status") == "ok"
        heard = done and (outcome.heard or synchronise(kernel, _HEARD))
        if not heard or not kernel.wire.connect(_HEARD):
            problem = start_failed(kernel, outcome)
            self.close()
            if self._where.ours and doubted():
                return self._await_ready()
            raise KernelError(problem)
        files = Files(kernel, self._work, self._limits)
        if kernel.remote or (self._where.kernel_name and files.needed()):
            files.send()
            self._files = files
        self._ready = True
        return kernel
