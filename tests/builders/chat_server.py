"""A real HTTP server on localhost that speaks the two APIs, well or badly, as it is told.

    with ChatServer([Step("I add.", "print(1 + 1)")]) as server:
        OpenAIModel("m", base_url=server.url).reply(...)
    server.requests[0].body["messages"]

A `Step` is answered in the way the server's `output` says; any other answer is sent as it is.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler
from typing import Literal

from tests.builders.answers import DROPPED as DROPPED
from tests.builders.answers import HALF as HALF
from tests.builders.answers import (
    NO_FORMAT,
    NO_PATH,
    NO_TOOLS,
    ONLY_RESPONSES,
    completion_of,
    response_of,
)
from tests.builders.answers import SLOW as SLOW
from tests.builders.answers import Raw as Raw
from tests.builders.answers import Request as Request
from tests.builders.answers import Step as Step
from tests.builders.answers import completion as completion
from tests.builders.answers import failure as failure
from tests.builders.answers import streamed as streamed
from tests.builders.http import HttpServer, Quiet

Output = Literal["schema", "refuses", "ignores", "tools", "bare"]
"""What it understands: everything; no schema, and tools it does not look at; neither of them, both
unlooked at; tools alone; neither of them, which it says."""

Apis = Literal["chat", "both", "responses"]
Rule = Callable[[Request], Raw | None]
Answer = Step | Raw | Callable[[Request], Step | Raw]
"""A step, an answer as it is, or what makes one of a request."""


class ChatServer(HttpServer):
    """The server, as a context manager.

    Args:
        answers: What it answers, in order.
        output: The forms of a reply that it understands.
        models: What it lists.
        apis: What it can be asked by; `both`: its model is to be had by the Responses API alone.
        rule: Refuses a request, before anything else; gives None for one that it takes.

    Attributes:
        requests: What clients sent, in order; those for `/models` among them.
    """

    def __init__(
        self,
        answers: Iterable[Answer] = (),
        *,
        output: Output = "schema",
        models: Iterable[str] | Raw = ("test",),
        apis: Apis = "chat",
        rule: Rule | None = None,
    ) -> None:
        self.requests: list[Request] = []
        self._answers = iter(answers)
        self._output = output
        self._models = models if isinstance(models, Raw) else _listing(models)
        self._apis = apis
        self._rule = rule
        self._lock = threading.Lock()
        self._over = threading.Event()
        super().__init__(_handler(self))

    @property
    def url(self) -> str:
        """The base URL to give to a client."""
        return f"{self.host}/v1"

    @property
    def chats(self) -> list[Request]:
        """The requests for replies."""
        return [
            request
            for request in self.requests
            if "/chat/completions" in request.path or "/responses" in request.path
        ]

    def leave(self) -> None:
        self._over.set()

    def answer(self, request: Request) -> Raw:
        """What to send back; called by the handler's threads."""
        with self._lock:
            self.requests.append(request)
            if request.path.endswith("/models"):
                return self._models
            if refused := self._refused(request):
                return refused
            told = next(self._answers, failure(418, "the test has no more answers"))
            if callable(told):
                told = told(request)
        if isinstance(told, Raw):
            return told
        made = self._made(told, request)
        return streamed(made) if request.body.get("stream") else made

    def _refused(self, request: Request) -> Raw | None:
        if self._rule and (refused := self._rule(request)):
            return refused
        newer = "/responses" in request.path
        if newer == (self._apis == "chat"):
            return ONLY_RESPONSES if self._apis == "both" else NO_PATH
        way = way_of(request)
        if way == "schema" and self._output in {"refuses", "tools", "bare"}:
            return NO_FORMAT
        return NO_TOOLS if way == "tool" and self._output == "bare" else None

    def _made(self, told: Step, request: Request) -> Raw:
        way = way_of(request)
        understood = {"schema": ("schema", "tool"), "tools": ("tool",)}.get(self._output, ())
        way = way if way in understood else "text"
        return (response_of if "/responses" in request.path else completion_of)(told, way)

    def wait_until_over(self) -> None:
        """Keep a slow answer back until the test is over."""
        self._over.wait(30)


def way_of(request: Request) -> str:
    """The form that a request asks for: `schema`, `tool` or `text`."""
    if "response_format" in request.body or "format" in request.body.get("text", {}):
        return "schema"
    return "tool" if "tools" in request.body else "text"


def _listing(names: Iterable[str]) -> Raw:
    data = [{"id": name, "object": "model", "created": 1, "owned_by": "test"} for name in names]
    return Raw(200, json.dumps({"object": "list", "data": data}))


def _handler(server: ChatServer) -> type[BaseHTTPRequestHandler]:
    class Handler(Quiet, BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else the body waits 40 ms for the client's ACK

        def do_GET(self) -> None:
            self._give(server.answer(Request(self.path, dict(self.headers), {})))

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._give(server.answer(Request(self.path, dict(self.headers), json.loads(sent))))

        def _give(self, answer: Raw) -> None:
            if answer.slow:
                server.wait_until_over()
            if answer.slow or answer.drop == 0:
                self.close_connection = True
                return
            body = answer.body.encode()
            self.send_response(answer.status)
            for name, value in (
                {"Content-Type": "application/json"} | dict(answer.headers)
            ).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: answer.drop])
            self.close_connection = answer.drop is not None

    return Handler
