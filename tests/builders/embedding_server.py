"""A real HTTP server on localhost that embeds texts: one axis for each of some meanings.

    with EmbeddingServer() as server:
        EndpointEmbeddings("m", server.url)(["mean of numbers"])

Words of one meaning ("mean", "average") point along one axis, so that texts without a common word
can be near. What it answers can be set to something else while it runs.
"""

from __future__ import annotations

import json
import re
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.builders.http import HttpServer, Quiet

MEANINGS = (
    "mean average arithmetic",
    "count tally occurrences",
    "delete remove drop",
    "rain weather precipitation",
    "table spreadsheet column",
)


def vector(text: str) -> list[float]:
    """How often each meaning is met in a text, and a little of everything else."""
    words = re.findall(r"[a-z]+", text.lower())
    found = [sum(word in meaning.split() for word in words) for meaning in MEANINGS]
    return [*map(float, found), 0.1]


class EmbeddingServer(HttpServer):
    """The server, as a context manager.

    Attributes:
        batches: The texts of each request, in order.
        answer: What to send instead of embeddings: a status and a body; None to embed.
    """

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.answer: tuple[int, Any] | None = None
        super().__init__(_handler(self))

    @property
    def url(self) -> str:
        """The base URL to give to a client."""
        return f"{self.host}/v1"

    def embed(self, texts: list[str]) -> tuple[int, Any]:
        """Status and body; the vectors in another order than the texts, as endpoints may."""
        self.batches.append(texts)
        data = [
            {"object": "embedding", "index": place, "embedding": vector(text)}
            for place, text in enumerate(texts)
        ]
        return self.answer or (200, {"object": "list", "model": "m", "data": data[::-1]})


def _handler(server: EmbeddingServer) -> type[BaseHTTPRequestHandler]:
    class Handler(Quiet, BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, body = server.embed(sent["input"])
            data = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    return Handler
