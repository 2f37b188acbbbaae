"""What a text says to whoever undoes the usual ways of writing it otherwise."""

from __future__ import annotations

import ast
import base64
import binascii
import codecs
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import unquote

from dynasaur.source.pure import FUNCTIONS

DEPTH = 3
"""So many ways of writing may lie one in the other."""

SHORTEST = 4
_MOST = 100_000
"""So many characters of readings of one text are looked at."""


def readings(value: object) -> Iterator[str]:
    """A constant as text, in every way that is easily undone; first as it stands.

    Args:
        value: A text, bytes, a whole number, or a list of texts or of characters' numbers.
    """
    waiting = [(text, 0) for text in _as_text(value)]
    seen = {text for text, _ in waiting}
    characters = 0
    while waiting:
        text, depth = waiting.pop(0)
        characters += len(text)
        yield text
        for other in _undone(text) if depth < DEPTH and characters < _MOST else ():
            if len(other) >= SHORTEST and other not in seen:
                seen.add(other)
                waiting.append((other, depth + 1))


def constants(tree: ast.AST, apart: Sequence[ast.AST] = ()) -> Iterator[tuple[ast.expr, object]]:
    """The constants and constant lists that stand in a tree, but for some of its nodes."""
    passed = set(map(id, apart))
    for node in ast.walk(tree):
        if id(node) in passed or not isinstance(node, ast.expr):
            continue
        if isinstance(node, ast.Constant):
            yield node, node.value
        elif isinstance(node, ast.List | ast.Tuple | ast.Set):
            parts = [part.value for part in node.elts if isinstance(part, ast.Constant)]
            if len(parts) == len(node.elts):
                yield node, parts


def _as_text(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case bytes():
            yield value.decode("latin-1")
        case bool():
            return
        case int() if value.bit_length() > 8 * SHORTEST:
            data = value.to_bytes(value.bit_length() // 8 + 1, "big").strip(b"\0")
            yield from (data.decode("latin-1"), data[::-1].decode("latin-1"))
        case [str(), *_]:
            parts = [part for part in value if isinstance(part, str)]
            for ordered in (parts, parts[::-1]):
                yield from ("".join(ordered), " ".join(ordered))
        case [int(), *_]:
            characters = [part for part in value if isinstance(part, int) and 0 < part < 0x3000]
            yield "".join(map(chr, characters))


def _undone(text: str) -> Iterator[str]:
    """The text with one way of writing undone, each that there is something to undo of."""
    yield text[::-1]
    yield codecs.decode(text, "rot13")
    yield unquote(text)
    plain = "".join(text.split())
    if not plain.isascii():
        yield from _unpacked(text)
        return
    padded = plain.rstrip("=") + "=" * (-len(plain.rstrip("=")) % 4)
    for decode, given in (
        (bytes.fromhex, plain.replace("\\x", "").removeprefix("0x")),
        (base64.b64decode, padded.replace("-", "+").replace("_", "/")),
        (base64.b32decode, plain.upper()),
        (base64.b85decode, plain),
        (base64.a85decode, plain),
    ):
        data = _tried(decode, given)
        if data:
            yield data.decode("latin-1")
            yield from _strictly(data)
    yield from _unpacked(text)


def _tried(decode: Callable[[str], bytes], text: str) -> bytes:
    try:
        return decode(text)
    except (ValueError, binascii.Error):
        return b""


def _strictly(data: bytes) -> Iterator[str]:
    try:
        yield data.decode("utf-8")
    except UnicodeDecodeError:
        return


def _unpacked(text: str) -> Iterator[str]:
    """What was packed by zlib or gzip."""
    try:
        yield FUNCTIONS["zlib.decompress"](text.encode("latin-1")).decode("utf-8", "replace")
    except Exception:  # noqa: BLE001 - zlib's own error is no ValueError, and not named here
        return
