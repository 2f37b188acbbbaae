"""The door to tree-sitter: any text at all to its concrete syntax tree."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Tree

Cst: TypeAlias = "Node"
"""A node of the concrete syntax tree."""


@functools.cache
def _parser() -> Parser:
    import tree_sitter_python
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_python.language()))


def parse(source: str | bytes) -> Tree:
    """The concrete syntax tree of any text; what does not parse is inside as error nodes."""
    data = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
    return _parser().parse(data)


def walk(root: Node) -> Iterator[Node]:
    """Every node below and including `root`, in the order of the text."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))
