"""What a module does when it is imported, beyond defining things."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dynasaur.source.pieces import Piece, Reader
from dynasaur.source.reads import FUNCTIONS
from dynasaur.source.text import respelled
from dynasaur.source.values import running


def effects(text: str) -> tuple[tuple[int, str], ...]:
    """The statements at a module's top level that run a program.

    Args:
        text: The module's text.

    Returns:
        For each the line and the part of it that runs, shortened. Imports, constants,
        definitions, a docstring and an `if __name__ == "__main__":` run nothing; the defaults of
        a function's parameters count. Empty for text that is not Python.
    """
    reader = Reader()
    reader.read(text)
    return tuple(found for piece in reader.pieces for found in _effects(piece, reader))


def _effects(piece: Piece, reader: Reader) -> Iterator[tuple[int, str]]:
    node = piece.node
    if piece.kind == "code":
        if not isinstance(node, ast.Import | ast.ImportFrom) and not _is_main(node):
            yield node.lineno, piece.why
    elif isinstance(node, FUNCTIONS):
        for default in [*node.args.defaults, *node.args.kw_defaults]:
            runs = running(default, reader.origin) if default else None
            if runs is not None:
                yield runs.lineno, respelled(runs, 60)


def _is_main(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "__name__" in {
        name.id for name in ast.walk(node.test) if isinstance(name, ast.Name)
    }
