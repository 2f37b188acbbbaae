"""What a module does when it is imported, beyond defining things."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from dynasaur.source.pieces import Piece, Reader
from dynasaur.source.reads import FUNCTIONS, hints, hints_of
from dynasaur.source.text import parse, respelled
from dynasaur.source.values import running
from dynasaur.source.walk import outer_calls

_AT_DEFINITION = frozenset({"__init_subclass__", "__set_name__", "__prepare__"})
_OF_METACLASS = frozenset({"__new__", "__init__", "__call__"})
_LOUD = frozenset(
    f"builtins.{name}" for name in ("open", "print", "input", "exec", "eval", "__import__")
) | frozenset({"os", "subprocess", "shutil", "socket", "urllib", "requests", "httpx", "pathlib"})
"""What has no business in a decorator or a metaclass, outside of the function that it gives."""


def effects(text: str) -> tuple[tuple[int, str], ...]:
    """The statements at a module's top level that run a program.

    Args:
        text: The module's text.

    Returns:
        For each the line and the part of it that runs, shortened. Imports, constants,
        definitions, a docstring and an `if __name__ == "__main__":` run nothing; the defaults of
        a function's parameters count, annotations that are evaluated, bodies of classes, and what
        decorators and metaclasses of the same text do to the world. Empty for text that is not
        Python.
    """
    if _defines_only(text):
        return ()
    reader = Reader()
    reader.read(text)
    return tuple(found for piece in reader.pieces for found in _effects(piece, reader))


def _defines_only(text: str) -> bool:
    """Nothing but imports, constants and plain functions: no name need be followed to see that."""
    try:
        return all(map(_is_still, parse(text).body))
    except SyntaxError:  # a cell's magics, perhaps
        return False


def _is_still(node: ast.stmt) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=[ast.Name()], value=ast.Constant()):
            return True
        case ast.FunctionDef(decorator_list=[]) | ast.AsyncFunctionDef(decorator_list=[]):
            defaults = [*node.args.defaults, *node.args.kw_defaults]
            plain = all(one is None or isinstance(one, ast.Constant) for one in defaults)
            return plain and not any(map(outer_calls, hints_of(node)))
    return False


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
    if piece.kind != "code" and not piece.lazy_hints:
        yield from _of_hints(node, reader)
    if isinstance(node, ast.ClassDef):
        yield from _of_class(node, reader)
    if isinstance(node, FUNCTIONS | ast.ClassDef):
        for decorator in node.decorator_list:
            yield from _decorator(decorator, reader)


def _of_hints(node: ast.stmt, reader: Reader) -> Iterator[tuple[int, str]]:
    for hint in hints(node):
        runs = None if hint.inside else running(hint.node, reader.origin)
        if runs is not None:
            yield runs.lineno, respelled(runs, 60)


def _of_class(node: ast.ClassDef, reader: Reader) -> Iterator[tuple[int, str]]:
    body = [one for one in node.body if not isinstance(one, ast.Import | ast.ImportFrom)]
    runs = reader.first_run(body)
    if runs is not None:
        yield getattr(runs, "lineno", node.lineno), respelled(runs, 60)
    for method in _run_by_python(node):
        yield from _loud(method.body, reader)


def _run_by_python(node: ast.ClassDef) -> Iterator[ast.FunctionDef]:
    """Methods that run when a class is made: of a metaclass, of a base, of a descriptor."""
    bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
    names = _AT_DEFINITION | (_OF_METACLASS if {"type", "EnumMeta", "ABCMeta"} & bases else set())
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and method.name in names:
            yield method


def _decorator(decorator: ast.expr, reader: Reader) -> Iterator[tuple[int, str]]:
    """What a decorator of the same text does at once; a factory's decorator runs at once, too."""
    if isinstance(decorator, ast.Lambda):
        yield from _loud([ast.Expr(decorator.body)], reader)
    made = isinstance(decorator, ast.Call)
    name = decorator.func if isinstance(decorator, ast.Call) else decorator
    piece = reader.bound.get(name.id) if isinstance(name, ast.Name) else None
    if piece is None or not isinstance(piece.node, ast.FunctionDef):
        return
    yield from _loud(piece.node.body, reader)
    for inner in piece.node.body if made else ():
        if isinstance(inner, ast.FunctionDef):
            yield from _loud(inner.body, reader)


def _loud(body: Sequence[ast.stmt], reader: Reader) -> Iterator[tuple[int, str]]:
    """Calls that reach beyond the text; bodies of functions inside run later."""
    inside = {
        (alias.asname or alias.name).partition(".")[0]: getattr(node, "module", None) or alias.name
        for statement in body
        for node in ast.walk(statement)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    stack: list[ast.AST] = list(reversed(body))
    while stack:
        node = stack.pop()
        if isinstance(node, FUNCTIONS | ast.Lambda):
            continue
        if isinstance(node, ast.Call):
            name = _root(node.func)
            home = inside.get(name) or reader.origin(name)
            home = f"builtins.{name}" if home == "builtins" else home
            if home in _LOUD or home.partition(".")[0] in _LOUD:
                yield node.lineno, respelled(node, 60)
                continue
        stack.extend(reversed(list(ast.iter_child_nodes(node))))


def _root(callee: ast.expr) -> str:
    """The name that a dotted or chained callee begins with; empty where it is none."""
    while isinstance(callee, ast.Attribute | ast.Call):
        callee = callee.value if isinstance(callee, ast.Attribute) else callee.func
    return callee.id if isinstance(callee, ast.Name) else ""


def _is_main(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "__name__" in {
        name.id for name in ast.walk(node.test) if isinstance(name, ast.Name)
    }
