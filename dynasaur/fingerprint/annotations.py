"""Type hints: left out where they are plain types, kept where they carry meaning."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dynasaur.fingerprint.binding import Ref, Unreadable
from dynasaur.fingerprint.imports import is_quiet
from dynasaur.fingerprint.terms import Node, kind
from dynasaur.syntax import parse

if TYPE_CHECKING:
    from dynasaur.fingerprint.reader import Reader
    from dynasaur.syntax import Cst

_BUILTIN_TYPES = {"int", "str", "float", "bool", "bytes", "complex", "object", "type", "None"}
_BUILTIN_TYPES |= {"list", "dict", "tuple", "set", "frozenset", "bytearray", "range", "slice"}
_BUILTIN_TYPES |= {"Exception", "BaseException", "memoryview"}
_PLAIN_TEXT = re.compile(r"[\[\], |.\n]+")
_PLAIN_MODULES = {"typing_extensions", "numpy", "pandas", "scipy", "matplotlib", "sklearn"}
_PLAIN_MODULES |= {"statsmodels", "seaborn", "networkx", "PIL"}
"""Beside the standard library: modules whose types no framework fills in by."""

_MEANINGFUL = {"Annotated", "Literal", "Required", "NotRequired"}


class Annotation:
    """A type hint that is shown only if it says more than a plain type.

    A plain hint is built from the types of Python and of a few modules alone; nothing that
    looks at hints (a tool schema aside) takes orders from one. Whatever else is kept: strings,
    literals, calls, and types that a framework may fill in by.
    """

    __slots__ = ("node",)

    def __init__(self, node: Node) -> None:
        self.node = node

    def __repr__(self) -> str:
        return "None" if _is_plain(self.node) else repr(self.node)


def annotation(reader: Reader, node: Cst | None) -> Annotation | None:
    """The hint in a `type` node, or None where there is none worth reading."""
    if node is None:
        return None
    text = reader.raw(node)
    if not reader.notes.opaque and set(_PLAIN_TEXT.split(text)) <= _BUILTIN_TYPES | {""}:
        return None
    data = f"({text})".encode()
    root = parse(data).root_node
    statement = root.named_children[0] if root.named_child_count == 1 else None
    if statement is None or statement.type != "expression_statement" or root.has_error:
        raise Unreadable("annotation")
    outer, reader.data = reader.data, data
    try:
        made = reader.expression(statement.named_children[0])
    finally:
        reader.data = outer
    _uncount(made)
    return Annotation(made)


def _uncount(node: Node) -> None:
    """Hints alone do not make an import useful: they may be left out."""
    if type(node) is Ref:
        node.loads -= 1
    elif type(node) is tuple:
        if node[:1] == ("attribute",) and type(node[1]) is Ref:
            node[1].bases -= 1
        for part in node:
            _uncount(part)


def _is_plain(node: Node) -> bool:
    if type(node) is Ref:
        root = node.root()
        if root.notes.opaque:
            return False
        if root.path:
            return _is_plain_path(root.path)
        return root.scope.kind == "module" and not root.stores and root.name in _BUILTIN_TYPES
    match kind(node):
        case "attribute":
            path = _path(node)
            return bool(path) and _is_plain_path(path)
        case "constant":
            return node[1] in {"None", "..."}
        case "subscript" | "tuple" | "list":
            return all(map(_is_plain, node[1:]))
        case "binary":
            return node[1] == "|" and _is_plain(node[2]) and _is_plain(node[3])
    return False


def _path(node: Node) -> str:
    if type(node) is Ref:
        return node.root().path
    if kind(node) != "attribute":
        return ""
    above = _path(node[1])
    return f"{above}.{node[2]}" if above else ""


def _is_plain_path(path: str) -> bool:
    module, _, rest = path.partition(".")
    plain = module in _PLAIN_MODULES or is_quiet(module)
    return plain and rest.rpartition(".")[2] not in _MEANINGFUL
