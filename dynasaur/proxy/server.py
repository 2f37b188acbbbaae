"""The proxy: a thread of the host that listens on a unix socket in a folder the kernel sees."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tornado.http1connection import HTTP1Connection, HTTP1ServerConnection
from tornado.httputil import (
    HTTPConnection,
    HTTPMessageDelegate,
    HTTPServerConnectionDelegate,
)
from tornado.iostream import IOStream
from tornado.netutil import bind_unix_socket
from tornado.tcpserver import TCPServer

from dynasaur.errors import KernelError
from dynasaur.proxy.allowed import Allowed
from dynasaur.proxy.outside import Outside, reach
from dynasaur.proxy.refusal import Refusal
from dynasaur.proxy.relay import Pair, Visit, parameters
from dynasaur.proxy.target import Refused, Target, check

_NOTED = 20
_PATIENCE = 10.0
_BUFFER = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Bounds:
    """What clients may use of the proxy.

    Attributes:
        connections: Connections at once; those above are closed.
        idle: Seconds without a byte in either direction, after which a connection is closed.
    """

    connections: int = 64
    idle: float = 120.0


class Proxy:
    """Carries HTTP, and HTTPS by CONNECT, to domains that are allowed.

    Args:
        path: Where its socket is made.
        allowed: The domains.
        outside: The network that it stands in.
        bounds: What clients may use.
    """

    def __init__(
        self,
        path: Path,
        allowed: Allowed,
        outside: Outside | None = None,
        bounds: Bounds = Bounds(),
    ) -> None:
        self._path = path
        self._allowed = allowed
        self._outside = outside or Outside()
        self._bounds = bounds
        self.idle = bounds.idle
        self._refusals: dict[Refusal, None] = {}
        self._lock = threading.Lock()
        self._pairs: set[Pair] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self._ready = threading.Event()
        self._failed: Exception | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, daemon=True, name="dynasaur-proxy")

    def start(self) -> None:
        """Listen, in a thread of its own.

        Raises:
            KernelError: The socket cannot be made.
        """
        self._thread.start()
        self._ready.wait()
        if self._failed is not None:
            raise KernelError(f"the proxy cannot be started: {self._failed}") from self._failed

    def close(self) -> None:
        """Close everything; safe to call again."""
        loop, self._loop = self._loop, None
        if loop is not None and self._over is not None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._over.set)
            self._thread.join(_PATIENCE)

    def refusals(self) -> tuple[Refusal, ...]:
        """What was refused since the last call, each once, the first few."""
        with self._lock:
            found, self._refusals = tuple(self._refusals), {}
        return found

    async def reach(self, target: Target) -> IOStream:
        """Judge a target and connect to it. Raises Refused."""
        check(target, self._allowed)
        return await reach(target, self._outside)

    def note(self, refused: Refused) -> None:
        """Keep what was refused, for the user."""
        with self._lock:
            if len(self._refusals) < _NOTED:
                self._refusals[Refusal(refused.reason, refused.host)] = None

    def opened(self, pair: Pair) -> None:
        """Two streams belong together now."""
        self._pairs.add(pair)
        if self._closing:
            pair.close()

    def closed(self, pair: Pair) -> None:
        """They are done."""
        self._pairs.discard(pair)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this beside everything else."""
        if self._closing:
            work.close()
            return
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:  # noqa: BLE001 - told by `start`
            self._failed = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._over = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        # Who may enter the folder may use it: the folder is private.
        socket = bind_unix_socket(str(self._path), mode=0o666)
        door = _Door(self, self._bounds)
        door.add_socket(socket)
        self._ready.set()
        try:
            while not self._over.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._over.wait(), min(self.idle / 4, 5.0))
                self._sweep()
        finally:
            self._closing = True
            door.stop()
            door.close()
            for pair in list(self._pairs):
                pair.close()
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _sweep(self) -> None:
        """Close what has been silent for too long."""
        before = time.monotonic() - self.idle
        for pair in [pair for pair in self._pairs if pair.touched < before]:
            pair.close()


class _Door(TCPServer, HTTPServerConnectionDelegate):
    """Takes connections, up to a number."""

    def __init__(self, proxy: Proxy, bounds: Bounds) -> None:
        super().__init__(max_buffer_size=_BUFFER)
        self._proxy = proxy
        self._bounds = bounds
        self._open: dict[object, IOStream] = {}

    def handle_stream(self, stream: IOStream, address: object) -> None:
        """Somebody has connected."""
        self._open = {one: held for one, held in self._open.items() if not held.closed()}
        if len(self._open) >= self._bounds.connections:
            stream.close()
            return
        connection = HTTP1ServerConnection(stream, parameters(self._bounds.idle), address)
        self._open[connection] = stream
        connection.start_serving(self)

    def start_request(
        self, server_conn: object, request_conn: HTTPConnection
    ) -> HTTPMessageDelegate:
        """A connection has a request to make."""
        del server_conn
        assert isinstance(request_conn, HTTP1Connection)
        return Visit(self._proxy, request_conn)

    def close(self) -> None:
        """Close all connections."""
        for stream in self._open.values():
            stream.close()
