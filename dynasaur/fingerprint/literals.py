"""Numbers and strings, in one spelling."""

from __future__ import annotations

import ast
import functools
import warnings
from typing import TYPE_CHECKING

from dynasaur.fingerprint import formats, terms
from dynasaur.fingerprint.binding import Unreadable
from dynasaur.fingerprint.reader import Reader, kids
from dynasaur.fingerprint.terms import Node

if TYPE_CHECKING:
    from dynasaur.syntax import Cst

_PLAIN_PREFIXES = {"", "u", "U", "r", "R"}


@functools.lru_cache(4096)
def literal(text: str) -> object:
    """The value of a literal as CPython reads it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.literal_eval(text)
    except (SyntaxError, ValueError, MemoryError) as error:
        raise Unreadable("literal") from error


def _spelled(value: object) -> str:
    try:
        return repr(value)
    except ValueError as error:  # more digits than Python will print
        raise Unreadable("number") from error


class Literals(Reader):
    """Reads literals."""

    def _read_integer(self, node: Cst) -> Node:
        text = self.raw(node)
        if text.isdecimal() and text.isascii() and text[0] != "0" and len(text) < 4000:
            return ("constant", text)
        return ("constant", _spelled(literal(text)))

    _read_float = _read_integer

    def _read_true(self, node: Cst) -> Node:
        return ("constant", self.raw(node))

    _read_false = _read_true
    _read_none = _read_true

    def _read_ellipsis(self, _: Cst) -> Node:
        return ("constant", "...")

    # strings

    def _read_string(self, node: Cst) -> Node:
        start, end = node.children[0], node.children[-1]
        opening = self.raw(start)
        quote = opening.lstrip("fFrRbBuUtT")
        marks = opening[: len(opening) - len(quote)]
        if "f" in marks.lower():
            return self._text(node, marks, quote)
        body = self.data[start.end_byte : end.start_byte]
        simple = marks in _PLAIN_PREFIXES and b"\r" not in body
        if simple and (b"\\" not in body or marks in {"r", "R"}):
            return self._constant_text(body.decode())
        value = literal(self.raw(node))
        if isinstance(value, bytes):
            return ("bytes", value)
        if not isinstance(value, str):
            raise Unreadable(marks)
        return self._constant_text(value)

    def _constant_text(self, value: str) -> Node:
        """A string constant, which may be the name of something."""
        if value.isidentifier():
            self.notes.words.add(value)
        self.notes.strings.append(value)
        return ("string", value)

    def _read_concatenated_string(self, node: Cst) -> Node:
        parts = self.expressions(kids(node))
        kinds = {terms.kind(part) for part in parts}
        if kinds == {"bytes"}:
            return ("bytes", b"".join(part[1] for part in parts))
        if "bytes" in kinds:
            raise Unreadable("bytes beside text")
        return formats.text(parts)

    # f-strings

    def _text(self, node: Cst, marks: str, quote: str) -> Node:
        plain = marks.lower().replace("f", "")
        parts: list[Node] = []
        position = node.children[0].end_byte
        for child in node.children[1:]:
            if child.type in {"interpolation", "string_end"}:
                parts.append(self._piece(position, child.start_byte, plain, quote))
                position = child.end_byte
            if child.type == "interpolation":
                parts += self._field(child, plain, quote)
        return formats.text(parts)

    def _piece(self, start: int, stop: int, plain: str, quote: str) -> Node:
        """The constant text between two fields."""
        piece = self.data[start:stop].decode()
        if "\\N" in piece:
            raise Unreadable("named character in an f-string")
        piece = piece.replace("{{", "{").replace("}}", "}")
        if ("\\" in piece and "r" not in plain) or "\r" in piece:
            value = literal(f"{plain}{quote}{piece}{quote}")
            assert isinstance(value, str)
            piece = value
        return self._constant_text(piece)

    def _field(self, node: Cst, plain: str, quote: str) -> list[Node]:
        value = self.inside(node, "expression")
        conversion, spec = "", None
        shown: list[Node] = []
        for index, child in enumerate(node.children):
            if child.type == "type_conversion":
                conversion = self.raw(child).lstrip("!").strip()
            elif child.type == "format_specifier":
                spec = self._spec(child, plain, quote)
            elif child.type == "=":
                until = node.children[index + 1].start_byte
                text = self.data[node.start_byte + 1 : until].decode()
                shown.append(self._constant_text(text))
        if shown and not conversion and spec is None:
            conversion = "r"
        return [*shown, formats.field(value, conversion, spec, self.notes)]

    def _spec(self, node: Cst, plain: str, quote: str) -> Node:
        parts: list[Node] = []
        position = node.children[0].end_byte
        for child in node.children[1:]:
            if child.type in {"format_expression", "interpolation"}:
                parts.append(self._piece(position, child.start_byte, plain, quote))
                parts += self._field(child, plain, quote)
                position = child.end_byte
        parts.append(self._piece(position, node.end_byte, plain, quote))
        made = formats.text(parts)
        return None if made == ("string", "") else made
