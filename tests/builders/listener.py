"""A model that sees and hears, on localhost: chat completions and transcriptions."""

from __future__ import annotations

import base64
import json
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.builders.http import HttpServer, Quiet

USAGE = {"prompt_tokens": 1_000, "completion_tokens": 10, "total_tokens": 1_010}


class Sensing(HttpServer):
    """The model's server.

    Args:
        says: What it says to everything.
        status: Answer with this status instead.
        counts: Say what an answer used.

    Attributes:
        seen: Each picture: its kind and bytes.
        heard: Each recording: its kind or name, and its bytes.
        asked: The last words of each request.
        models: The models that were asked.
    """

    def __init__(
        self, says: str = "a red pixel", *, status: int = 200, counts: bool = True
    ) -> None:
        self.seen: list[tuple[str, bytes]] = []
        self.heard: list[tuple[str, bytes]] = []
        self.asked: list[str] = []
        self.models: list[str] = []
        self._used = {"usage": USAGE} if counts else {}
        model = self

        class Handler(Quiet, BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path.endswith("/audio/transcriptions"):
                    answer = model.transcribed(self.headers["Content-Type"], sent, says)
                else:
                    answer = model.answered(json.loads(sent), says)
                body = json.dumps(answer if status == 200 else {"error": {"message": "no"}})
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

        super().__init__(Handler)

    @property
    def url(self) -> str:
        """The base URL to give to a client."""
        return f"{self.host}/v1"

    def answered(self, body: dict[str, Any], says: str) -> Any:
        """A completion, once what was sent is noted."""
        self.models.append(body["model"])
        for part in body["messages"][-1]["content"]:
            if part["type"] == "text":
                self.asked.append(part["text"])
            elif part["type"] == "image_url":
                kind, _, data = part["image_url"]["url"].removeprefix("data:").partition(";base64,")
                self.seen.append((kind, base64.b64decode(data)))
            else:
                sound = part["input_audio"]
                self.heard.append((sound["format"], base64.b64decode(sound["data"])))
        message = {"role": "assistant", "content": says}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return {"object": "chat.completion", "choices": [choice], **self._used}

    def transcribed(self, kind: str, sent: bytes, says: str) -> Any:
        """A transcript, once what was sent is noted."""
        form = BytesParser().parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + sent)
        for part in form.get_payload():
            assert not isinstance(part, str)
            name = part.get_param("name", header="content-disposition")
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            if name == "file":
                self.heard.append((str(part.get_filename()), content))
            elif name == "model":
                self.models.append(content.decode().strip())
        return {"text": says, "usage": {"type": "tokens", "input_tokens": 50, "output_tokens": 5}}
