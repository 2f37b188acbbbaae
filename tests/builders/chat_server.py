"""A real HTTP server on localhost that speaks chat completions, well or badly, as it is told.

    with ChatServer([Step("I add.", "print(1 + 1)")]) as server:
        OpenAIModel("m", base_url=server.url).reply(...)
    server.requests[0].body["messages"]

A `Step` is answered in the way the server's `output` says; any other answer is sent as it is.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, Literal

from tests.builders.http import HttpServer, Quiet

Output = Literal["schema", "refuses", "ignores"]


@dataclass(frozen=True)
class Step:
    """A good answer, in the form that the request and the server's `output` make."""

    thought: str
    code: str
    prompt_tokens: int = 10
    completion_tokens: int = 5


@dataclass(frozen=True)
class Raw:
    """One answer, byte for byte.

    Attributes:
        drop: Bytes of the body to send before the connection is cut; None to send all.
        slow: The answer comes only after the client has gone or the test is over.
    """

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: int | None = None
    slow: bool = False


@dataclass(frozen=True)
class Request:
    """What a client sent."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]


def completion(
    content: object, finish: str = "stop", usage: tuple[int, int] = (10, 5), **message: object
) -> Raw:
    """A whole completion with this content."""
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "test",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content, **message},
                "finish_reason": finish,
            }
        ],
        "usage": {
            "prompt_tokens": usage[0],
            "completion_tokens": usage[1],
            "total_tokens": sum(usage),
        },
    }
    return Raw(200, json.dumps(body))


def failure(
    status: int, message: str = "", code: str = "", *, param: str = "", **headers: str
) -> Raw:
    """An error in OpenAI's shape; `retry_after="1"` becomes the header."""
    error = {"message": message, "type": "error", "param": param or None, "code": code or None}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Raw(status, json.dumps({"error": error}), named)


def streamed(answer: Raw, *, size: int = 7) -> Raw:
    """A completion as a stream of events, its content in pieces of `size` characters."""
    body = json.loads(answer.body)
    choice = body["choices"][0]
    text = choice["message"]["content"]
    deltas = [{"content": text[at : at + size]} for at in range(0, len(text), size)]
    events: list[dict[str, Any]] = [{"choices": [{"index": 0, "delta": d}]} for d in deltas]
    events.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    events.append({"choices": [], "usage": body["usage"]})
    lines = [f"data: {json.dumps(event)}\n\n" for event in events] + ["data: [DONE]\n\n"]
    return Raw(200, "".join(lines), {"Content-Type": "text/event-stream"})


DROPPED = Raw(drop=0)
HALF = Raw(body=completion("x" * 500).body, drop=100)
SLOW = Raw(slow=True)
NO_FORMAT = failure(400, "response_format type json_schema is not supported", "invalid_value")


class ChatServer(HttpServer):
    """The server, as a context manager.

    Attributes:
        requests: What clients sent, in order; those for `/models` among them.
    """

    def __init__(
        self,
        answers: Iterable[Step | Raw] = (),
        *,
        output: Output = "schema",
        models: Iterable[str] | Raw = ("test",),
    ) -> None:
        self.requests: list[Request] = []
        self._answers = iter(answers)
        self._output = output
        self._models = models if isinstance(models, Raw) else _listing(models)
        self._lock = threading.Lock()
        self._over = threading.Event()
        super().__init__(_handler(self))

    @property
    def url(self) -> str:
        """The base URL to give to a client."""
        return f"{self.host}/v1"

    @property
    def chats(self) -> list[Request]:
        """The requests for completions."""
        return [request for request in self.requests if "/chat/completions" in request.path]

    def leave(self) -> None:
        self._over.set()

    def answer(self, request: Request) -> Raw:
        """What to send back; called by the handler's threads."""
        with self._lock:
            self.requests.append(request)
            if request.path.endswith("/models"):
                return self._models
            structured = "response_format" in request.body
            if structured and self._output == "refuses":
                return NO_FORMAT
            told = next(self._answers, failure(418, "the test has no more answers"))
        if isinstance(told, Raw):
            return told
        made = self._made(told, structured=structured)
        return streamed(made) if request.body.get("stream") else made

    def _made(self, told: Step, *, structured: bool) -> Raw:
        usage = (told.prompt_tokens, told.completion_tokens)
        if structured and self._output == "schema":
            return completion(json.dumps({"thought": told.thought, "code": told.code}), usage=usage)
        return completion(f"{told.thought}\n\n```python\n{told.code}\n```", usage=usage)

    def wait_until_over(self) -> None:
        """Keep a slow answer back until the test is over."""
        self._over.wait(30)


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
