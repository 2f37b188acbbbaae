"""A proxy whose outside is a server of the test, behind an address that looks public."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tornado.iostream import IOStream

from dynasaur.proxy.allowed import Allowed
from dynasaur.proxy.outside import Outside
from dynasaur.proxy.server import Bounds, Proxy
from tests.builders.kernel import short_folder

PUBLIC = "93.184.216.34"


@dataclass
class FakeOutside(Outside):
    """Names as the test says; every connection ends at one of its servers.

    Attributes:
        names: Host to addresses; a host that is not there has none.
        port: The server's port on this machine.
        reached: Addresses and ports that were connected to.
    """

    names: Mapping[str, list[str]] = field(default_factory=dict)
    port: int = 0
    own: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)
    reached: list[tuple[str, int]] = field(default_factory=list)

    def addresses(self, host: str) -> list[str]:
        self.asked.append(host)
        if host not in self.names:
            raise socket.gaierror(-2, "Name or service not known")
        return self.names[host]

    def is_own(self, address: str) -> bool:
        return address in self.own

    async def connect(self, address: str, port: int) -> IOStream:
        self.reached.append((address, port))
        return await super().connect("127.0.0.1", self.port)


class Handler(BaseHTTPRequestHandler):
    """Says what it was asked: method, path, Host and body."""

    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        length = self.headers.get("Content-Length")
        body = self.rfile.read(int(length)) if length else b""
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        if self.path.startswith("/elsewhere"):
            self.send_response(302)
            self.send_header("Location", self.path.partition("?")[2])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        names = sorted(name.lower() for name in self.headers)
        text = f"{self.command} {self.path} host={self.headers['Host']} {body!r} {' '.join(names)}"
        sent = text.encode() * (2000 if self.path == "/big" else 1)
        self.send_response(200)
        if self.path == "/until-close":
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(sent)

    do_GET = do_POST = do_HEAD = do_DELETE = _answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


class Quiet(ThreadingHTTPServer):
    """A web server to which a client that leaves is no news."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        pass


@contextmanager
def server(certificate: tuple[Path, Path] | None = None) -> Iterator[int]:
    """A web server on this machine; gives its port.

    Args:
        certificate: Files of the certificate and its key, for HTTPS.
    """
    running = Quiet(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        running.socket = context.wrap_socket(running.socket, server_side=True)
    thread = threading.Thread(target=running.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield running.server_port
    finally:
        running.shutdown()
        thread.join()
        running.server_close()


@dataclass
class Site:
    """A running proxy with what lies outside of it."""

    proxy: Proxy
    outside: FakeOutside
    path: Path

    def ask(self, request: bytes, seconds: float = 5.0) -> bytes:
        """Send bytes to the proxy and read until it closes."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(seconds)
            client.connect(str(self.path))
            with suppress(OSError):
                client.sendall(request)
            found = b""
            with suppress(ConnectionError):
                while part := client.recv(65_536):
                    found += part
            return found


@contextmanager
def site(
    allow: str = "allow=example.test",
    names: Mapping[str, list[str]] | None = None,
    bounds: Bounds = Bounds(),  # noqa: B008 - frozen
) -> Iterator[Site]:
    """A proxy in front of a web server of the test."""
    with ExitStack() as stack:
        folder = stack.enter_context(short_folder())
        port = stack.enter_context(server())
        known = {"example.test": [PUBLIC], "data.example.test": [PUBLIC], **(names or {})}
        outside = FakeOutside(known, port)
        proxy = Proxy(folder / "h", Allowed.parse(allow), outside, bounds)
        proxy.start()
        stack.callback(proxy.close)
        yield Site(proxy, outside, folder / "h")
