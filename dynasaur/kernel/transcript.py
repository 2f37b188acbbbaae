"""What one cell said: its text, bounded and cleaned, and its pictures."""

from __future__ import annotations

import base64
import binascii
import re
from collections import deque
from collections.abc import Mapping

from dynasaur.types import Image

HEAD = 600_000
"""Characters kept from the start; a little more than what the kernel itself lets through."""

TAIL = 600_000
"""Characters kept from the end."""

IMAGE = 4_000_000
"""Bytes of one picture."""

_ESCAPES = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # operating system commands: titles, links
    r"|\x1b\[[0-?]*[ -/]*[@-~]"  # control sequences: colours, cursor
    r"|\x1b[@-_]?"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_MAGIC: dict[str, bytes] = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}


def clean(text: str) -> str:
    """The text without escape sequences and control characters.

    Of a line that was written over (progress bars), the last state stays.
    """
    text = _ESCAPES.sub("", text)
    if "\r" in text:
        lines = (line.rstrip("\r") for line in text.split("\n"))
        text = "\n".join(line.rpartition("\r")[2] for line in lines)
    text = _CONTROLS.sub("", text)
    return text.encode("utf-8", "replace").decode("utf-8")


class Text:
    """Text that grows without end in bounded memory: its head and its tail are kept."""

    def __init__(self, head: int = HEAD, tail: int = TAIL) -> None:
        self._head: list[str] = []
        self._room = head
        self._tail: deque[str] = deque()
        self._tail_room = tail
        self._left_out = 0

    def add(self, text: str) -> None:
        """Take more text."""
        now, rest = text[: self._room], text[self._room :]
        if now:
            self._head.append(now)
            self._room -= len(now)
        if rest:
            self._tail.append(rest)
            self._tail_room -= len(rest)
            while self._tail_room < 0:
                self._drop()

    def _drop(self) -> None:
        oldest = self._tail.popleft()
        excess = min(-self._tail_room, len(oldest))
        if excess < len(oldest):
            self._tail.appendleft(oldest[excess:])
        self._tail_room += excess
        self._left_out += excess

    def __str__(self) -> str:
        head, tail = "".join(self._head), "".join(self._tail)
        if not self._left_out:
            return clean(head + tail)
        note = f"\n[... {self._left_out:,} characters left out ...]\n"
        return clean(head) + note + clean(tail)


class Transcript:
    """What one cell said.

    Args:
        images: Pictures kept at most.
    """

    def __init__(self, images: int) -> None:
        self.output = Text()
        self.late = Text(20_000, 20_000)
        self.images: list[Image] = []
        self._most = images
        self._ends_line = True

    def take(self, kind: str, content: Mapping[str, object], *, late: bool) -> None:
        """Take one message of the output channel; kinds that say nothing are passed over.

        Args:
            kind: The message type.
            content: Its content, of any shape.
            late: It belongs to an earlier cell.
        """
        if kind == "stream":
            self._write(content.get("text"), late=late)
        elif kind in {"display_data", "execute_result"}:
            data = content.get("data")
            if isinstance(data, Mapping):
                self._display(data, late=late)

    def _write(self, text: object, *, late: bool) -> None:
        if isinstance(text, str) and text:
            (self.late if late else self.output).add(text)
            if not late:
                self._ends_line = text.endswith("\n")

    def _display(self, data: Mapping[str, object], *, late: bool) -> None:
        if not late and any(self._show(mime, data.get(mime)) for mime in _MAGIC):
            return
        text = data.get("text/plain")
        if isinstance(text, str):
            start = "" if late or self._ends_line else "\n"
            self._write(f"{start}{text}\n", late=late)

    def _show(self, mime: str, encoded: object) -> bool:
        """Keep a picture; say whether there was one."""
        if not isinstance(encoded, str) or not encoded:
            return False
        if len(self.images) >= self._most or len(encoded) > IMAGE * 4 // 3 + 100_000:
            self._write("[a picture was left out: too large, or too many]\n", late=False)
            return True
        try:
            picture = base64.b64decode("".join(encoded.split()), validate=True)
        except (binascii.Error, ValueError):
            return False
        if not picture.startswith(_MAGIC[mime]):
            return False
        self.images.append(Image("image/png" if mime == "image/png" else "image/jpeg", picture))
        return True
