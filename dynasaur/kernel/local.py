"""One running kernel on this machine: started, watched and ended through jupyter_client."""

from __future__ import annotations

import contextlib
import signal
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from dynasaur.errors import KernelError
from dynasaur.kernel.limits import Limits
from dynasaur.kernel.usage import excess_of
from dynasaur.kernel.wire import Wire, ZmqWire

_SIGNAL_BASE = 128


class LocalKernel:
    """One running kernel on this machine.

    Args:
        work: Its work folder.
        limits: What it may use.
        tier: The tier of the sandbox.

    Raises:
        KernelError: It cannot be started.
    """

    def __init__(self, work: Path, limits: Limits, tier: str) -> None:
        from jupyter_client.manager import KernelManager

        from dynasaur.kernel.provisioner import OneSpec

        self._work = work
        self._limits = limits
        differing = {k: v for k, v in asdict(limits).items() if v != asdict(Limits())[k]}
        self._manager: Any = KernelManager(kernel_spec_manager=OneSpec(tier, differing))
        try:
            self._manager.start_kernel(cwd=str(work))
        except (OSError, RuntimeError, ValueError) as error:
            self.kill()
            raise KernelError(f"the kernel cannot be started: {error}") from error
        self.wire: Wire = ZmqWire(self._manager)
        self._next_look = 0.0
        self._provisioner = cast(Any, self._manager.provisioner)
        self._process = self._provisioner.process

    def alive(self) -> bool:
        """The process runs."""
        return self._process.poll() is None

    def cause_of_death(self) -> str:
        """How the dead process ended, in words."""
        code = self._process.poll()
        if code is None:
            return "ended itself"
        number = -code if code < 0 else code - _SIGNAL_BASE
        if number > 0:
            with contextlib.suppress(ValueError):
                name = signal.Signals(number).name
                hint = ", perhaps because memory ran out" if name == "SIGKILL" else ""
                return f"was ended by {name}{hint}"
        return f"ended with exit code {code}"

    def complaint(self) -> str:
        """What its start wrote to stderr."""
        return str(self._provisioner.complaint())

    def excess(self) -> str:
        """What it uses too much of, in words; empty while all is within the limits."""
        now = time.monotonic()
        if now < self._next_look:
            return ""
        found, cost = excess_of(self._process.pid, self._work, self._limits)
        # Looking must not take more than a small part of the time.
        self._next_look = now + max(0.5, 20 * cost)
        return found

    def kill(self) -> None:
        """End it and all it started; safe to call again."""
        if hasattr(self, "wire"):
            self.wire.close()
        with contextlib.suppress(RuntimeError):
            self._manager.shutdown_kernel(now=True)
