"""The way to a server: a program's standard input and output, or HTTP. The door to the SDK's parts.

Raises nothing of its own: what goes wrong is told by the connection.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dynasaur.errors import ConfigError
from dynasaur.toolbox import relay
from dynasaur.toolbox.servers import filled
from dynasaur.toolbox.values import Server

if TYPE_CHECKING:
    import httpx2

BODY = 32_000_000
"""Bytes of one response, of one event of a stream, and of one line of a program."""

HEARD = 4_000
"""Bytes of the end of what a program says on its standard error that are kept."""


class Wire:
    """The way to one server.

    Args:
        server: The server.
        environ: The environment, for the variables that its settings name.
        root: The library's root; a program of the library's starts there.
        auth: What logs requests in; None for nothing.

    Attributes:
        ended: The other side closed it.
        heard: The end of what a program said on its standard error.
    """

    def __init__(
        self, server: Server, environ: Mapping[str, str], root: Path, auth: Any = None
    ) -> None:
        self._server = server
        self._environ = environ
        self._root = root
        self._auth = auth
        self.ended = False
        self.heard = ""

    @asynccontextmanager
    async def streams(self) -> AsyncIterator[tuple[Any, Any]]:
        """The streams of messages, for as long as they are open."""
        opened = self._program() if self._server.command else self._address()
        async with opened as (reading, writing):
            yield _Watched(reading, self), writing

    def _fill(self, text: str) -> str:
        return filled(text, self._environ, f"the tool server {self._server.name!r}")

    @asynccontextmanager
    async def _program(self) -> AsyncIterator[tuple[Any, Any]]:
        from mcp.client.stdio import StdioServerParameters, stdio_client

        server = self._server
        home = self._root if server.whose == "library" else Path.cwd()
        words = map(self._fill, (server.command, *server.arguments))
        parameters = StdioServerParameters(
            command=sys.executable,
            args=["-I", "-S", relay.__file__, str(BODY), *words],
            env={name: self._fill(value) for name, value in server.environ.items()},
            cwd=home / Path(self._fill(server.folder)).expanduser(),
            encoding_error_handler="replace",
        )
        reading, writing = os.pipe()
        with open(writing, "w", encoding="utf-8") as said:  # noqa: PTH123 - a pipe
            async with _listening(reading, self), stdio_client(parameters, said) as streams:
                said.close()
                yield streams

    @asynccontextmanager
    async def _address(self) -> AsyncIterator[tuple[Any, Any]]:
        from mcp.client.streamable_http import streamable_http_client

        headers = {name: self._fill(value) for name, value in self._server.headers.items()}
        url = self._fill(self._server.url)
        async with (
            http_client(headers, self._server.seconds, self._auth) as client,
            streamable_http_client(url, http_client=client, max_sse_event_size=BODY) as (
                reading,
                writing,
            ),
        ):
            yield reading, writing


class _Watched:
    """A stream of messages that notes when it has come to its end."""

    def __init__(self, stream: Any, wire: Wire) -> None:
        self._stream = stream
        self._wire = wire

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __aiter__(self) -> _Watched:
        return self

    async def __anext__(self) -> Any:
        try:
            return await self._stream.__anext__()
        except BaseException:
            self._wire.ended = True
            raise

    async def receive(self) -> Any:
        """The next message."""
        try:
            return await self._stream.receive()
        except BaseException:
            self._wire.ended = True
            raise

    async def __aenter__(self) -> _Watched:
        await self._stream.__aenter__()
        return self

    async def __aexit__(self, *given: Any) -> Any:
        return await self._stream.__aexit__(*given)


@asynccontextmanager
async def _listening(reading: int, wire: Wire) -> AsyncIterator[None]:
    """Keep the end of what a program says, so that it never waits for a reader."""

    class Ear(asyncio.Protocol):
        def data_received(self, data: bytes) -> None:
            wire.heard = (wire.heard + data.decode("utf-8", "replace"))[-HEARD:]

    pipe = open(reading, "rb", buffering=0)  # noqa: SIM115 - the transport closes it
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(Ear, pipe)
    try:
        yield
    finally:
        transport.close()


def http_client(headers: Mapping[str, str], seconds: float, auth: Any) -> httpx2.AsyncClient:
    """A client whose responses have an end."""
    import httpx2

    class Bounded(httpx2.AsyncHTTPTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            response = await super().handle_async_request(request)
            if response.headers.get("content-encoding", "identity") != "identity":
                raise httpx2.DecodingError("a response that is packed, which was not asked for")
            if "text/event-stream" not in response.headers.get("content-type", ""):
                response.stream = _Counted(response.stream)
            return response

    class _Counted(httpx2.AsyncByteStream):
        def __init__(self, stream: Any) -> None:
            self._stream = stream

        async def __aiter__(self) -> AsyncIterator[bytes]:
            size = 0
            async for part in self._stream:
                size += len(part)
                if size > BODY:
                    raise httpx2.DecodingError(f"a response of more than {BODY:,} bytes")
                yield part

        async def aclose(self) -> None:
            await self._stream.aclose()

    timeout = httpx2.Timeout(30.0, read=max(seconds, 300.0))
    return httpx2.AsyncClient(
        transport=Bounded(retries=0),
        headers={**headers, "Accept-Encoding": "identity"},  # what is packed has no bound
        timeout=timeout,
        auth=auth,
    )


def missing() -> ConfigError | None:
    """What to do where the SDK is not installed; None where it is."""
    from importlib.util import find_spec

    if find_spec("mcp") is not None:
        return None
    return ConfigError("tool servers need the extra mcp: pip install 'dynasaur[mcp]'")
