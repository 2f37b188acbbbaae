"""Which text an expression gives, where that can be told without running it."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from dynasaur.capabilities.scopes import Scope
from dynasaur.source.text import words

DEEPEST = 60
"""Expressions are followed so far into each other."""

_LONGEST = 10_000
"""Characters of one text."""

_SHORTENING = words(
    """lower upper casefold swapcase title capitalize strip lstrip rstrip removeprefix
    removesuffix"""
)
"""Methods of texts that make no longer ones, or hardly."""


def text_of(node: ast.expr, scope: Scope, depth: int = 0) -> str | None:
    """The text that an expression gives, where it can be told without running it.

    Args:
        node: The expression.
        scope: Where it is evaluated.
        depth: How far it lies inside of others.
    """
    if depth > DEEPEST:
        return None
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.BinOp(op=ast.Add()):
            return _joined([node.left, node.right], "", scope, depth)
        case ast.BinOp(op=ast.Mod()):
            parts = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
            return _filled(node.left, "%s", parts, scope, depth)
        case ast.JoinedStr():
            return _joined(node.values, "", scope, depth)
        case ast.FormattedValue(format_spec=None):
            return text_of(node.value, scope, depth + 1)
        case ast.Name():
            return _of_name(node.id, scope, depth)
    return _made(node, scope, depth)


def _made(node: ast.expr, scope: Scope, depth: int) -> str | None:
    match node:
        case ast.Subscript(slice=ast.Slice(lower=None, upper=None, step=ast.UnaryOp())):
            backwards = text_of(node.value, scope, depth + 1)
            return None if backwards is None else backwards[::-1]
        case ast.Call(func=ast.Name(id="chr"), args=[ast.Constant(value=int(code))]):
            return chr(code) if 0 <= code < 0x110000 else None
        case ast.Call(func=ast.Attribute(value=of, attr=method), args=parts, keywords=[]):
            return _by_method(of, method, parts, scope, depth)
    return None


def _of_name(name: str, scope: Scope, depth: int) -> str | None:
    home = scope.home(name)
    if home is None:
        return None
    if name not in home.texts:
        home.texts[name] = None  # where it is made of itself
        first, *more = home.names[name]
        if first.value and not more and not first.instance:
            home.texts[name] = text_of(first.value, first.scope or scope, depth + 1)
    return home.texts[name]


def _by_method(
    of: ast.expr, method: str, parts: Sequence[ast.expr], scope: Scope, depth: int
) -> str | None:
    """The text of `"".join(["sy", "stem"])`, `"SYSTEM".lower()`, `b"system".decode()`."""
    if method == "format":
        return _filled(of, "{}", parts, scope, depth)
    if method == "decode":
        return _decoded(of)
    text = text_of(of, scope, depth + 1)
    if text is None:
        return None
    if method == "join" and len(parts) == 1 and isinstance(parts[0], ast.List | ast.Tuple):
        return _joined(parts[0].elts, text, scope, depth)
    given = [text_of(part, scope, depth + 1) for part in parts]
    known = [one for one in given if one is not None]
    if len(known) < len(given) or len(text) > _LONGEST:
        return None
    if method in _SHORTENING and len(known) <= 1:
        takes = method.startswith(("remove", "strip", "lstrip", "rstrip"))
        fits = bool(known) <= takes and (bool(known) or not method.startswith("remove"))
        return str(getattr(text, method)(*known)) if fits else None
    if method == "replace" and len(known) == 2 and (len(text) + 1) * len(known[1]) < _LONGEST:
        return text.replace(known[0], known[1])
    return None


def _decoded(of: ast.expr) -> str | None:
    """The text of bytes that are written out: `b"os"`, `bytes([111, 115])`."""
    match of:
        case ast.Constant(value=bytes(data)):
            return data.decode("latin-1")
        case ast.Call(
            func=ast.Name(id="bytes" | "bytearray"), args=[ast.List() | ast.Tuple() as n]
        ):
            codes = [one.value for one in n.elts if isinstance(one, ast.Constant)]
            known = [one for one in codes if isinstance(one, int) and 0 <= one < 256]
            return bytes(known).decode("latin-1") if len(known) == len(n.elts) else None
    return None


def _filled(
    template: ast.expr, mark: str, parts: Sequence[ast.expr], scope: Scope, depth: int
) -> str | None:
    """A template whose only marks are plain ones, filled in."""
    text = text_of(template, scope, depth + 1)
    between = text.split(mark) if text is not None else []
    if len(between) != len(parts) + 1 or any(set(one) & set("%{}") for one in between):
        return None
    pieces: list[ast.expr] = [ast.Constant(between[0])]
    for part, after in zip(parts, between[1:], strict=True):
        pieces += [part, ast.Constant(after)]
    return _joined(pieces, "", scope, depth)


def _joined(parts: Sequence[ast.expr], between: str, scope: Scope, depth: int) -> str | None:
    texts = [text_of(part, scope, depth + 1) for part in parts]
    known = [text for text in texts if text is not None]
    short = len(known) == len(texts) and sum(map(len, known)) < _LONGEST
    return between.join(known) if short else None
