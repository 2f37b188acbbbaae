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
from dynasaur.kernel.local import LocalKernel
from dynasaur.kernel.observe import GONE, observe
from dynasaur.kernel.requests import (
    HostFunction,
    asked_to_exit,
    execute,
    install_code,
    load_code,
    report_of,
)
from dynasaur.kernel.tiers import choose
from dynasaur.kernel.transcript import Transcript
from dynasaur.types import Module, Observation


class JupyterKernel:
    """One kernel with a work folder of its own; it starts anew by itself when it has died.

    Use it as a context manager, or call `start` and `close`. It belongs to one thread, which must
    live as long as the kernel: the sandbox ends the kernel with the thread that started it.

    Args:
        work: The work folder, the kernel's current folder.
        functions: The host functions that the kernel may call: name to function.
        limits: What the kernel may use.
        sandbox: `auto`, `bwrap`, `landlock` or `none`.
    """

    def __init__(
        self,
        work: Path,
        *,
        functions: Mapping[str, HostFunction] | None = None,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        sandbox: str = "auto",
    ) -> None:
        self._work = work
        self._functions = dict(functions or {})
        self._limits = limits
        self._sandbox = sandbox
        self._kernel: LocalKernel | None = None
        self._ready = False
        self._sent: dict[str, str] = {}
        self._lost = ""

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
            self._kernel = LocalKernel(self._work, self._limits, choose(self._sandbox))

    def close(self) -> None:
        """End the kernel and everything it started."""
        kernel, self._kernel = self._kernel, None
        if kernel is not None:
            kernel.kill()

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
        ended = self._end_of(outcome)
        return observe(outcome, transcript, seconds=taken, limit=seconds, death=ended, before=lost)

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
        kernel = self._await_ready()
        exchange = Exchange(
            kernel.wire, kernel.alive, transcript, self._limits, self._functions, kernel.excess
        )
        try:
            return exchange.run(execute(code, silent=silent), seconds)
        except BaseException:
            # The cell goes on without us: nothing of this kernel can be trusted to be in step.
            self._restart()
            self._lost = f"The last cell was interrupted and the kernel restarted. {GONE}"
            raise

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

    def _await_ready(self) -> LocalKernel:
        """The kernel, our extension in it, its output reaching us."""
        self.start()
        assert self._kernel is not None
        if self._ready:
            return self._kernel
        kernel = self._kernel
        exchange = Exchange(kernel.wire, kernel.alive, Transcript(0), self._limits, {}, lambda: "")
        code = install_code(self._functions)
        outcome = exchange.run(execute(code, silent=True), self._limits.start_seconds)
        installed = outcome.reply.get("status") == "ok"
        if not installed or not synchronise(kernel.wire, kernel.alive, 10):
            problem = _start_failed(kernel, outcome)
            self.close()
            raise KernelError(problem)
        self._ready = True
        return kernel


def _start_failed(kernel: LocalKernel, outcome: Outcome) -> str:
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
