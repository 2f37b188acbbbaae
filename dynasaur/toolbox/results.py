"""What a tool gave, as what code gets: a value, pictures, files."""

from __future__ import annotations

import base64
import binascii
import json
import mimetypes
from collections.abc import Mapping
from typing import Any

from dynasaur.toolbox.stubs import shown_text
from dynasaur.types import Given, Image, Json

TEXT = 200_000
"""Characters of text that come as a value; what is longer comes as a file, too."""

BYTES = 8_000_000
"""Bytes of pictures and files that come with one result."""

PICTURES = 8
FOLDER = "tool-results"
"""The folder of the work folder that a tool's files are put into."""


class Taken:
    """The parts of one result, taken one by one.

    Args:
        name: What its files are called, without an ending.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._texts: list[str] = []
        self._room = BYTES
        self.files: dict[str, bytes] = {}
        self.images: list[Image] = []

    @property
    def text(self) -> str:
        """All text, lines of our own about what is no text among it."""
        return "\n".join(self._texts)

    def take(self, block: Mapping[str, Any]) -> None:
        """Take one block of content, of any shape."""
        kind, mime = block.get("type"), str(block.get("mimeType") or "")
        if kind == "text":
            self._texts.append(str(block.get("text", "")))
        elif kind in {"image", "audio"}:
            self._data(str(block.get("data", "")), mime, f"{kind} {mime}")
        elif kind == "resource_link":
            self._texts.append(f"[resource {block.get('uri')}: {block.get('name', '')}]")
        elif kind == "resource" and isinstance(one := block.get("resource"), Mapping):
            if isinstance(blob := one.get("blob"), str):
                self._data(blob, str(one.get("mimeType") or ""), f"resource {one.get('uri')}")
            else:
                self._texts.append(str(one.get("text", "")))
        else:
            self._texts.append(f"[{kind}: a kind of content that is not known]")

    def add(self, ending: str, data: bytes) -> str:
        """Give a file along; its name in the work folder, empty where there is no more room."""
        if len(data) > self._room:
            return ""
        self._room -= len(data)
        number = len(self.files) + 1
        name = f"{FOLDER}/{self._name}-{number}{ending}"
        self.files[name] = data
        return name

    def _data(self, encoded: str, mime: str, what: str) -> None:
        try:
            data = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            self._texts.append(f"[{what}: cannot be decoded]")
            return
        room = len(self.images) < PICTURES and len(data) <= self._room
        if room and mime in {"image/png", "image/jpeg"}:
            self._room -= len(data)
            self.images.append(Image("image/png" if mime == "image/png" else "image/jpeg", data))
            self._texts.append(f"[{what}, shown]")
            return
        name = self.add(mimetypes.guess_extension(mime) or ".bin", data)
        said = f"in the file {name}" if name else f"left out: {len(data):,} bytes are too many"
        self._texts.append(f"[{what}, {said}]")


def given_of(result: Mapping[str, Any], name: str, *, wrapped: bool) -> Given:
    """What code gets of a tool's result.

    Args:
        result: The result as JSON, as the protocol has it.
        name: What its files are called, without an ending.
        wrapped: The server wraps a plain value as `{"result": value}`.

    Raises:
        RuntimeError: The tool says that it failed.
    """
    taken = Taken(name)
    blocks = result.get("content")
    for block in blocks if isinstance(blocks, list) else []:
        if isinstance(block, Mapping):
            taken.take(block)
    if result.get("isError"):
        raise RuntimeError(shown_text(taken.text, 4_000) or "the tool failed, and says nothing")
    value: Json = result.get("structuredContent")
    if value is None:
        value = taken.text
    elif wrapped and isinstance(value, dict) and list(value) == ["result"]:
        value = value["result"]
    return Given(_bounded(value, taken), taken.files, tuple(taken.images))


def _bounded(value: Json, taken: Taken) -> Json:
    """The value, or the beginning of its text where it is too long, and where the rest is."""
    is_text = isinstance(value, str)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if len(text) <= TEXT:
        return value
    data = text.encode("utf-8", "replace")
    name = taken.add(".txt" if is_text else ".json", data)
    where = f"all of it is in the file {name}" if name else "it is too long for a file, too"
    return f"{text[:TEXT]}\n[... {len(text):,} characters; {where}]"
