"""A stream of server-sent events: its lines taken, the thought in it told as it comes."""

from __future__ import annotations

import json
import re

from dynasaur.models.apis.api import Heard
from dynasaur.models.wire import as_dict, as_text, read_json

_DATA = "data:"
_THOUGHT = re.compile(r'\A\s*\{\s*"thought"\s*:\s*"((?:[^"\\]|\\.)*)', re.DOTALL)
_CODE_BEGINS = re.compile(r"^[ \t]*(?:```|~~~)|<code>|`{1,2}\Z", re.MULTILINE)


class Events:
    """The lines of a stream of events, or of a body from a server that sends none.

    Attributes:
        error: The body of an error that came in the stream; empty for none.
        done: The stream said that it is over.
        malformed: The beginning of a line that is no event; empty where all are.
        cut: The last event has no end.

    Args:
        heard: Told each new piece of the thought.
    """

    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        self._told = ""
        self._plain: list[str] = []
        self._text: list[str] = []
        self.error = ""
        self.done = False
        self.malformed = ""
        self.cut = False

    @property
    def text(self) -> str:
        """What was said so far."""
        return "".join(self._text)

    @property
    def plain(self) -> str:
        """The body of a server that sent no events."""
        return "\n".join(self._plain)

    def take(self, line: str) -> None:
        """One line of the body."""
        self.cut = bool(line.strip())
        if not line.startswith(_DATA):
            if line.strip() and not line.startswith((":", "event:", "id:", "retry:")):
                self._plain.append(line)
            return
        text = line[len(_DATA) :].strip()
        if text == "[DONE]":
            self.done = True
            return
        event = read_json(text)
        if not isinstance(event, dict):
            self.malformed = self.malformed or text[:60]
            return
        if event.get("error"):
            self.error = self.error or text
        self.event(event)

    def event(self, event: dict[str, object]) -> None:
        """One event; each API has its own."""
        raise NotImplementedError

    def said(self, piece: str) -> None:
        """The next piece of what the model says."""
        if piece:
            self._text.append(piece)
            self.tell(self.text)

    def tell(self, text: str) -> None:
        """Tell what is new of the thought that stands in the beginning of `text`."""
        thought = thought_of(text)
        if thought.startswith(self._told) and len(thought) > len(self._told):
            self._heard(thought[len(self._told) :])
            self._told = thought


def error_of(event: dict[str, object]) -> str:
    """The body of an error that an event tells of."""
    kept = {name: as_text(event.get(name)) for name in ("message", "code", "param")}
    return json.dumps({"error": as_dict(event.get("error")) or kept})


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
