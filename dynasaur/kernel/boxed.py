"""Our own kernel in its sandbox: the process first, what speaks with it when it is needed.

Loading jupyter_client takes as long as a quarter of a kernel's start: the kernel starts meanwhile.
"""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dynasaur.errors import KernelError
from dynasaur.kernel.box import Box
from dynasaur.kernel.limits import Limits
from dynasaur.kernel.local import ended_by
from dynasaur.kernel.usage import excess_of
from dynasaur.kernel.wire import ZmqWire
from dynasaur.proxy.refusal import Refusal

if TYPE_CHECKING:
    from jupyter_client.session import Session


@dataclass(frozen=True, slots=True)
class Ends:
    """Where a kernel's sockets are, as its connection file says; see `ZmqWire`."""

    ip: str
    session: Session
    transport: str = "ipc"
    shell_port: int = 1
    iopub_port: int = 2
    stdin_port: int = 3
    hb_port: int = 4
    control_port: int = 5


class BoxedKernel:
    """A kernel of ours, in a box of its own.

    Args:
        work: Its work folder.
        limits: What it may use.
        tier: The tier of the sandbox, or `auto`.
        network: What it may reach.
        packages: A folder of packages that it may read.
        extension: The code that it runs before it serves.

    Raises:
        UsageError: There is no such tier, or not with this network.
        KernelError: It cannot be started.
    """

    remote = False

    def __init__(
        self,
        work: Path,
        limits: Limits,
        tier: str,
        *,
        network: str,
        packages: Path | None,
        extension: str,
    ) -> None:
        self._work = work.resolve()
        self._limits = limits
        self._next_look = 0.0
        self._key = secrets.token_hex(32)
        self._box = Box(self._work, tier=tier, limits=limits, network=network, packages=packages)
        try:
            self._write_connection(extension)
            self._process = self._box.start(self._box.launch())
        except (OSError, ValueError) as error:
            self._box.remove()
            raise KernelError(f"the kernel cannot be started: {error}") from error

    @property
    def _ip(self) -> str:
        return str(self._box.place.sockets / "k")

    def _write_connection(self, extension: str) -> None:
        """Jupyter's connection file, which no other user may read; the launcher reads it, too."""
        ports = {name: field.default for name, field in Ends.__dataclass_fields__.items()}
        told = {name: value for name, value in ports.items() if name.endswith("_port")}
        told |= {"transport": "ipc", "ip": self._ip, "key": self._key}
        told |= {"signature_scheme": "hmac-sha256", "kernel_name": "dynasaur"}
        told["extension"] = extension
        self._box.place.connection.touch(mode=0o600)
        self._box.place.connection.write_text(json.dumps(told), encoding="utf-8")

    @cached_property
    def wire(self) -> ZmqWire:
        """The way to it, opened when it is first asked for."""
        from dynasaur.kernel.launcher import lighten_client

        lighten_client()
        from jupyter_client.session import Session

        return ZmqWire(Ends(self._ip, Session(key=self._key.encode())))

    def alive(self) -> bool:
        """The process runs."""
        return self._process.poll() is None

    def interrupt(self) -> None:
        """Ask its cell to stop."""
        self.wire.send("control", "interrupt_request", {})

    def cause_of_death(self) -> str:
        """How the dead process ended, in words."""
        return ended_by(self._process.poll())

    def complaint(self) -> str:
        """What its start wrote to stderr."""
        return self._box.complaint()

    def refusals(self) -> tuple[Refusal, ...]:
        """What its proxy refused since the last call; nothing where it has none."""
        return self._box.refusals()

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
        self._box.end()
        if "wire" in self.__dict__:
            self.wire.close()
            del self.__dict__["wire"]
        self._box.remove()
