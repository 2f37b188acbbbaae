"""Walks over trees: faster than `ast.walk`, for reviews walk over each changed module often."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

_INNER = ("body", "cases", "handlers", "orelse", "finalbody")
"""Where statements hold others, in the order of the text."""

_HOLDERS = ast.stmt | ast.ExceptHandler | ast.match_case | ast.Module


_BARE = frozenset(
    kind
    for group in (ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop)
    for kind in group.__subclasses__()
)
"""Marks of other nodes: `Load`, `Add`. Nobody who walks asks for them, and they are a third."""


def children(node: ast.AST) -> list[ast.AST]:
    """A node's children in the order of its fields; marks such as `Load` are none."""
    found: list[ast.AST] = []
    for value in node.__dict__.values():
        if isinstance(value, list):
            found += [one for one in value if isinstance(one, ast.AST) and type(one) not in _BARE]
        elif isinstance(value, ast.AST) and type(value) not in _BARE:
            found.append(value)
    return found


@lru_cache(maxsize=4)
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """All nodes of a tree, those that are nested less first; several rules ask in turn."""
    found: list[ast.AST] = [tree]
    for node in found:
        found += children(node)
    return tuple(found)


def outer_calls(tree: ast.AST) -> list[ast.Call]:
    """The calls in a tree that stand in no other one."""
    if isinstance(tree, ast.Call):
        return [tree]
    return [call for child in children(tree) for call in outer_calls(child)]


def imports_in(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports in a tree, as they stand in the text: no expression is looked into."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        else:
            stack.extend(reversed(_inside(node)))


def imports_outside_in(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """The same, those that are nested less first."""
    level = [tree]
    while level:
        yield from (node for node in level if isinstance(node, ast.Import | ast.ImportFrom))
        level = [inner for node in level for inner in _inside(node)]


def _inside(node: ast.AST) -> list[ast.AST]:
    held: list[ast.AST] = []
    if isinstance(node, _HOLDERS):
        for name in _INNER:
            held += getattr(node, name, ())
    return held
