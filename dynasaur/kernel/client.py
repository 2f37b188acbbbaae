"""The kernel as the agent sees it: code in, observation out, whatever the code does."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from dynasaur.errors import ActionError, KernelError
from dynasaur.kernel.exchange import Close, Exchange, Outcome, synchronise
from dynasaur.kernel.limits import Limits
from dynasaur.kernel.made import files_of, read_made
from dynasaur.kernel.observe import GONE, no_network, observe
from dynasaur.kernel.requests import (
    HostFunction,
    asked_to_exit,
    execute,
    install_code,
    load_code,
    report_of,
    store_code,
)
from dynasaur.kernel.running import Running
from dynasaur.kernel.transcript import Transcript
from dynasaur.kernel.where import Where
from dynasaur.types import Module, Observation

_HEARD = 10.0
"""Seconds that the first output of a kernel may take to reach us."""

_PART = 2_000_000
"""Bytes of a file that are sent at once."""


class JupyterKernel:
    """One kernel with a work folder of its own; it starts anew by itself when it has died.

    Use it as a context manager, or call `start` and `close`. It belongs to one thread, which must
    live as long as the kernel: the sandbox ends the kernel with the thread that started it.

    Args:
        work: The work folder, the kernel's current folder.
        functions: The host functions that the kernel may call: name to function.
        limits: What the kernel may use.
        sandbox: `auto`, a tier of the sandbox, or `none`.
        network: `none`, `allow=DOMAIN[,DOMAIN...]`, or `full`: all that this machine reaches, its
            own services among it.
        gateway: The address of a Jupyter gateway to run on, instead of this machine.
        kernel_name: The kernelspec to use, here or on the gateway; ours where empty.
        packages: A folder of packages that the kernel may read; see `supply`.
    """

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
    ) -> None:
        self._work = work
        self._functions = dict(functions or {})
        self._limits = limits
        self._where = Where(sandbox, network, gateway, kernel_name, packages)
        self._kernel: Running | None = None
        self._ready = False
        self._sent: dict[str, str] = {}
        self._lost = ""
        self._running: Exchange | None = None

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
        if self._kernel is None:
            self._ready = False
            self._sent = {}
            self._kernel = self._where.launch(self._work, self._limits)
            # It waits at the kernel's door, and is done by the time of the first cell.
            self._setup = Exchange(self._kernel, Transcript(0), self._limits, {}, silence=0.05)
            code = install_code(self._functions, _room(self._kernel))
            self._setup.send(execute(code, silent=True))

    @property
    def warning(self) -> str:
        """What a user must know of where the code runs; empty in a sandbox of ours."""
        return self._where.warning

    def close(self) -> None:
        """End the kernel and everything it started."""
        kernel, self._kernel = self._kernel, None
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

    def execute(self, code: str, *, timeout: float | None = None) -> Observation:
        """Run a cell and see it through to its end.

        Args:
            code: The cell.
            timeout: Seconds it may take; the limit of the kernel where None.

        Raises:
            KernelError: The kernel cannot be started.
        """
        seconds = self._limits.cell_seconds if timeout is None else timeout
        transcript = Transcript(self._limits.images)
        started = time.monotonic()
        outcome = self._run(code, transcript, seconds, silent=False)
        taken = time.monotonic() - started
        lost, self._lost = self._lost, ""
        refusals = self._kernel.refusals() if self._kernel is not None else ()
        ended = self._end_of(outcome)
        return observe(
            outcome,
            transcript,
            seconds=taken,
            limit=seconds,
            death=ended,
            before=lost,
            network=no_network(self._where.network, report_of(outcome.reply), refusals),
        )

    def load(self, modules: Sequence[Module], names: Mapping[str, str]) -> tuple[str, ...]:
        """Make modules importable in the kernel, then bind names to their actions.

        Args:
            modules: The modules; those the kernel has already are not sent again.
            names: Name to the full name of the module whose action it is. A name that the
                kernel's namespace has already is left as it is.

        Returns:
            The names bound by this call.

        Raises:
            ActionError: A module cannot be imported.
            KernelError: The kernel cannot be started.
        """
        self._await_ready()
        new = [module for module in modules if self._sent.get(module.name) != module.text]
        if not new and not names:
            return ()
        transcript = Transcript(0)
        seconds = self._limits.cell_seconds
        outcome = self._run(load_code(new, names), transcript, seconds, silent=True)
        death = self._end_of(outcome)
        if death:
            self._lost = f"{death} while actions were loaded. {GONE}"
        report = report_of(outcome.reply)
        bound = report.get("bound")
        if not death and not outcome.stopped and isinstance(bound, list):
            self._sent.update({module.name: module.text for module in new})
            return tuple(str(name) for name in bound)
        raise ActionError(_loading_failed(names, report, death or outcome.stopped))

    def _run(self, code: str, transcript: Transcript, seconds: float, *, silent: bool) -> Outcome:
        if self._ready and self._kernel is not None and not self._kernel.alive():
            # It is not this cell's doing, so this cell still gets its turn.
            self._lost = f"The kernel {self._kernel.cause_of_death()} between two cells. {GONE}"
            self._restart()
        kernel = self._await_ready()
        exchange = Exchange(kernel, transcript, self._limits, self._functions)
        self._running = exchange
        try:
            outcome = exchange.run(execute(code, silent=silent), seconds)
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
        assert self._kernel is not None
        if self._ready:
            return self._kernel
        kernel = self._kernel
        outcome = self._setup.finish(self._limits.start_seconds)
        done = outcome.reply.get("status") == "ok"
        heard = done and (outcome.heard or synchronise(kernel, _HEARD))
        if not heard or not kernel.wire.connect(_HEARD):
            problem = _start_failed(kernel, outcome)
            self.close()
            raise KernelError(problem)
        if kernel.remote:
            self._send_files(kernel)
        self._ready = True
        return kernel

    def _send_files(self, kernel: Running) -> None:
        """Give a remote kernel the files of the work folder, which it does not see."""
        for name in files_of(self._work):
            content = read_made(self._work, name)
            for start in range(0, max(len(content), 1), _PART):
                code = store_code(name, content[start : start + _PART], first=start == 0)
                exchange = Exchange(kernel, Transcript(0), self._limits, {})
                outcome = exchange.run(execute(code, silent=True), self._limits.start_seconds)
                if outcome.reply.get("status") != "ok":
                    raise KernelError(f"the file {name} cannot be sent to the kernel")


def _room(kernel: Running) -> int:
    """Characters of output: a Jupyter server drops what exceeds about a megabyte a second."""
    return 200_000 if kernel.remote else 500_000


def _start_failed(kernel: Running, outcome: Outcome) -> str:
    complaint = " ".join(kernel.complaint().splitlines()[-3:])
    if outcome.close is Close.DIED:
        return f"the kernel {kernel.cause_of_death()} while starting: {complaint or 'no message'}"
    if outcome.reply:
        return f"the kernel refused its set-up: {outcome.reply.get('evalue', '')}"
    return f"the kernel did not become ready in time; {complaint or 'it says nothing'}"


def _loading_failed(names: Mapping[str, str], report: Mapping[str, object], trouble: str) -> str:
    what = ", ".join(names) or "modules"
    error = report.get("error")
    if isinstance(error, Mapping):
        return f"cannot load {what}: {error.get('type')}: {error.get('message')}"
    return f"cannot load {what}: {trouble or 'the kernel did not say why'}"
