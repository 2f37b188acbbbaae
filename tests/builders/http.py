"""Real HTTP servers on localhost, for as long as a test needs them."""

from __future__ import annotations

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


class Quiet:
    """For handlers, before their own class: they say nothing on stderr."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class _Server(ThreadingHTTPServer):
    """To which a client that leaves is no news."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class HttpServer:
    """A server on a free port, as a context manager.

    Args:
        handler: Answers its requests, each in a thread of its own.
    """

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        self._http = _Server(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)

    @property
    def host(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.leave()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def leave(self) -> None:
        """Let go what still waits; called before the server ends."""
