"""The jupyter_client provisioner that runs a kernel in the sandbox.

Any user of jupyter_client (nbclient, papermill, a gateway) gets the sandbox by naming this
provisioner in a kernelspec. Our own client starts the same box without a manager around it.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Dict, Unicode

from dynasaur.kernel.box import Box
from dynasaur.kernel.enclosure import Launch
from dynasaur.kernel.limits import Limits
from dynasaur.proxy.refusal import Refusal

NAME = "dynasaur-sandbox"
"""The name by which kernelspecs ask for it."""


class SandboxProvisioner(LocalProvisioner):
    """Runs ipykernel in an enclosure, with its sockets in a private folder.

    Attributes:
        tier: The tier of the sandbox, or `auto`.
        limits: The fields of `Limits` that differ from the default.
        network: What the kernel may reach: `none`, `allow=DOMAIN[,DOMAIN...]` or `full`.
        packages: A folder of packages that it may read; empty for none.
    """

    tier = Unicode("auto")
    limits = Dict()
    network = Unicode("none")
    packages = Unicode("")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._box: Box | None = None
        self._launch: Launch | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Make the private folder, write the connection file, say what to run."""
        if self._box is None:
            self._box = Box(
                Path(kwargs.get("cwd") or Path.cwd()).resolve(),
                tier=self.tier,
                limits=Limits(**self.limits),
                network=self.network,
                packages=Path(self.packages) if self.packages else None,
                sure=True,
            )
        manager: Any = self.parent
        manager.transport = "ipc"
        manager.ip = str(self._box.place.sockets / "k")
        manager.connection_file = str(self._box.place.connection)
        kwargs = await super().pre_launch(**kwargs)
        self._launch = self._box.launch()
        return {**kwargs, "cmd": list(self._launch.argv), "env": self._launch.env}

    async def launch_kernel(self, cmd: list[str], **_: Any) -> Any:
        """Start the process."""
        del cmd
        assert self._box is not None
        assert self._launch is not None
        self.process = self._box.start(self._launch)
        self.pid = self.pgid = self.process.pid
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """End the kernel and everything it started."""
        del restart
        if self._box is not None:
            await asyncio.to_thread(self._box.end)

    async def terminate(self, restart: bool = False) -> None:
        """End the kernel; there is no gentler way that it could not refuse."""
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the private folder."""
        await super().cleanup(restart)
        if self._box is not None and not restart:
            self._box.remove()
            self._box = None

    def refusals(self) -> tuple[Refusal, ...]:
        """What the proxy refused since the last call."""
        return self._box.refusals() if self._box is not None else ()

    def complaint(self) -> str:
        """What the kernel's start wrote to stderr: why it failed, when it did."""
        return self._box.complaint() if self._box is not None else ""
