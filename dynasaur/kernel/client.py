"""The kernel as the agent sees it: code in, observation out, whatever the code does."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from dynasaur.errors import ActionError
from dynasaur.kernel.complaints import loading_failed
from dynasaur.kernel.inside.extension import SAVE
from dynasaur.kernel.keeping import Kept
from dynasaur.kernel.kept import lent, restored_of
from dynasaur.kernel.observe import GONE, no_network, observe
from dynasaur.kernel.requests import (
    load_code,
    report_of,
    restore_code,
    save_code,
    supply_code,
)
from dynasaur.kernel.transcript import Transcript
from dynasaur.types import Module, Observation, Restored


class JupyterKernel(Kept):
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
        packages: A folder that the kernel may read, with folders of packages in it.
        site: The one of them that is on its path from the start; see `supply`.
    """

    def execute(
        self,
        code: str,
        *,
        timeout: float | None = None,
        sent: Callable[[], None] | None = None,
    ) -> Observation:
        """Run a cell and see it through to its end.

        Args:
            code: The cell.
            timeout: Seconds it may take; the limit of the kernel where None.
            sent: Called once the cell is on its way.

        Raises:
            KernelError: The kernel cannot be started.
        """
        seconds = self._limits.cell_seconds if timeout is None else timeout
        transcript = Transcript(self._limits.images)
        started = time.monotonic()
        outcome = self._run(code, transcript, seconds, silent=False, sent=sent)
        taken = time.monotonic() - started
        lost, self._lost = self._lost, ""
        report = report_of(outcome.reply)
        gone = report.get("gone")
        self._there -= set(map(str, gone)) if isinstance(gone, list) else self._there
        left = self._files.fetch(report) if self._files is not None and outcome.reply else ""
        refusals = self._kernel.refusals() if self._kernel is not None else ()
        ended = self._end_of(outcome)
        return observe(
            outcome,
            transcript,
            seconds=taken,
            limit=seconds,
            death=ended,
            before=lost,
            more=f"{no_network(self._where.network, report, refusals)} {left}".strip(),
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
        if not new and names.keys() <= self._there:
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
            self._there.update(names)
            return tuple(str(name) for name in bound)
        raise ActionError(loading_failed(names, report, death or outcome.stopped))

    def snapshot(self, step: int, *, wait: bool = False) -> None:
        """Save the variables as they are after a step; returns at once, unless told to wait.

        The kernel is asked when it has nothing else to do, and a fork of it does the work. A
        kernel on another machine, whose files are not seen from here, saves nothing.
        """
        kernel = self._kernel
        if kernel is None or not self._ready or self._files is not None:
            return
        if not wait:
            kernel.wire.send("shell", SAVE, {"step": step})
        elif kernel.alive():
            code, seconds = save_code(step), self._limits.start_seconds
            self._end_of(self._run(code, Transcript(0), seconds, silent=True))

    def restore(self) -> Restored | None:
        """Bring back the variables that a kernel in this work folder saved.

        Returns:
            What came back; None where nothing was saved.

        Raises:
            KernelError: The kernel cannot be started.
        """
        self._await_ready()
        if self._files is not None:
            return None
        with lent(self._work) as found:
            if not found:
                return None
            seconds = self._limits.start_seconds
            outcome = self._run(restore_code(), Transcript(0), seconds, silent=True)
            trouble = self._end_of(outcome) or outcome.stopped
            return restored_of(report_of(outcome.reply), trouble)

    def supply(self, site: Path) -> tuple[str, ...]:
        """Put a folder of packages on the kernel's path, now and whenever it starts anew.

        Args:
            site: The folder, below the one that the kernel was given to read.

        Returns:
            Names that are imported already from elsewhere: they stay what they are until the
            kernel starts anew.

        Raises:
            KernelError: The kernel cannot be started.
        """
        if not self._where.ours or site == self._site:
            return ()
        if self._kernel is None:
            self._site = site
            return ()
        self._await_ready()
        seconds = self._limits.start_seconds
        outcome = self._run(supply_code(site), Transcript(0), seconds, silent=True)
        self._site = site
        death = self._end_of(outcome)
        if death:
            self._lost = f"{death} while packages were added. {GONE}"
        stale = report_of(outcome.reply).get("stale")
        return tuple(map(str, stale)) if isinstance(stale, list) else ()
