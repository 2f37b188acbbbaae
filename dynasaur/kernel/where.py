"""Where the code runs: as the user chose, and what the user must know of that choice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dynasaur.errors import UsageError
from dynasaur.kernel.boxed import BoxedKernel
from dynasaur.kernel.limits import Limits
from dynasaur.kernel.running import Running
from dynasaur.kernel.tiers import WARNING
from dynasaur.proxy.allowed import ALLOW, Allowed, check_network

FULL = "the code of the model may use the network, and reach services of this machine"


@dataclass(frozen=True, slots=True)
class Where:
    """Where the code runs.

    Attributes:
        sandbox: The tier of our own sandbox, or `auto`.
        network: What the code may reach: `none`, `allow=DOMAIN[,DOMAIN...]` or `full`.
        gateway: The address of a Jupyter gateway; empty for this machine.
        kernel_name: The kernelspec, here or on the gateway; ours where empty.
        packages: A folder of packages that it may read besides Python's own.

    Raises:
        UsageError: The network has no sense, or not there; the address is none.
    """

    sandbox: str = "auto"
    network: str = "none"
    gateway: str = ""
    kernel_name: str = ""
    packages: Path | None = None

    def __post_init__(self) -> None:
        check_network(self.network)
        if self.gateway:
            from dynasaur.kernel.gateway import check_address

            check_address(self.gateway)
        if self.network.startswith(ALLOW) and not self.ours:
            raise UsageError(
                "--network allow=... holds in the sandbox of dynasaur alone: it says nothing to "
                "a kernel of --gateway or --kernel"
            )

    @property
    def ours(self) -> bool:
        """In our own sandbox, on this machine."""
        return not (self.gateway or self.kernel_name)

    @property
    def warning(self) -> str:
        """What a user must know of it; empty where code is shut in by a sandbox of ours."""
        if self.gateway:
            return f"the code runs on {self.gateway}, in whatever confinement that gives it"
        if self.kernel_name:
            return f"the kernel {self.kernel_name!r} is not in the sandbox of dynasaur"
        if self.sandbox == "none":
            return WARNING
        if self.network.startswith(ALLOW):
            allowed = ", ".join(map(str, Allowed.parse(self.network).domains))
            return f"the code of the model may reach {allowed}, and send there what it has"
        return FULL if self.network == "full" else ""

    def launch(self, work: Path, limits: Limits, extension: str) -> Running:
        """Start a kernel there.

        Args:
            work: Its work folder.
            limits: What it may use.
            extension: The code that a kernel of ours runs before it serves.

        Raises:
            UsageError: There is no such tier or kernelspec.
            KernelError: It cannot be started.
        """
        if self.gateway:
            from dynasaur.kernel.gateway import GatewayKernel

            return GatewayKernel(self.gateway, self.kernel_name)
        if self.kernel_name:
            from dynasaur.kernel.local import named

            return named(work, self.kernel_name)
        return BoxedKernel(
            work,
            limits,
            self.sandbox,
            network=self.network,
            packages=self.packages,
            extension=extension,
        )
