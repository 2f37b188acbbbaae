"""The common part of what reads tree-sitter's nodes into the canonical tree."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING

from dynasaur.fingerprint.binding import Function, Notes, Scope, Unreadable
from dynasaur.fingerprint.terms import Node

if TYPE_CHECKING:
    from dynasaur.syntax import Cst

_EXTRAS = {"comment", "line_continuation"}
_PREFIX = "_read_"


def kids(node: Cst) -> list[Cst]:
    """The node's children that carry meaning."""
    return [child for child in node.named_children if child.type not in _EXTRAS]


def has(node: Cst, token: str) -> bool:
    """The token stands directly in the node."""
    return any(child.type == token for child in node.children)


class Reader:
    """Reads nodes; a method `_read_x` reads nodes of type `x`.

    Attributes:
        data: The text.
        scope: The scope that is open.
    """

    def __init__(self, data: bytes, notes: Notes) -> None:
        self.data = data
        self.notes = notes
        self.scope = Scope("module", None, notes)

    def raw(self, node: Cst) -> str:
        """The node's text."""
        return self.data[node.start_byte : node.end_byte].decode()

    def name(self, node: Cst) -> str:
        """An identifier, as CPython knows it: in normal form NFKC."""
        text = self.raw(node)
        return text if text.isascii() else unicodedata.normalize("NFKC", text)

    def expression(self, node: Cst) -> Node:
        """Any expression."""
        reader: Callable[[Cst], Node] | None = getattr(self, _PREFIX + node.type, None)
        if reader is None:
            raise Unreadable(node.type)
        return reader(node)

    def expressions(self, nodes: list[Cst]) -> list[Node]:
        """Several, in order."""
        return [self.expression(node) for node in nodes]

    def child(self, node: Cst, name: str) -> Cst:
        """The node in a field that must be there."""
        found = node.child_by_field_name(name)
        if found is None:
            raise Unreadable(f"{node.type} without {name}")
        return found

    def inside(self, node: Cst, name: str) -> Node:
        """The expression in a field that must be there."""
        return self.expression(self.child(node, name))

    def enter(self, function: Function) -> None:
        """Open the function's scope, with its parameters bound."""
        scope = Scope("function", self.scope, self.notes)
        for _, ref, _, _ in function.parameters:
            ref.scope = scope
            ref.stores = 1
            self.notes.bound.add(ref.name)
            if scope.refs.setdefault(ref.name, ref) is not ref:
                raise Unreadable("a parameter twice")
        self.scope = scope

    def leave(self) -> None:
        """Close the scope that is open."""
        scope = self.scope
        scope.close()
        assert scope.outer is not None
        self.scope = scope.outer
