"""A server on this machine that behaves like GitHub's comments: pages, limits, refusals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlparse

from tests.builders.http import HttpServer, Quiet

LIMIT = 65_536
BOT = {"login": "github-actions[bot]", "type": "Bot"}


@dataclass
class Hub:
    """What the server knows, and what it was asked.

    Attributes:
        comments: Of pull request 7, oldest first.
        limit: Characters that a comment may have.
        read_only: The token may not write.
        login: Whose the token is; empty for a workflow's, which may not ask.
        failures: Status codes that the next requests get.
        asked: Method and path of every request.
        tokens: What the requests proved themselves with.
    """

    comments: list[dict[str, Any]] = field(default_factory=list)
    limit: int = LIMIT
    read_only: bool = False
    login: str = ""
    failures: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    url: str = ""

    def add(self, body: str, user: dict[str, str] | None = None) -> int:
        number = len(self.comments) + 1
        self.comments.append({"id": number, "body": body, "user": user or BOT})
        return number


@contextmanager
def hub() -> Iterator[Hub]:
    """The server while it runs."""
    state = Hub()

    class Handler(_Handler):
        hub = state

    with HttpServer(Handler) as server:
        state.url = server.host
        yield state


class _Handler(Quiet, BaseHTTPRequestHandler):
    hub: Hub

    def do_GET(self) -> None:
        path = urlparse(self.path)
        if self._refused():
            return
        if path.path == "/user":
            known = self.hub.login
            self._answer(200, {"login": known}) if known else self._answer(403, {"message": "no"})
        elif path.path == "/repos/ada/lib/issues/7/comments":
            asked = parse_qs(path.query)
            page, size = int(asked.get("page", ["1"])[0]), int(asked["per_page"][0])
            found = self.hub.comments[(page - 1) * size : page * size]
            more = page * size < len(self.hub.comments)
            link = f'<{self.hub.url}{path.path}?per_page={size}&page={page + 1}>; rel="next"'
            self._answer(200, found, {"Link": link} if more else {})
        else:
            self._answer(404, {"message": "Not Found"})

    def do_POST(self) -> None:
        self._write(urlparse(self.path).path == "/repos/ada/lib/issues/7/comments", None)

    def do_PATCH(self) -> None:
        number = int(self.path.rpartition("/")[2])
        known = any(one["id"] == number for one in self.hub.comments)
        self._write(known, number)

    def _write(self, known: bool, number: int | None) -> None:
        if self._refused():
            return
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]
        if not known:
            self._answer(404, {"message": "Not Found"})
        elif self.hub.read_only:
            self._answer(403, {"message": "Resource not accessible by integration"})
        elif len(body) > self.hub.limit:
            self._answer(422, {"message": f"body is too long (maximum is {self.hub.limit})"})
        elif number is None:
            made = self.hub.add(body)
            self._answer(201, {"id": made, "html_url": f"{self.hub.url}/comment/{made}"})
        else:
            self.hub.comments[number - 1]["body"] = body
            self._answer(200, {"id": number, "html_url": f"{self.hub.url}/comment/{number}"})

    def _refused(self) -> bool:
        self.hub.asked.append(f"{self.command} {self.path}")
        self.hub.tokens.add(self.headers.get("Authorization", ""))
        if self.hub.failures:
            status = self.hub.failures.pop(0)
            if self.command in {"POST", "PATCH"}:
                self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(status, {"message": "try again"}, {"Location": "http://127.0.0.1:9/"})
            return True
        return False

    def _answer(self, status: int, value: object, headers: dict[str, str] | None = None) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        for name, text in (headers or {}).items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
