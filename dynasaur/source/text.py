"""Text as Python's own parser sees it: line ends, parsing without surprises, pieces by position."""

from __future__ import annotations

import ast
import re
import warnings
from functools import lru_cache
from typing import Protocol

from dynasaur.errors import ActionError

BOM = "\ufeff"

_CONFLICT = re.compile(r"^<{7} ", re.MULTILINE)
"""Where git begins a conflict that it leaves to a person."""

_REMEMBERED = 20_000
"""Characters of the longest text whose tree is kept for a while: a tree takes many times more."""


class Placed(Protocol):
    """A node that knows where it stands: lines from 1, columns in UTF-8 bytes from 0."""

    lineno: int
    col_offset: int
    end_lineno: int | None
    end_col_offset: int | None


def words(text: str) -> frozenset[str]:
    """A set of words, written as one text."""
    return frozenset(text.split())


def normal(text: str) -> str:
    r"""The text without a byte order mark, its line ends `\n`, as Python reads it."""
    return text.removeprefix(BOM).replace("\r\n", "\n").replace("\r", "\n")


def parse(text: str) -> ast.Module:
    """The tree of a text, by CPython's parser: to be read only, since others are given the same.

    Many ask for the tree of one text in turn (what is in it, what it can do, each of the rules).

    Raises:
        SyntaxError: It is not Python, whatever the parser said: null bytes, lone surrogates and
            nesting beyond the parser's depth end here too. No warning is ever given.
    """
    return _remembered(text) if len(text) <= _REMEMBERED else _parsed(text)


@lru_cache(maxsize=32)
def _remembered(text: str) -> ast.Module:
    return _parsed(text)


def _parsed(text: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (ValueError, RecursionError, MemoryError) as error:
        raise SyntaxError(f"not readable as Python ({type(error).__name__})") from error


def tree_of(text: str, where: str, *, own: bool = False) -> ast.Module:
    """The tree of a module: to be read only, as `parse` says.

    Args:
        text: The module, line ends normal.
        where: Its name for the message.
        own: It will be changed: nobody else is given the same.

    Raises:
        ActionError: It is not Python; one line, with the line's number.
    """
    try:
        return _parsed(text) if own else parse(text)
    except SyntaxError as error:
        if conflict := _CONFLICT.search(text):
            line = text.count("\n", 0, conflict.start()) + 1
            raise ActionError(f"{where}:{line}: a merge left a conflict; resolve it") from error
        reason = " ".join(str(error.msg).split())
        raise ActionError(f"{where}:{error.lineno or 1}: {reason}; mend its syntax") from error


class Lines:
    """A text cut by the positions of its tree's nodes."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")

    def column(self, line: int, offset: int) -> int:
        """The column in characters of a byte offset in a line (from 1)."""
        content = self.lines[line - 1]
        return offset if content.isascii() else len(content.encode()[:offset].decode())

    def before(self, node: Placed) -> str:
        """What stands on the node's first line, left of it."""
        return self.lines[node.lineno - 1][: self.column(node.lineno, node.col_offset)]

    def after(self, node: Placed) -> str:
        """What stands on the node's last line, right of it."""
        last = end_line(node)
        return self.lines[last - 1][self.column(last, node.end_col_offset or 0) :]

    def of(self, node: Placed) -> str:
        """The node's own text, verbatim."""
        first, last = node.lineno, end_line(node)
        start, end = len(self.before(node)), self.column(last, node.end_col_offset or 0)
        if first == last:
            return self.lines[first - 1][start:end]
        middle = self.lines[first : last - 1]
        return "\n".join([self.lines[first - 1][start:], *middle, self.lines[last - 1][:end]])


def end_line(node: Placed) -> int:
    """The node's last line, from 1."""
    return node.end_lineno or node.lineno


def on_one_line(node: ast.expr, lines: Lines) -> str:
    """An expression as written, or respelled where it was written over several lines."""
    text = lines.of(node)
    return text if "\n" not in text else respelled(node)


def respelled(node: ast.AST, longest: int = 10_000) -> str:
    """A node's code on one line, as Python would write it, shortened where it is longer."""
    try:
        text = " ".join(ast.unparse(node).split())
    except RecursionError:
        return "..."
    return text if len(text) <= longest else f"{text[: longest - 3]}..."
