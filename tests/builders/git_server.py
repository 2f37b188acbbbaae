"""A real git server over smart HTTP on localhost: `git http-backend` behind a small server.

with GitServer(folder) as server:
    server.url("team")              # the address of folder/team.git
    server.manner = Manner(password="secret")   # or drop=1000, slow=True, redirect="http://..."
"""

from __future__ import annotations

import base64
import os
import subprocess
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from tests.builders.http import HttpServer, Quiet


@dataclass(frozen=True)
class Manner:
    """How the server behaves.

    Attributes:
        password: It asks for one, of the user `ada`.
        drop: It cuts the connection after so many bytes of a pack.
        slow: It never finishes an answer.
        redirect: It sends clients to this address instead.
    """

    password: str = ""
    drop: int | None = None
    slow: bool = False
    redirect: str = ""


class GitServer(HttpServer):
    """The server, as a context manager.

    Attributes:
        manner: How it behaves; may be changed at any time.
        asked: Paths that were asked for, with the credentials that were given.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manner = Manner()
        self.asked: list[tuple[str, str]] = []
        self.over = threading.Event()
        super().__init__(type("Handler", (_Handler,), {"owner": self}))

    def url(self, name: str) -> str:
        """The address of a repository."""
        return f"{self.host}/{name}.git"

    def leave(self) -> None:
        self.over.set()


class _Handler(Quiet, BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"
    owner: GitServer

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self._body())

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline().strip() or b"0", 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _serve(self, body: bytes) -> None:
        manner = self.owner.manner
        self.owner.asked.append((self.path, self.headers.get("Authorization", "")))
        if manner.redirect:
            self.send_response(302)
            self.send_header("Location", manner.redirect + self.path)
            self.end_headers()
        elif manner.password and not self._is_ada(manner.password):
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.end_headers()
        else:
            self._answer(body, manner)

    def _is_ada(self, password: str) -> bool:
        wanted = base64.b64encode(f"ada:{password}".encode()).decode()
        return self.headers.get("Authorization", "") == f"Basic {wanted}"

    def _answer(self, body: bytes, manner: Manner) -> None:
        path, _, query = self.path.partition("?")
        done = subprocess.run(
            ["git", "http-backend"],
            input=body,
            env={
                "PATH": os.environ["PATH"],
                "GIT_PROJECT_ROOT": str(self.owner.folder),
                "GIT_HTTP_EXPORT_ALL": "1",
                "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": "safe.directory",
                "GIT_CONFIG_VALUE_0": "*",
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "REMOTE_USER": "ada",
                "REMOTE_ADDR": "127.0.0.1",
            },
            capture_output=True,
            check=False,
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = [line.split(": ", 1) for line in head.decode("latin-1").splitlines() if line]
        status = next((int(v.split()[0]) for k, v in headers if k == "Status"), 200)
        self.send_response(status)
        for key, value in headers:
            if key != "Status":
                self.send_header(key, value)
        self.end_headers()
        packing = b"command=fetch" in body or path.endswith("git-receive-pack")
        if manner.slow:
            self._drip(content)
        elif manner.drop is not None and packing:
            self.wfile.write(content[: manner.drop])
            self.wfile.flush()
        else:
            self.wfile.write(content)

    def _drip(self, content: bytes) -> None:
        """One byte now and then, until the client or the test has had enough."""
        for byte in content:
            if self.owner.over.wait(0.3):
                return
            try:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
            except OSError:
                return
        time.sleep(0.1)
