"""Code that is decoded before it is run."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dynasaur.capabilities.origins import origins
from dynasaur.capabilities.scopes import Scope, Scopes
from dynasaur.capabilities.tables import CODECS, DECODERS
from dynasaur.capabilities.values import Kind
from dynasaur.source.text import words

_RUNNERS = words(
    """builtins.eval builtins.exec builtins.compile builtins.__import__ importlib.import_module
    types.FunctionType marshal.loads pickle.loads"""
)
_IN_COMMANDS = frozenset(one for one in DECODERS if one.startswith(("base64.", "binascii.")))
"""What hides a command; a program may well be given characters by their numbers."""

_FURTHEST = 6
"""Variables, attributes and functions are followed so far from code that is run."""


class Decoded:
    """Follows what is run back to where it is decoded.

    Args:
        scopes: The scopes of the module.
    """

    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes
        self._attributes: dict[str, list[tuple[ast.expr, Scope]]] | None = None

    def run_by(self, call: ast.Call, runner: str, kind: Kind, scope: Scope) -> str:
        """What a call runs that was decoded, as `exec(base64.b64decode(...))`; empty for nothing.

        Args:
            call: The call.
            runner: The full name of what is called.
            kind: What that can do.
            scope: Where it is called.
        """
        if runner not in _RUNNERS and kind is not Kind.SUBPROCESS:
            return ""
        decoders = _IN_COMMANDS if kind is Kind.SUBPROCESS else DECODERS
        waiting: list[tuple[ast.AST, Scope, int]] = [(one, scope, 0) for one in call.args]
        seen: set[int] = set()
        while waiting:
            node, home, depth = waiting.pop()
            if id(node) in seen or depth > _FURTHEST:
                continue
            seen.add(id(node))
            if found := _decoder(node, home, decoders):
                return f"{runner.removeprefix('builtins.')}({found.removeprefix('builtins.')}(...))"
            home = self._scopes.get(node, home)
            waiting.extend((child, home, depth) for child in ast.iter_child_nodes(node))
            waiting.extend((one, where, depth + 1) for one, where in self._sources(node, home))
        return ""

    def _sources(self, node: ast.AST, home: Scope) -> Iterator[tuple[ast.AST, Scope]]:
        """Where the value of a name, of an attribute or of a function of the text comes from."""
        if isinstance(node, ast.Name):
            for bound in home.find(node.id):
                if bound.value is not None and not bound.instance:
                    yield bound.value, bound.scope or home
        elif isinstance(node, ast.Attribute):
            yield from self._set().get(node.attr, ())
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            yield from self._set().get(f"{name}()", ())

    def _set(self) -> dict[str, list[tuple[ast.expr, Scope]]]:
        """By name what attributes of the text's classes are set to, by `name()` what is returned.

        Whose attribute it is is not told apart.
        """
        if self._attributes is None:
            self._attributes = {}
            for node, scope in self._scopes.items():
                if isinstance(node, ast.ClassDef):
                    for name, bindings in scope.names.items():
                        known = [one.value for one in bindings if one.value is not None]
                        self._note(name, known, scope)
                elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    self._note_function(node, scope)
        return self._attributes

    def _note_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        inside = [one for statement in node.body for one in ast.walk(statement)]
        returned = [one.value for one in inside if isinstance(one, ast.Return) and one.value]
        self._note(f"{node.name}()", returned, scope)
        for one in inside:
            if isinstance(one, ast.Assign):
                for target in one.targets:
                    if isinstance(target, ast.Attribute):
                        self._note(target.attr, [one.value], scope)

    def _note(self, name: str, values: list[ast.expr], scope: Scope) -> None:
        assert self._attributes is not None
        self._attributes.setdefault(name, []).extend((one, scope) for one in values)


def _decoder(node: ast.AST, scope: Scope, decoders: frozenset[str]) -> str:
    """What a part of what is run is decoded by; empty where it is not."""
    if isinstance(node, ast.Name | ast.Attribute):
        return min(origins(node, scope) & decoders, default="")
    if not isinstance(node, ast.Call):
        return ""
    if found := min(origins(node.func, scope) & decoders, default=""):
        return found
    func, args = node.func, node.args
    first = args[0] if args else None
    if (
        isinstance(func, ast.Attribute)
        and func.attr == "decode"
        and isinstance(first, ast.Constant)
    ):
        codec = str(first.value)
        return f".decode({codec!r})" if codec.lower() in CODECS else ""
    numbers = ast.List | ast.Tuple | ast.ListComp | ast.GeneratorExp
    made = origins(func, scope) & {"builtins.bytes", "builtins.bytearray"}
    return min(made) if made and len(args) == 1 and isinstance(first, numbers) else ""
