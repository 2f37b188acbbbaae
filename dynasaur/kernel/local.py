"""One running kernel of an installed kernelspec, run by whatever provisioner that names."""

from __future__ import annotations

import contextlib
import signal
from pathlib import Path
from typing import Any

from dynasaur.errors import KernelError, UsageError
from dynasaur.kernel.wire import Wire, ZmqWire
from dynasaur.proxy.refusal import Refusal

_SIGNAL_BASE = 128


class LocalKernel:
    """A kernel that jupyter_client starts.

    Args:
        manager: Its manager, not started.
        work: The folder that it is started in.

    Raises:
        KernelError: It cannot be started.
    """

    remote = False

    def __init__(self, manager: Any, work: Path) -> None:
        self._manager = manager
        try:
            manager.start_kernel(cwd=str(work))
        except (OSError, RuntimeError, ValueError) as error:
            self.kill()
            raise KernelError(f"the kernel cannot be started: {error}") from error
        self.wire: Wire = ZmqWire(manager)
        # The provisioners of others may have none.
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
        return ended_by(self._process.poll() if hasattr(self._process, "poll") else None)

    def complaint(self) -> str:
        """Nothing: what it says at its start goes where its provisioner sends it."""
        return ""

    def refusals(self) -> tuple[Refusal, ...]:
        """Nothing: it has no proxy of ours."""
        return ()

    def excess(self) -> str:
        """Nothing: its provisioner sees to its limits."""
        return ""

    def kill(self) -> None:
        """End it and all it started; safe to call again."""
        if hasattr(self, "wire"):
            self.wire.close()
        with contextlib.suppress(RuntimeError):
            self._manager.shutdown_kernel(now=True)


def ended_by(code: int | None) -> str:
    """How a process ended, by its exit code, in words that follow "the kernel"."""
    if code is None:
        return "died"
    number = -code if code < 0 else code - _SIGNAL_BASE
    if number > 0:
        with contextlib.suppress(ValueError):
            name = signal.Signals(number).name
            hint = ", perhaps because memory ran out" if name == "SIGKILL" else ""
            return f"was ended by {name}{hint}"
    return f"ended with exit code {code}"


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
    return LocalKernel(KernelManager(kernel_name=name, kernel_spec_manager=specs), work)
