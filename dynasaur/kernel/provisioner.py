"""The jupyter_client provisioner that runs a kernel in the sandbox.

Any user of jupyter_client (nbclient, papermill, a gateway) gets the sandbox by naming this
provisioner in a kernelspec; our own client does just that.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import tempfile
import time
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, cast

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Dict, Unicode

from dynasaur.kernel.enclosure import Launch, Place, Tier, launch
from dynasaur.kernel.limits import Limits
from dynasaur.kernel.ownership import hand_over, ordinary_user
from dynasaur.kernel.private import private_folder, remove
from dynasaur.kernel.tiers import choose
from dynasaur.proxy.allowed import ALLOW, Allowed
from dynasaur.proxy.refusal import Refusal
from dynasaur.proxy.server import Proxy

NAME = "dynasaur-sandbox"
"""The name by which kernelspecs ask for it."""

_PATIENCE = 10.0
"""Seconds that a supervisor has to end what it supervises."""

_KILLED = 0.5
"""Seconds in which a killed process is looked for often."""


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
        self._place: Place | None = None
        self._launch: Launch | None = None
        self._proxy: Proxy | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Make the private folder, write the connection file, say what to run."""
        if self._place is None:
            self._place = self._arrange(Path(kwargs.get("cwd") or Path.cwd()).resolve())
        place = self._place
        manager: Any = self.parent
        manager.transport = "ipc"
        manager.ip = str(place.sockets / "k")
        manager.connection_file = str(place.connection)
        kwargs = await super().pre_launch(**kwargs)
        self._launch = launch(cast(Tier, self.tier), place)
        return {**kwargs, "cmd": list(self._launch.argv), "env": self._launch.env}

    def _arrange(self, work: Path) -> Place:
        """Make what a kernel needs of the host: its private folder, and the proxy."""
        proxied = self.network.startswith(ALLOW)
        self.tier = choose(self.tier, proxied=proxied)
        place = Place(
            work,
            private_folder(),
            Limits(**self.limits),
            ordinary_user() if self.tier != "none" else None,
            self.network == "full",
            proxied,
            Path(self.packages) if self.packages else None,
        )
        if proxied:
            place.proxy.parent.mkdir(mode=0o700)
            self._proxy = Proxy(place.proxy, Allowed.parse(self.network))
            self._proxy.start()
        return place

    async def launch_kernel(self, cmd: list[str], **_: Any) -> Any:
        """Start the process."""
        assert self._place is not None
        assert self._launch is not None
        if self._place.uid is not None:
            _give(self._place, self._place.uid)
        with (self._place.private / "log").open("wb") as log:
            try:
                self.process = subprocess.Popen(
                    cmd,
                    cwd=self._place.work,
                    env=self._launch.env,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=log,
                    pass_fds=self._launch.descriptors,
                    start_new_session=True,
                )
            finally:
                for descriptor in self._launch.descriptors:
                    os.close(descriptor)
        self.pid = self.pgid = self.process.pid
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """End the kernel and everything it started."""
        del restart
        process = self.process
        if process is None:
            return
        if self._launch is not None and self._launch.supervised:
            process.terminate()
            await _gone(process, _PATIENCE)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        # It goes in milliseconds; who waits for it by `wait` looks ten times a second only.
        await _gone(process, _KILLED)

    async def terminate(self, restart: bool = False) -> None:
        """End the kernel; there is no gentler way that it could not refuse."""
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the private folder."""
        await super().cleanup(restart)
        if self._place is not None and not restart:
            if self._place.uid is not None:
                hand_over(self._place.work, os.geteuid())
            if self._proxy is not None:
                self._proxy.close()
                self._proxy = None
            remove(self._place.private)
            self._place = None

    def refusals(self) -> tuple[Refusal, ...]:
        """What the proxy refused since the last call."""
        return self._proxy.refusals() if self._proxy is not None else ()

    def complaint(self) -> str:
        """What the kernel's start wrote to stderr: why it failed, when it did."""
        if self._place is None:
            return ""
        with contextlib.suppress(OSError):
            return (self._place.private / "log").read_text("utf-8", "replace")[-2_000:].strip()
        return ""


class OneSpec(KernelSpecManager):
    """Knows our kernelspec alone, so that nothing depends on what the user has installed.

    Args:
        tier: The tier of the sandbox.
        limits: The fields of `Limits` that differ from the default.
        network: What the kernel may reach.
        packages: A folder of packages that it may read; empty for none.
    """

    def __init__(
        self, tier: str, limits: dict[str, float], *, network: str, packages: str = ""
    ) -> None:
        super().__init__(data_dir=tempfile.gettempdir())
        self._spec = KernelSpec(
            argv=["python", "{connection_file}"],
            display_name="dynasaur",
            language="python",
            interrupt_mode="message",
            metadata={
                "kernel_provisioner": {
                    "provisioner_name": NAME,
                    "config": {
                        "tier": tier,
                        "limits": limits,
                        "network": network,
                        "packages": packages,
                    },
                }
            },
        )
        register()

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Our kernelspec, whatever the name."""
        del kernel_name
        return self._spec


def register() -> None:
    """Make the provisioner known in this process, also where its entry point is not installed."""
    group = KernelProvisionerFactory.GROUP_NAME
    entry = EntryPoint(NAME, f"{__name__}:SandboxProvisioner", group)
    KernelProvisionerFactory.instance().provisioners.setdefault(NAME, entry)


async def _gone(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait until a process has ended, or the time is up."""
    ends = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < ends:
        await asyncio.sleep(0.002)


def _give(place: Place, uid: int) -> None:
    """Let the kernel's user into what it is given, when that is not who the host is."""
    place.private.chmod(0o711)
    given = [place.work, place.sockets, place.scratch]
    for folder in [*given, place.proxy.parent] if place.proxied else given:
        hand_over(folder, uid)
    os.chown(place.connection, uid, uid)
