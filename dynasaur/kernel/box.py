"""One kernel process of ours in its enclosure, and what the host keeps for it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from dynasaur.kernel.enclosure import Launch, Place, launch
from dynasaur.kernel.limits import Limits
from dynasaur.kernel.ownership import hand_over, ordinary_user
from dynasaur.kernel.private import private_folder, remove
from dynasaur.kernel.tiers import choose
from dynasaur.proxy.allowed import ALLOW, Allowed
from dynasaur.proxy.refusal import Refusal

if TYPE_CHECKING:
    from dynasaur.proxy.server import Proxy

_PATIENCE = 10.0
"""Seconds that a supervisor has to end what it supervises."""

_KILLED = 5.0
"""Seconds in which a killed process is gone."""


class Box:
    """An enclosure for one process, made ready; nothing runs in it yet.

    Attributes:
        place: What the process is given. Its connection file is to be written before the start.
        process: The process, once it was started.

    Args:
        work: Its work folder.
        tier: The tier of the sandbox, or `auto`.
        limits: What it may use.
        network: What it may reach: `none`, `allow=DOMAIN[,DOMAIN...]` or `full`.
        packages: A folder of packages that it may read; None for none.
        sure: Its tier is tried first, whatever an earlier program saw to work.

    Raises:
        UsageError: There is no such tier, or not with this network.
        KernelError: It does not work here.
    """

    def __init__(
        self,
        work: Path,
        *,
        tier: str,
        limits: Limits,
        network: str,
        packages: Path | None,
        sure: bool = False,
    ) -> None:
        proxied = network.startswith(ALLOW)
        self._tier = choose(tier, proxied=proxied, sure=sure)
        self.place = Place(
            work,
            private_folder(),
            limits,
            ordinary_user() if self._tier != "none" else None,
            network == "full",
            proxied,
            packages,
        )
        self.process: subprocess.Popen[bytes] | None = None
        self._supervised = False
        self._proxy: Proxy | None = None
        if proxied:
            from dynasaur.proxy.server import Proxy

            self.place.proxy.parent.mkdir(mode=0o700)
            self._proxy = Proxy(self.place.proxy, Allowed.parse(network))
            self._proxy.start()

    def launch(self) -> Launch:
        """What is to be started in it; `start` takes it, once."""
        return launch(self._tier, self.place)

    def start(self, what: Launch) -> subprocess.Popen[bytes]:
        """Start the process.

        The sandbox ends it with the thread that called this.
        """
        self._supervised = what.supervised
        try:
            if self.place.uid is not None:
                _give(self.place, self.place.uid)
            with (self.place.private / "log").open("wb") as log:
                self.process = subprocess.Popen(
                    what.argv,
                    cwd=self.place.work,
                    env=what.env,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=log,
                    pass_fds=what.descriptors,
                    start_new_session=True,
                )
        finally:
            for descriptor in what.descriptors:
                os.close(descriptor)
        return self.process

    def end(self) -> None:
        """End the process and everything it started, in a way that it cannot refuse."""
        process = self.process
        if process is None:
            return
        if self._supervised:
            process.terminate()
            _gone(process, _PATIENCE)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        _gone(process, _KILLED)

    def remove(self) -> None:
        """Remove all that the host kept for it; safe to call again."""
        if self.place.uid is not None:
            hand_over(self.place.work, os.geteuid())
        if self._proxy is not None:
            self._proxy.close()
            self._proxy = None
        remove(self.place.private)

    def refusals(self) -> tuple[Refusal, ...]:
        """What the proxy refused since the last call."""
        return self._proxy.refusals() if self._proxy is not None else ()

    def complaint(self) -> str:
        """What the kernel's start wrote to stderr: why it failed, when it did."""
        with contextlib.suppress(OSError):
            return (self.place.private / "log").read_text("utf-8", "replace")[-2_000:].strip()
        return ""


def _gone(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait until a process has ended, or the time is up."""
    ends = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < ends:
        time.sleep(0.002)


def _give(place: Place, uid: int) -> None:
    """Let the kernel's user into what it is given, when that is not who the host is."""
    place.private.chmod(0o711)
    given = [place.work, place.sockets, place.scratch]
    for folder in [*given, place.proxy.parent] if place.proxied else given:
        hand_over(folder, uid)
    os.chown(place.connection, uid, uid)
