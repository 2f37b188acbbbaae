"""A kernel on a Jupyter Kernel Gateway, Enterprise Gateway or Jupyter Server."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import queue
import threading
import time
import urllib.request
import uuid
from datetime import UTC, datetime
from typing import Any, cast
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit

from dynasaur.errors import KernelError, UsageError
from dynasaur.kernel.wire import LARGEST, Channel, Content, Packet, Wire, packet_of
from dynasaur.proxy.refusal import Refusal

TOKEN = "JUPYTER_GATEWAY_AUTH_TOKEN"  # noqa: S105 - the variable's name
"""The environment variable that holds the gateway's token."""

_SECONDS = 60.0
_BETWEEN_LOOKS = 5.0
_BACKLOG = 256
_PAUSES = (0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds between attempts to end a kernel: one that died may just be started anew."""
_CHANNELS = frozenset({"shell", "iopub", "stdin", "control"})
_GONE = frozenset({"dead", "restarting", "autorestarting"})


def check_address(url: str) -> None:
    """Raise UsageError where a gateway's address is none."""
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc:
        raise UsageError(f"the gateway's address {url!r} must begin with http:// or https://")


class Api:
    """The gateway's REST interface.

    Args:
        url: Where it is (`https://host/path`).
        token: Its token; empty where it asks for none.

    Raises:
        UsageError: The address is none.
    """

    def __init__(self, url: str, token: str) -> None:
        check_address(url)
        self.url = url.rstrip("/")
        self.headers = {"Authorization": f"token {token}"} if token else {}

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Make one request; gives what it answered, None where that is nothing.

        Raises:
            KernelError: It cannot be reached, or refuses.
        """
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={**self.headers, "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as response:  # noqa: S310
                text = response.read(1_000_000)
        except HTTPError as error:
            with error:
                raise KernelError(self._refusal(error.code, path)) from error
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise KernelError(f"the gateway at {self.url} cannot be reached: {reason}") from error
        try:
            return json.loads(text) if text else None
        except ValueError as error:
            raise KernelError(f"{self.url} does not answer like a Jupyter gateway") from error

    def _refusal(self, code: int, path: str) -> str:
        if code in {401, 403}:
            return f"the gateway at {self.url} refuses the token; set {TOKEN}"
        return f"the gateway at {self.url} answers {path} with HTTP {code}"


class GatewayWire:
    """The kernel's channels over one websocket, read by a thread of its own.

    Args:
        api: The gateway.
        kernel: The kernel's id there.

    Raises:
        KernelError: The websocket cannot be opened.
    """

    def __init__(self, api: Api, kernel: str) -> None:
        self.lost = False
        self.restarted = False
        self._session = uuid.uuid4().hex
        self._packets: queue.Queue[Packet] = queue.Queue(_BACKLOG)
        self._loop = asyncio.new_event_loop()
        self._socket: Any = None
        self._closing = False
        scheme = "wss" if api.url.startswith("https") else "ws"
        self._url = (
            f"{scheme}{api.url[api.url.index(':') :]}/api/kernels/{quote(kernel)}/channels"
            f"?session_id={self._session}"
        )
        self._headers = api.headers
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(_SECONDS)
        except Exception as error:
            self.close()
            raise KernelError(f"the gateway at {api.url} gives no websocket: {error}") from error
        self._reader = asyncio.run_coroutine_threadsafe(self._read(), self._loop)

    async def _open(self) -> None:
        from tornado.httpclient import HTTPRequest
        from tornado.websocket import websocket_connect

        request = HTTPRequest(self._url, headers=self._headers, connect_timeout=_SECONDS)
        self._socket = await websocket_connect(request, max_message_size=LARGEST)

    async def _read(self) -> None:
        while (text := await self._socket.read_message()) is not None:
            with contextlib.suppress(ValueError, RecursionError):
                await self._take(json.loads(text), len(text))
        self.lost = True

    async def _take(self, message: object, size: int) -> None:
        channel = message.get("channel") if isinstance(message, dict) else None
        if channel not in _CHANNELS:
            return
        packet = packet_of(cast(Channel, channel), message, size)
        if packet is None:
            return
        if packet.kind == "status" and packet.content.get("execution_state") in _GONE:
            self.restarted = True
        # Who reads slowly is sent slowly: the backlog is bounded on both sides.
        while not self._closing:
            with contextlib.suppress(queue.Full):
                self._packets.put_nowait(packet)
                return
            await asyncio.sleep(0.01)

    def send(self, channel: Channel, kind: str, content: Content) -> str:
        """Send a request and return its id; one that cannot be sent shows as a lost kernel."""
        identity = uuid.uuid4().hex
        header = {
            "msg_id": identity,
            "msg_type": kind,
            "session": self._session,
            "username": "dynasaur",
            "date": datetime.now(UTC).isoformat(),
            "version": "5.3",
        }
        message: dict[str, object] = {
            "header": header,
            "parent_header": {},
            "metadata": {},
            "content": dict(content),
            "channel": channel,
            "buffers": [],
        }
        text = json.dumps(message)
        self._loop.call_soon_threadsafe(self._write, text)
        return identity

    def _write(self, text: str) -> None:
        try:
            self._socket.write_message(text)
        except Exception:  # noqa: BLE001 - however it fails, the connection is gone
            self.lost = True

    def receive(self, seconds: float) -> Packet | None:
        """The next packet, or None when none came in time."""
        with contextlib.suppress(queue.Empty):
            return self._packets.get(timeout=seconds) if seconds > 0 else self._packets.get_nowait()
        return None

    def connect(self, seconds: float) -> bool:
        """Nothing to do: the gateway has connected before it lets us in."""
        del seconds
        return True

    def resubscribe(self) -> None:
        """Nothing to do: one websocket carries all channels, and falls silent only when lost."""

    def close(self) -> None:
        """Let go of the channels; the kernel is not touched."""
        if self._closing:
            return
        self._closing = True
        with contextlib.suppress(Exception):
            asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        if self._socket is not None:
            self._socket.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            await asyncio.wait(others, timeout=2)
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


class GatewayKernel:
    """A kernel on a gateway.

    Args:
        url: The gateway's address.
        name: The kernelspec there; the gateway's default where empty.

    Raises:
        UsageError: The address is none.
        KernelError: The gateway cannot be reached, or gives no kernel.
    """

    remote = True

    def __init__(self, url: str, name: str = "") -> None:
        self._api = Api(url, os.environ.get(TOKEN, ""))
        made = self._api.call("POST", "/api/kernels", {"name": name} if name else {})
        if not isinstance(made, dict) or not isinstance(made.get("id"), str):
            raise KernelError(f"{url} does not answer like a Jupyter gateway")
        self._path = f"/api/kernels/{quote(made['id'])}"
        self._next_look = 0.0
        self._gone = False
        try:
            self._wire = GatewayWire(self._api, made["id"])
        except KernelError:
            self._delete()
            raise
        self.wire: Wire = self._wire

    def alive(self) -> bool:
        """The gateway has it, and has not had to start it anew."""
        if self._wire.lost or self._wire.restarted:
            return False
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + _BETWEEN_LOOKS
            try:
                self._api.call("GET", self._path)
            except KernelError:
                self._gone = True
        return not self._gone

    def interrupt(self) -> None:
        """Ask its cell to stop."""
        with contextlib.suppress(KernelError):
            self._api.call("POST", f"{self._path}/interrupt")

    def excess(self) -> str:
        """Nothing: what it uses there cannot be seen from here."""
        return ""

    def refusals(self) -> tuple[Refusal, ...]:
        """Nothing: no proxy of ours is there."""
        return ()

    def cause_of_death(self) -> str:
        """What can be seen of its end."""
        if self._wire.restarted:
            return "died on the gateway"
        return "was lost: the gateway no longer answers for it"

    def complaint(self) -> str:
        """Nothing: its log is on the gateway."""
        return ""

    def kill(self) -> None:
        """End it; safe to call again."""
        self._wire.close()
        self._delete()

    def _delete(self) -> None:
        """A gateway that starts a kernel anew meanwhile fails to end it, and keeps it."""
        for pause in (*_PAUSES, 0.0):
            try:
                self._api.call("DELETE", self._path)
            except KernelError as error:
                if not isinstance(error.__cause__, HTTPError) or error.__cause__.code < 500:
                    return
                time.sleep(pause)
            else:
                return
