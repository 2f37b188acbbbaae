"""Serving: over stdin and stdout, or over HTTP on this machine."""

from __future__ import annotations

import asyncio
import hmac
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from dynasaur.errors import FailureError
from dynasaur.mcp_server.desk import Desk

if TYPE_CHECKING:
    from dynasaur.mcp_server.server import LibraryServer

PATH = "/mcp"
CLOSE_SECONDS = 5
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

_Scope = dict[str, Any]
_App = Callable[[_Scope, Any, Any], Awaitable[None]]


def serve_stdio(desk: Desk) -> None:
    """Serve one client over stdin and stdout, until it goes or a signal says to end.

    Nothing but the protocol is written to stdout: whatever else is printed goes to stderr.
    """
    asyncio.run(_stdio(desk))


def serve_http(desk: Desk, listening: socket.socket, hosts: Sequence[str], token: str) -> None:
    """Serve clients over streamable HTTP, until a signal says to end.

    Args:
        desk: Answers requests.
        listening: The socket that listens already.
        hosts: Names, besides those of this machine's own loopback, that a request may use for us.
        token: What a request must bring; empty for nothing.
    """
    asyncio.run(_http(desk, listening, hosts, token))


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        FailureError: It is taken, or not ours to take.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=128)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise FailureError(
            f"cannot listen at {host}:{port}: {reason}; name another with --port"
        ) from None


async def _stdio(desk: Desk) -> None:
    from mcp.server.stdio import stdio_server

    from dynasaur.mcp_server.server import LibraryServer

    server = LibraryServer(desk)

    async def talk() -> None:
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    talking = asyncio.ensure_future(talk())
    await _until_end(server, talking)
    await asyncio.to_thread(desk.pool.close)
    if talking.done():
        talking.result()
    _leave()


async def _http(desk: Desk, listening: socket.socket, hosts: Sequence[str], token: str) -> None:
    import uvicorn
    from mcp.server.transport_security import TransportSecuritySettings

    from dynasaur.mcp_server.server import LibraryServer

    server = LibraryServer(desk)
    names = [*LOOPBACK, *hosts]
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        transport_security=TransportSecuritySettings(
            allowed_hosts=[form for name in names for form in (name, f"{name}:*")],
            allowed_origins=[
                f"{scheme}://{form}"
                for scheme in ("http", "https")
                for name in names
                for form in (name, f"{name}:*")
            ],
        ),
    )
    config = uvicorn.Config(
        Guarded(app, token) if token else app,
        log_level="warning",
        timeout_graceful_shutdown=CLOSE_SECONDS,
        limit_concurrency=1_000,
    )
    web = uvicorn.Server(config)
    serving = asyncio.ensure_future(web.serve(sockets=[listening]))
    await _until_end(server, serving)
    web.should_exit = True
    await asyncio.to_thread(desk.pool.close)
    await serving
    _leave()


def _leave() -> None:
    """End at once: a thread may wait for a line of stdin, or read a library into the index."""
    sys.stderr.flush()
    os._exit(0)


async def _until_end(server: LibraryServer, serving: asyncio.Future[None]) -> None:
    """Serve, and watch the library meanwhile; a signal ends it, and so does the client."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, told.set)
    watching = asyncio.ensure_future(server.watch())
    ending = asyncio.ensure_future(told.wait())
    either: list[asyncio.Future[Any]] = [serving, ending]
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    server.close()
    watching.cancel()
    ending.cancel()


class Guarded:
    """Lets in only requests that bring the token.

    Args:
        app: What is guarded.
        token: The token.
    """

    def __init__(self, app: _App, token: str) -> None:
        self._app = app
        self._wanted = f"Bearer {token}".encode()

    async def __call__(self, scope: _Scope, receive: Any, send: Any) -> None:
        """Serve one connection."""
        if scope["type"] == "http":
            given = dict(scope["headers"]).get(b"authorization", b"")
            if not hmac.compare_digest(given, self._wanted):
                headers = [(b"www-authenticate", b"Bearer"), (b"content-length", b"0")]
                await send({"type": "http.response.start", "status": 401, "headers": headers})
                await send({"type": "http.response.body", "body": b""})
                return
        await self._app(scope, receive, send)
