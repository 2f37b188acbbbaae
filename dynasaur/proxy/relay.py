"""One request through the proxy: judged, connected, carried over and back."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol

from tornado.http1connection import HTTP1Connection, HTTP1ConnectionParameters
from tornado.httputil import (
    HTTPHeaders,
    HTTPMessageDelegate,
    HTTPOutputError,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.iostream import IOStream

from dynasaur.proxy.target import HOP_BY_HOP, Refused, Target, check_framing, read_target

HEADERS = 32 * 1024
"""Bytes of a request's or an answer's head."""

_BROKEN = (OSError, HTTPOutputError, ValueError)
"""What writing fails with: the other side has left, or was promised something else."""

_BODY = 1 << 60
_CHUNK = 64 * 1024


def parameters(idle: float) -> HTTP1ConnectionParameters:
    """How messages are read: heads bounded, one request for each connection, bodies as they come.

    Args:
        idle: Seconds that a head may take.
    """
    return HTTP1ConnectionParameters(
        no_keep_alive=True,
        chunk_size=_CHUNK,
        max_header_size=HEADERS,
        header_timeout=idle,
        max_body_size=_BODY,
    )


class House(Protocol):
    """What a request needs of the proxy."""

    idle: float

    async def reach(self, target: Target) -> IOStream:
        """Judge a target and connect to it. Raises Refused."""

    def note(self, refused: Refused) -> None:
        """Keep what was refused, for the user."""

    def opened(self, pair: Pair) -> None:
        """Two streams belong together now."""

    def closed(self, pair: Pair) -> None:
        """They are done."""

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this beside everything else."""


class Pair:
    """A client's stream and the one to its target."""

    def __init__(self, near: IOStream, far: IOStream) -> None:
        self.near = near
        self.far = far
        self.touched = time.monotonic()

    def touch(self) -> None:
        """Something went over."""
        self.touched = time.monotonic()

    def close(self) -> None:
        """Close both."""
        self.near.close()
        self.far.close()


class Visit(HTTPMessageDelegate):
    """One request.

    Args:
        house: The proxy.
        near: The client's connection.
    """

    def __init__(self, house: House, near: HTTP1Connection) -> None:
        self._house = house
        self._near = near
        self._far: HTTP1Connection | None = None
        self._pair: Pair | None = None

    async def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> None:
        """Judge the request and connect."""
        assert isinstance(start_line, RequestStartLine)
        try:
            check_framing(start_line.method, headers.get_all())
            target = read_target(start_line.method, start_line.path)
            stream = await self._house.reach(target)
        except Refused as refused:
            self._house.note(refused)
            self._refuse(start_line.method, refused)
            return
        if target.tunnel:
            await self._tunnel(stream)
        else:
            await self._forward(start_line.method, target, headers, stream)

    def _refuse(self, method: str, refused: Refused) -> None:
        body = b"" if method == "HEAD" else f"{refused.reason}\n".encode()
        head = HTTPHeaders({"Content-Type": "text/plain", "Content-Length": str(len(body))})
        # The reason stands in the status line too: that is what most clients show.
        line = ResponseStartLine("HTTP/1.1", refused.status, f"Refused: {refused.reason}")
        with contextlib.suppress(*_BROKEN):
            self._near.write_headers(line, head, body)
            self._near.finish()

    async def _tunnel(self, far: IOStream) -> None:
        near = self._near.detach()
        pair = Pair(near, far)
        self._house.opened(pair)
        try:
            await near.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        except OSError:
            pair.close()
        self._house.spawn(self._both_ways(pair))

    async def _both_ways(self, pair: Pair) -> None:
        try:
            ways = [
                asyncio.ensure_future(_copy(pair.near, pair.far, pair)),
                asyncio.ensure_future(_copy(pair.far, pair.near, pair)),
            ]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
        finally:
            pair.close()
            self._house.closed(pair)

    async def _forward(
        self, method: str, target: Target, headers: HTTPHeaders, stream: IOStream
    ) -> None:
        self._pair = Pair(self._near.stream, stream)
        self._house.opened(self._pair)
        self._far = HTTP1Connection(stream, True, parameters(self._house.idle))
        line = RequestStartLine(method, target.path, "HTTP/1.1")
        head = _carried(headers)
        # Whatever Host the client sent: the address alone says where a request goes.
        head["Host"] = target.authority
        head["Connection"] = "close"
        await _attempt(self._pair, self._far.write_headers, line, head)

    async def data_received(self, chunk: bytes) -> None:
        """Carry a part of the body over."""
        if self._far is not None and self._pair is not None:
            self._pair.touch()
            await _attempt(self._pair, self._far.write, chunk)

    def finish(self) -> None:
        """The request is complete: fetch the answer."""
        if self._far is not None:
            with contextlib.suppress(*_BROKEN):
                self._far.finish()
            self._house.spawn(self._fetch(self._far))

    async def _fetch(self, far: HTTP1Connection) -> None:
        assert self._pair is not None
        try:
            await far.read_response(_Answer(self._near, self._pair))
        except _BROKEN:
            self._pair.close()
        finally:
            self._pair.far.close()
            self._house.closed(self._pair)

    def on_connection_close(self) -> None:
        """The client left before its request was complete."""
        if self._pair is not None:
            self._pair.close()
            self._house.closed(self._pair)


class _Answer(HTTPMessageDelegate):
    """What the target answers, on its way to the client."""

    def __init__(self, near: HTTP1Connection, pair: Pair) -> None:
        self._near = near
        self._pair = pair

    async def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> None:
        assert isinstance(start_line, ResponseStartLine)
        self._pair.touch()
        if start_line.code < 200:
            return
        head = _carried(headers)
        if start_line.code == 204:
            head.pop("Content-Length", None)
        await _attempt(self._pair, self._near.write_headers, start_line, head)

    async def data_received(self, chunk: bytes) -> None:
        self._pair.touch()
        await _attempt(self._pair, self._near.write, chunk)

    def finish(self) -> None:
        try:
            self._near.finish()
        except _BROKEN:
            self._pair.close()

    def on_connection_close(self) -> None:
        self._pair.close()


async def _attempt(pair: Pair, write: Callable[..., Awaitable[None]], *what: object) -> None:
    """Write, and when that fails close both sides."""
    try:
        await write(*what)
    except _BROKEN:
        pair.close()


def _carried(headers: HTTPHeaders) -> HTTPHeaders:
    """The headers that go over: not those between neighbours, nor what Connection lists."""
    listed = {name.strip().lower() for name in headers.get("Connection", "").split(",")}
    kept = HTTPHeaders()
    for name, value in headers.get_all():
        if name.lower() not in HOP_BY_HOP and name.lower() not in listed - {"content-length"}:
            kept.add(name, value)
    return kept


async def _copy(source: IOStream, sink: IOStream, pair: Pair) -> None:
    with contextlib.suppress(OSError):
        while True:
            data = await source.read_bytes(_CHUNK, partial=True)
            pair.touch()
            await sink.write(data)
