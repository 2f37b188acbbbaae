"""One request and everything that comes of it, up to its end, whatever that is."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from dynasaur.kernel.limits import Limits
from dynasaur.kernel.requests import HostFunction, Take, answer
from dynasaur.kernel.running import Running
from dynasaur.kernel.transcript import Transcript
from dynasaur.kernel.wire import Packet

_TICK = 0.25
"""Seconds between two looks at whether the kernel lives."""


class Close(Enum):
    """How an exchange came to its end."""

    REPLIED = "replied"
    DIED = "died"
    UNRESPONSIVE = "unresponsive"


@dataclass(slots=True)
class Outcome:
    """What came of a request.

    Attributes:
        close: How it came to its end.
        reply: The reply's content; empty without one.
        stopped: Why the host interrupted it; empty when it did not.
        timed_out: It was stopped for its time.
        heard: The end of its output reached us. When not, the output channel has to be opened
            anew: a message above the size limit costs it its connection.
    """

    close: Close = Close.REPLIED
    reply: Mapping[str, object] = field(default_factory=dict)
    stopped: str = ""
    timed_out: bool = False
    heard: bool = True


class Exchange:
    """One execute request, from sending to end.

    Args:
        kernel: The kernel.
        transcript: Takes what is said.
        limits: Grace, output and the number of host calls.
        functions: The host functions that may be called.
        silence: Seconds that a reply may be ahead of the end of its output.
        take: Takes parts of files from a kernel whose files are not seen here.
    """

    def __init__(
        self,
        kernel: Running,
        transcript: Transcript,
        limits: Limits,
        functions: Mapping[str, HostFunction],
        silence: float = 2.0,
        take: Take | None = None,
    ) -> None:
        self._take_part = take
        self._silence = silence
        self._kernel = kernel
        self._wire = kernel.wire
        self._transcript = transcript
        self._limits = limits
        self._functions = functions
        self._outcome = Outcome()
        self._request = ""
        self._deadline = 0.0
        self._grace_ends = 0.0
        self._replied_at = 0.0
        self._reply: int | None = None
        self._idles: list[int | None] = []
        self._next_look = 0.0
        self._bytes = 0
        self._host_calls = 0
        self._wish = ""

    def stop(self, reason: str) -> None:
        """Have it interrupted at the next look; safe in a signal handler."""
        self._wish = reason

    def run(self, content: Mapping[str, object], seconds: float) -> Outcome:
        """Send the request and see it through; see `send` and `finish`."""
        self.send(content)
        return self.finish(seconds)

    def send(self, content: Mapping[str, object]) -> None:
        """Send the execute request and return at once."""
        self._request = self._wire.send("shell", "execute_request", content)

    def finish(self, seconds: float) -> Outcome:
        """See the request through.

        Args:
            seconds: Time until it is interrupted, from now.
        """
        self._deadline = time.monotonic() + seconds
        while not self._is_over():
            packet = self._wire.receive(self._patience())
            if packet is not None:
                self._take(packet)
            if time.monotonic() >= self._next_look and self._look():
                break
        return self._outcome

    def _patience(self) -> float:
        ends = self._grace_ends or self._deadline
        if self._replied_at:
            ends = min(ends, self._replied_at + self._silence + 0.01)
        return max(0.0, min(_TICK, ends - time.monotonic()))

    def _is_over(self) -> bool:
        if not self._replied_at:
            return False
        silent = time.monotonic() - self._replied_at > self._silence
        self._outcome.heard = self._is_idle()
        return self._outcome.heard or silent

    def _is_idle(self) -> bool:
        """The kernel said that it is idle, and said so after its reply.

        An idle with a lower number than the reply was sent by the cell itself: its output is not
        all here yet.
        """
        reply = self._reply
        return any(reply is None or idle is None or idle > reply for idle in self._idles)

    def _look(self) -> bool:
        """Look at life, time and use; True when there is nothing more to wait for."""
        now = time.monotonic()
        self._next_look = now + _TICK
        if not self._kernel.alive():
            self._drain()
            self._outcome.close = Close.DIED
            return True
        if self._grace_ends:
            if now >= self._grace_ends:
                self._outcome.close = Close.UNRESPONSIVE
                return True
            # A cell that awaits is cancelled only when something wakes the kernel's event loop.
            self._wire.send("shell", "kernel_info_request", {})
            return False
        if now >= self._deadline:
            self._outcome.timed_out = True
            self._stop("it took longer than its time limit")
        elif self._wish:
            self._stop(self._wish)
        elif self._bytes > self._limits.output:
            self._stop("it sent more output than the host takes")
        elif excess := self._kernel.excess():
            self._stop(excess)
        return False

    def _stop(self, reason: str) -> None:
        if self._replied_at:
            return
        self._outcome.stopped = reason
        self._grace_ends = time.monotonic() + self._limits.grace_seconds
        self._next_look = min(self._next_look, self._grace_ends)
        self._kernel.interrupt()

    def _drain(self) -> None:
        """Take what a dead kernel had still sent."""
        while (packet := self._wire.receive(0.0)) is not None:
            if packet.channel == "iopub":
                self._take(packet)

    def _take(self, packet: Packet) -> None:
        ours = packet.parent == self._request
        if packet.channel == "stdin":
            self._answer(packet)
        elif packet.channel == "shell":
            if ours and packet.kind == "execute_reply" and not self._replied_at:
                self._outcome.reply = packet.content
                self._reply = packet.number
                self._replied_at = time.monotonic()
        elif packet.channel == "iopub":
            self._bytes += packet.size
            if ours and packet.kind == "status":
                if packet.content.get("execution_state") == "idle":
                    self._idles.append(packet.number)
            elif self._bytes <= self._limits.output or not self._grace_ends:
                self._transcript.take(packet.kind, packet.content, late=not ours)

    def _answer(self, packet: Packet) -> None:
        if packet.kind != "input_request":
            return
        started = time.monotonic()
        self._host_calls += 1
        most = self._limits.host_calls
        refuse = f"more than {most:,} host calls in one cell" if self._host_calls > most else ""
        text = answer(
            packet.content.get("prompt"), self._functions, refuse=refuse, take=self._take_part
        )
        self._wire.send("stdin", "input_reply", {"value": text})
        # The host's own work is not the cell's time.
        self._deadline += time.monotonic() - started


def synchronise(kernel: Running, seconds: float) -> bool:
    """Wait until the kernel's output reaches us: a reply alone does not show that it does.

    Returns:
        Whether it does; False when the time is up or the kernel is dead.
    """
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and kernel.alive():
        request = kernel.wire.send("shell", "kernel_info_request", {})
        again = time.monotonic() + 0.3
        while (left := again - time.monotonic()) > 0:
            packet = kernel.wire.receive(left)
            if packet is not None and packet.channel == "iopub" and packet.parent == request:
                return True
    return False
