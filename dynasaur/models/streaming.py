"""A completion that comes in pieces: put together again, its thought told as it comes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from dynasaur.models import wire

_DATA = "data:"
_THOUGHT = re.compile(r'\A\s*\{\s*"thought"\s*:\s*"((?:[^"\\]|\\.)*)', re.DOTALL)
_CODE_BEGINS = re.compile(r"^[ \t]*(?:```|~~~)|<code>|`{1,2}\Z", re.MULTILINE)


class Pieces:
    """The lines of a stream of server-sent events, or of a body from a server that sends none.

    Args:
        heard: Told each new piece of the thought.
    """

    def __init__(self, heard: Callable[[str], None]) -> None:
        self._heard = heard
        self._told = ""
        self._plain: list[str] = []
        self._content: list[str] = []
        self._reasoning: list[str] = []
        self._refusal = ""
        self._finish = ""
        self._usage: object = None
        self._error = ""
        self._done = False

    def take(self, line: str) -> None:
        """One line of the body."""
        if not line.startswith(_DATA):
            if line.strip() and not line.startswith((":", "event:", "id:", "retry:")):
                self._plain.append(line)
            return
        text = line[len(_DATA) :].strip()
        if text == "[DONE]":
            self._done = True
            return
        event = wire.read_json(text)
        if not isinstance(event, dict):
            self._error = self._error or json.dumps(
                {"error": {"message": f"no event: {text[:60]}"}}
            )
            return
        if event.get("error"):
            self._error = self._error or text
        self._usage = event.get("usage") or self._usage
        choices = event.get("choices")
        if isinstance(choices, list) and choices and isinstance(choices[0], dict):
            self._take_choice(choices[0])

    def _take_choice(self, choice: dict[str, object]) -> None:
        delta = choice.get("delta")
        if isinstance(delta, dict):
            for name, kept in (("content", self._content), ("reasoning_content", self._reasoning)):
                if isinstance(piece := delta.get(name), str):
                    kept.append(piece)
            if isinstance(refusal := delta.get("refusal"), str):
                self._refusal += refusal
        if isinstance(finish := choice.get("finish_reason"), str):
            self._finish = finish
        self._tell()

    def _tell(self) -> None:
        thought = thought_of("".join(self._content))
        if thought.startswith(self._told) and len(thought) > len(self._told):
            self._heard(thought[len(self._told) :])
            self._told = thought

    @property
    def whole(self) -> bool:
        """The stream came to its end; a body that is no stream always has."""
        return self._done or bool(self._finish or self._error) or not self._content

    def body(self) -> str:
        """The body that the server would have sent without a stream."""
        if self._error:
            return self._error
        if self._plain and not self._content:
            return "\n".join(self._plain)
        message = {
            "content": "".join(self._content),
            "reasoning_content": "".join(self._reasoning),
            "refusal": self._refusal,
        }
        choice = {"message": message, "finish_reason": self._finish or "stop"}
        return json.dumps({"choices": [choice], "usage": self._usage})


def thought_of(text: str) -> str:
    """As much of the thought as stands in the beginning of a reply."""
    if text.lstrip().startswith("{"):
        found = _THOUGHT.match(text)
        if not found:
            return ""
        try:
            return str(json.loads(f'"{found[1]}"', strict=False))
        except ValueError:  # cut in the middle of an escape
            return ""
    begins = _CODE_BEGINS.search(text)
    return text[: begins.start()] if begins else text
