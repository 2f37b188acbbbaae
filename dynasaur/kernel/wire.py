"""The kernel's channels over ZeroMQ: messages in, packets out, whatever the other side sends."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

Channel = Literal["shell", "iopub", "stdin", "control"]
Content: TypeAlias = Mapping[str, Any]

LARGEST = 16 * 1024 * 1024
"""Bytes of the largest message taken; a larger one costs the sender its connection."""

_RECONNECT = 10
"""Milliseconds between tries to reach a kernel that has no sockets yet."""

_BACKLOG = 256
"""Messages that wait for us on a channel while nobody reads."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One message from the kernel, which is not to be trusted.

    Attributes:
        channel: Where it came in.
        kind: Its message type.
        parent: The id of the request it says it belongs to.
        content: Its content.
        size: About how many bytes it took.
        number: Its place among all messages of the kernel, which Jupyter's session counts in their
            ids; None where another kernel names its messages otherwise.
    """

    channel: Channel
    kind: str
    parent: str
    content: Content
    size: int
    number: int | None = None


class Wire(Protocol):
    """A way to one running kernel."""

    def send(self, channel: Channel, kind: str, content: Content) -> str:
        """Send a request and return its id."""

    def receive(self, seconds: float) -> Packet | None:
        """The next packet, or None when none came in time."""

    def connect(self, seconds: float) -> bool:
        """Wait until the kernel's questions reach us; one asked before is lost without a trace."""

    def resubscribe(self) -> None:
        """Open the output channel anew, because it fell silent."""

    def close(self) -> None:
        """Let go of the channels; the kernel is not touched."""


def packet_of(channel: Channel, message: object, size: int) -> Packet | None:
    """The packet of a message, or None where it is not one."""
    if not isinstance(message, Mapping):
        return None
    kind, content = message.get("msg_type"), message.get("content")
    header = message.get("header")
    header = header if isinstance(header, Mapping) else {}
    if kind is None:
        kind = header.get("msg_type")
    parent = message.get("parent_header")
    parent = parent.get("msg_id") if isinstance(parent, Mapping) else None
    if not isinstance(kind, str) or not isinstance(content, Mapping):
        return None
    known = parent if isinstance(parent, str) else ""
    return Packet(channel, kind, known, content, size, _number(header.get("msg_id")))


def _number(message_id: object) -> int | None:
    """The count at the end of an id: `SESSION_PROCESS_COUNT`."""
    parts = message_id.rsplit("_", 2) if isinstance(message_id, str) else []
    digits = parts[-1] if len(parts) == 3 else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None


class ZmqWire:
    """A kernel that this process reaches by sockets.

    Args:
        ends: Knows their addresses (`transport`, `ip`, `shell_port` and so on) and the `session`
            that signs messages; the manager of a kernel does, and so does `Ends`.
    """

    def __init__(self, ends: Any) -> None:
        import zmq

        self._zmq = zmq
        self._ends = ends
        self._session = ends.session
        self._context = zmq.Context()
        identity = self._session.bsession
        self._sockets: dict[Channel, Any] = {
            "shell": self._connect("shell", zmq.DEALER, identity),
            "stdin": self._connect("stdin", zmq.DEALER, identity),
            "control": self._connect("control", zmq.DEALER, identity),
            "iopub": self._connect("iopub", zmq.SUB, b""),
        }
        self._poller = zmq.Poller()
        for socket in self._sockets.values():
            self._poller.register(socket, zmq.POLLIN)
        self._ready: deque[Channel] = deque()

    def _connect(self, channel: Channel, kind: int, identity: bytes) -> Any:
        zmq = self._zmq
        socket = self._context.socket(kind)
        socket.linger = 0
        socket.maxmsgsize = LARGEST
        socket.rcvhwm = _BACKLOG
        socket.reconnect_ivl = _RECONNECT
        if channel == "stdin":
            self._handshake = socket.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED)
        if identity:
            socket.identity = identity
        if kind == zmq.SUB:
            socket.setsockopt(zmq.SUBSCRIBE, b"")
        ends = self._ends
        if getattr(ends, "curve_publickey", None) is not None:
            socket.curve_secretkey = ends.curve_secretkey
            socket.curve_publickey = ends.curve_publickey
            socket.curve_serverkey = ends.curve_publickey
        port = getattr(ends, f"{channel}_port")
        separator = ":" if ends.transport == "tcp" else "-"
        socket.connect(f"{ends.transport}://{ends.ip}{separator}{port}")
        return socket

    def send(self, channel: Channel, kind: str, content: Content) -> str:
        """Send a request and return its id."""
        message = self._session.msg(kind, dict(content))
        self._session.send(self._sockets[channel], message)
        return str(message["header"]["msg_id"])

    def receive(self, seconds: float) -> Packet | None:
        """The next packet, or None when none came in time; what is not a message is passed over."""
        if not self._ready:
            events = dict(self._poller.poll(max(0, int(seconds * 1000))))
            self._ready.extend(c for c, socket in self._sockets.items() if socket in events)
        while self._ready:
            channel = self._ready.popleft()
            packet = self._read(channel)
            if packet is not None:
                return packet
        return None

    def _read(self, channel: Channel) -> Packet | None:
        socket = self._sockets[channel]
        with contextlib.suppress(self._zmq.Again):
            frames = socket.recv_multipart(self._zmq.NOBLOCK)
            try:
                _, parts = self._session.feed_identities(frames)
                message = self._session.deserialize(parts)
            except Exception:  # noqa: BLE001 - forged or broken frames raise many things
                return None
            return packet_of(channel, message, sum(len(frame) for frame in frames))
        return None

    def connect(self, seconds: float) -> bool:
        """Wait until the kernel's questions reach us; one asked before is lost without a trace.

        Each channel connects by itself, and the kernel's end of this one throws away what is for
        somebody it does not know yet.
        """
        return bool(self._handshake.poll(int(seconds * 1000)))

    def resubscribe(self) -> None:
        """Open the output channel anew, because it fell silent."""
        old = self._sockets["iopub"]
        self._poller.unregister(old)
        old.close()
        self._sockets["iopub"] = self._connect("iopub", self._zmq.SUB, b"")
        self._poller.register(self._sockets["iopub"], self._zmq.POLLIN)
        self._ready.clear()

    def close(self) -> None:
        """Let go of the channels; the kernel is not touched."""
        self._sockets["stdin"].disable_monitor()
        self._handshake.close()
        for socket in self._sockets.values():
            socket.close()
        self._context.term()
