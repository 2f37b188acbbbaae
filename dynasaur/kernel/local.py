"""One running kernel on this machine: started, watched and ended through jupyter_client."""

from __future__ import annotations

import contextlib
import signal
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dynasaur.errors import KernelError, UsageError
from dynasaur.kernel.limits import Limits
from dynasaur.kernel.usage import excess_of
from dynasaur.kernel.wire import Wire, ZmqWire
from dynasaur.proxy.refusal import Refusal

_SIGNAL_BASE = 128


class LocalKernel:
    """A kernel that jupyter_client starts.

    Args:
        manager: Its manager, not started.
        work: Its work folder.
        limits: What it may use; None where somebody else's provisioner sees to that.

    Raises:
        KernelError: It cannot be started.
    """

    remote = False

    def __init__(self, manager: Any, work: Path, limits: Limits | None) -> None:
        self._manager = manager
        self._work = work
        self._limits = limits
        self._next_look = 0.0
        try:
            manager.start_kernel(cwd=str(work))
        except (OSError, RuntimeError, ValueError) as error:
            self.kill()
            raise KernelError(f"the kernel cannot be started: {error}") from error
        self.wire: Wire = ZmqWire(manager)
        # Ours has a process, of which more can be said; others' may have none.
        self._process: Any = getattr(manager.provisioner, "process", None)

    def alive(self) -> bool:
        """The process runs."""
        return bool(self._manager.is_alive())

    def interrupt(self) -> None:
        """Ask its cell to stop."""
        with contextlib.suppress(OSError, RuntimeError):
            self._manager.interrupt_kernel()

    def cause_of_death(self) -> str:
        """How the dead process ended, in words."""
        code = self._process.poll() if hasattr(self._process, "poll") else None
        if code is None:
            return "died"
        number = -code if code < 0 else code - _SIGNAL_BASE
        if number > 0:
            with contextlib.suppress(ValueError):
                name = signal.Signals(number).name
                hint = ", perhaps because memory ran out" if name == "SIGKILL" else ""
                return f"was ended by {name}{hint}"
        return f"ended with exit code {code}"

    def complaint(self) -> str:
        """What its start wrote to stderr."""
        complaint = getattr(self._manager.provisioner, "complaint", None)
        return str(complaint()) if complaint is not None else ""

    def refusals(self) -> tuple[Refusal, ...]:
        """What its proxy refused since the last call; nothing where it has none."""
        refusals = getattr(self._manager.provisioner, "refusals", None)
        return tuple(refusals()) if refusals is not None else ()

    def excess(self) -> str:
        """What it uses too much of, in words; empty while all is within the limits."""
        now = time.monotonic()
        if self._limits is None or now < self._next_look:
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


def sandboxed(
    work: Path, limits: Limits, tier: str, *, network: str, packages: Path | None
) -> LocalKernel:
    """A kernel of ours.

    Args:
        work: Its work folder.
        limits: What it may use.
        tier: The tier of the sandbox.
        network: What it may reach.
        packages: A folder of packages that it may read.

    Raises:
        KernelError: It cannot be started.
    """
    from jupyter_client.manager import KernelManager

    from dynasaur.kernel.provisioner import OneSpec

    differing = {k: v for k, v in asdict(limits).items() if v != asdict(Limits())[k]}
    shown = str(packages) if packages is not None else ""
    spec = OneSpec(tier, differing, network=network, packages=shown)
    return LocalKernel(KernelManager(kernel_spec_manager=spec), work, limits)


def named(work: Path, name: str) -> LocalKernel:
    """A kernel of an installed kernelspec, run by whatever provisioner that names.

    Args:
        work: The folder that it is started in.
        name: The kernelspec's name.

    Raises:
        UsageError: There is no such kernelspec, or its provisioner is not installed.
        KernelError: It cannot be started.
    """
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
    from jupyter_client.manager import KernelManager

    specs = KernelSpecManager()
    try:
        specs.get_kernel_spec(name)
    except NoSuchKernel as error:
        if name in specs.find_kernel_specs():
            raise UsageError(
                f"the kernel {name!r} cannot be used: install the provisioner that it names"
            ) from error
        known = ", ".join(sorted(specs.find_kernel_specs())) or "none"
        raise UsageError(f"no kernel {name!r} is installed; there are: {known}") from error
    return LocalKernel(KernelManager(kernel_name=name, kernel_spec_manager=specs), work, None)
