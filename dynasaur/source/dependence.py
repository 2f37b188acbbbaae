"""Whether what a function gives can depend on anything but constants: read off, never run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence, Set

from dynasaur.source.pure import BUILTINS, MODULES

Function = ast.FunctionDef | ast.AsyncFunctionDef

_LOOPS = ast.While | ast.For
_JUMPS = ast.Return | ast.Break | ast.Continue
_STRANGE = ast.Global | ast.Nonlocal | ast.Yield | ast.YieldFrom | ast.Await
_OUTSIDE = frozenset({"open", "load", "now", "today", "environ"})
"""What reaches a file or a clock, even of modules that else do not."""


def imported(tree: ast.AST) -> dict[str, str]:
    """The full names (`base64.b64decode`) of what is imported in a tree, by the names it has there.

    What the text itself sets goes before that, as a full name that nothing has.
    """
    return dict(_imports(tree)) | {name: f"{name} of its own" for name in _own(tree)}


def is_closed(tree: ast.Module, function: Function) -> bool:
    """Whether a function must give the same whatever it is given and wherever it runs.

    Cautious: what is not easily seen to be so is said to depend on something.

    Args:
        tree: Its module.
        function: One of its functions.
    """
    return not _reaches_out(tree) and not _Spread(tree, function).reaches_a_result()


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                yield alias.asname or top, alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom):
            home = "." * node.level + (node.module or "")
            yield from ((one.asname or one.name, f"{home}.{one.name}") for one in node.names)


def _own(tree: ast.AST) -> set[str]:
    """The names that a text sets anywhere."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.add(node.name)
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
    return found


def _reaches_out(tree: ast.Module) -> bool:
    """Whether a module uses anything that may not give the same each time."""
    imports, own = dict(_imports(tree)), _own(tree)
    for node in _running(tree):
        match node:
            case ast.Attribute(attr=attr) if attr in _OUTSIDE or attr.startswith("__"):
                return True
            case ast.Name(id=name) if name not in {*BUILTINS, *imports, *own}:
                return True
            case _ if isinstance(node, _STRANGE):
                return True
    return not all(_is_pure(full) for full in imports.values())


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a tree that run; type hints do not."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for name, value in ast.iter_fields(node):
            parts = value if isinstance(value, list) else [value]
            if name not in {"annotation", "returns"}:
                waiting.extend(part for part in parts if isinstance(part, ast.AST))


def _is_pure(full: str) -> bool:
    *home, last = full.split(".")
    homes = {".".join(home[:end]) for end in range(1, len(home) + 1)} | {full}
    return last not in _OUTSIDE and not homes.isdisjoint(MODULES | {"urllib"})


class _Spread:
    """How far what a function is given may spread over its variables.

    A statement that holds any such variable makes all that stand in it such.
    """

    def __init__(self, tree: ast.Module, function: Function) -> None:
        self._body = function.body
        self._still = BUILTINS - _own(tree)
        self._shared = {name for node in tree.body for name in _set_by(node)}
        self._found = {one.arg for one in ast.walk(function.args) if isinstance(one, ast.arg)}

    def reaches_a_result(self) -> bool:
        """Whether it may reach what the function returns."""
        known = -1
        while known != len(self._found):
            known = len(self._found)
            if self._taken(self._body) or self._found & self._shared:
                return True
        return False

    def _taken(self, body: Sequence[ast.stmt]) -> bool:
        """Spread over some statements; whether one that ends something is reached."""
        for statement in body:
            blocks = _blocks(statement)
            within = {id(part) for block in blocks for part in block}
            head = [part for part in ast.iter_child_nodes(statement) if id(part) not in within]
            if blocks and not self._names(head) & self._found:
                if any(self._taken(block) for block in blocks):
                    return True
                continue
            names = self._names([statement])
            if names & self._found:
                if any(isinstance(node, _JUMPS) for node in ast.walk(statement)):
                    return True
                self._found |= names
        return False

    def _names(self, nodes: Sequence[ast.AST]) -> Set[str]:
        inner = [one for node in nodes for one in ast.walk(node)]
        names = {one.id for one in inner if isinstance(one, ast.Name)}
        return (names | {one.name for one in inner if isinstance(one, Function)}) - self._still


def _blocks(statement: ast.stmt) -> list[list[ast.stmt]]:
    """The blocks of a choice or a loop; other statements are taken as a whole."""
    if isinstance(statement, ast.If | _LOOPS):
        return [statement.body, statement.orelse]
    return []


def _set_by(node: ast.stmt) -> Iterator[str]:
    yield from _own(ast.Module([node], [])) if isinstance(node, ast.Assign | ast.AnnAssign) else ()
    if isinstance(node, Function | ast.ClassDef):
        yield node.name
