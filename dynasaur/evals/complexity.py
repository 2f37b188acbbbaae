"""How complex functions are: for generated actions beside those that people wrote."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

_BRANCHES = (
    ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.Assert,
    ast.comprehension, ast.match_case,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Complexity:
    """Of one module, without its docstrings.

    Attributes:
        paths: Independent paths (T. J. McCabe, IEEE TSE SE-2, 1976): branches plus one.
        nodes: Nodes of the syntax tree.
        lines: Lines with code.
    """

    paths: int
    nodes: int
    lines: int


def complexity(text: str) -> Complexity:
    """The complexity of a module.

    Raises:
        SyntaxError: It is no Python.
    """
    tree = ast.parse(text)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and _docstring(body[0]):
            del body[0]
    nodes = list(ast.walk(tree))
    paths = 1 + sum(isinstance(node, _BRANCHES) for node in nodes)
    paths += sum(len(node.values) - 1 for node in nodes if isinstance(node, ast.BoolOp))
    lines = {getattr(node, "lineno", 0) for node in nodes} - {0}
    return Complexity(paths, len(nodes), len(lines))


def middle(of: Sequence[Complexity]) -> tuple[float, float, float]:
    """Medians of paths, nodes and lines; zeros of none."""
    if not of:
        return 0.0, 0.0, 0.0
    return (
        median(one.paths for one in of),
        median(one.nodes for one in of),
        median(one.lines for one in of),
    )


def _docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
