"""The walk over a module's tree that finds what its code can do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from dynasaur.capabilities.calls import CONDITIONS, argument
from dynasaur.capabilities.hidden import hidden
from dynasaur.capabilities.origins import origins, settle, text_of
from dynasaur.capabilities.scopes import Maker, Scope, Scopes, outside, scopes_of
from dynasaur.capabilities.tables import (
    DECODERS,
    FRAMES,
    METHODS,
    PATHS_OF_SECRETS,
    REACHING,
    kind_of,
)
from dynasaur.capabilities.values import Capability, Confidence, Kind
from dynasaur.source.effects import effects
from dynasaur.source.text import Lines, normal, tree_of, words
from dynasaur.tokens import ENVIRONMENT_NAME

_LINKS = ast.Name | ast.Attribute | ast.Subscript | ast.Call
_ENVIRONMENT = frozenset({"os.environ", "os.environb"})
_RUNNERS = words(
    """builtins.eval builtins.exec builtins.compile builtins.__import__ importlib.import_module
    types.FunctionType marshal.loads pickle.loads"""
)
_OPENERS = frozenset({"builtins.getattr", "builtins.hasattr", "builtins.vars"})
_GIVE_MODULES = frozenset({"builtins.__import__", "importlib.import_module", "sys.modules"})
_TABLES = frozenset({"builtins.globals()", "builtins.locals()", "builtins.vars()", "builtins"})
_FURTHEST = 6
"""Variables are followed so far from code that is run to where it is decoded."""


def capabilities(text: str) -> tuple[Capability, ...]:
    """Everything in a module that reaches beyond arguments and result, in order of place.

    Names are followed through imports, aliases and scopes, so that neither `import os as o` nor
    a local function called `system` misleads. What is only mentioned counts as well: it may be
    called elsewhere. Type hints, docstrings and comments do not, but for hidden characters.

    Args:
        text: The module's text.

    Raises:
        ActionError: It is not Python.
    """
    plain = normal(text)
    tree = tree_of(plain, "module")
    found = {*hidden(plain), *_effects(plain)}
    walk = _Walk(Lines(plain))
    try:
        walk.run(tree)
    except RecursionError:
        found.add(Capability(1, 1, Kind.OBFUSCATION, "nested too deeply to be read", 1, 1))
    return tuple(sorted(found | set(walk.found)))


def _effects(text: str) -> Iterator[Capability]:
    lines = text.split("\n")
    for number, code in effects(text):
        line = lines[number - 1]
        start = len(line) - len(line.lstrip()) + 1
        yield Capability(number, start, Kind.IMPORT_EFFECTS, code, number, len(line) + 1)


@dataclass(slots=True)
class _Walk:
    lines: Lines
    found: list[Capability] = field(default_factory=list)
    scopes: Scopes = field(default_factory=dict)

    def run(self, tree: ast.Module) -> None:
        self.scopes = scopes_of(tree)
        settle(self.scopes.values())
        waiting: list[tuple[ast.AST, Scope]] = [(tree, self.scopes[tree])]
        while waiting:
            node, scope = waiting.pop()
            waiting.extend(self._visit(node, scope))

    def _visit(self, node: ast.AST, scope: Scope) -> Iterator[tuple[ast.AST, Scope]]:
        """Looks at one node, and gives what is to be looked at inside it."""
        if isinstance(node, Maker):
            around = outside(node)
            yield from ((one, scope) for one in around)
            yield from ((one, self.scopes[node]) for one in _body(node, around))
        elif isinstance(node, ast.AnnAssign):
            yield from ((one, scope) for one in (node.target, node.value) if one)
        elif self._is_still(node, scope):
            return
        elif isinstance(node, _LINKS):
            yield from ((one, scope) for one in self._chain(node, scope))
        else:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                self._path(node, node.value)
            yield from ((one, scope) for one in ast.iter_child_nodes(node))

    def _is_still(self, node: ast.AST, scope: Scope) -> bool:
        """A docstring; a name that is set; `o = os`, which gives another name that is followed."""
        if isinstance(node, ast.Expr):
            return isinstance(node.value, ast.Constant)
        if isinstance(node, ast.Name):
            return isinstance(node.ctx, ast.Store)
        if not isinstance(node, ast.Assign | ast.NamedExpr):
            return False
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = isinstance(node.value, ast.Name) and all(isinstance(t, ast.Name) for t in targets)
        return names and bool(origins(node.value, scope) & REACHING)

    # --- names and what is done with them -----------------------------------------------------

    def _chain(self, node: ast.expr, scope: Scope) -> Iterator[ast.AST]:
        """Looks at `a.b(...).c[...]` as a whole: the innermost part that reaches out is told."""
        links: list[ast.expr] = []
        inner: ast.expr = node
        while isinstance(inner, _LINKS):
            links.append(inner)
            if isinstance(inner, ast.Name):
                break
            if isinstance(inner, ast.Call):
                opens = origins(inner.func, scope) & _OPENERS
                yield from (one for one in inner.args if not (opens and isinstance(one, ast.Name)))
                yield from (keyword.value for keyword in inner.keywords)
                inner = inner.func
            else:
                if isinstance(inner, ast.Subscript):
                    yield inner.slice
                inner = inner.value
        else:
            yield inner
        told = False
        for at in range(len(links) - 1, -1, -1):
            link, outer = links[at], links[at - 1] if at else None
            told = self._link(link, outer, scope, told=told) or told
        if not told:
            self._passed_on(node, scope)

    def _link(self, link: ast.expr, outer: ast.expr | None, scope: Scope, *, told: bool) -> bool:
        if isinstance(link, ast.Call):
            self._opened(link, scope)
        if isinstance(link, ast.Attribute) and link.attr in FRAMES:
            self._add(link, Kind.DYNAMIC_IMPORT, link.attr)
            return True
        if told:
            return False
        if isinstance(link, ast.Subscript) and self._looked_up(link, scope):
            return True
        if isinstance(link, ast.Attribute) and isinstance(link.ctx, ast.Store):
            return False
        if isinstance(outer, ast.Attribute) and any(map(kind_of, origins(outer, scope))):
            return False  # that says more of the same
        call = outer if isinstance(outer, ast.Call) else None
        found = [self._named(link, name, call, outer, scope) for name in origins(link, scope)]
        return any(found) or self._method(link, call)

    def _named(
        self,
        link: ast.expr,
        name: str,
        call: ast.Call | None,
        outer: ast.expr | None,
        scope: Scope,
    ) -> bool:
        """Tells of one full name that a part of the code stands for."""
        if name.endswith("()"):
            return False  # what was made is told where it was made
        kind = kind_of(name)
        confidence: Confidence | None = "high"
        if name in CONDITIONS and call is not None:
            kind, judge = CONDITIONS[name]
            confidence = judge(call, scope)
        if kind is None or confidence is None:
            return False
        if name in _ENVIRONMENT | {"os.getenv", "os.getenvb"}:
            self._environment(link, name, outer, scope)
        else:
            self._add(link, kind, name.replace("()", ""), confidence)
        if call is not None and name in _RUNNERS:
            self._decoded(call, name, scope)
        return name not in _GIVE_MODULES

    def _environment(self, link: ast.expr, name: str, outer: ast.expr | None, scope: Scope) -> None:
        key = _key(outer, name)
        text = text_of(key, scope) if key is not None else None
        secret = text is not None and ENVIRONMENT_NAME.search(text)
        shown = name if text is None else f'{name}["{text}"]'
        self._add(link, Kind.SECRETS if secret else Kind.ENVIRONMENT, shown)

    def _method(self, link: ast.expr, call: ast.Call | None) -> bool:
        """A method that only things which write have, of whatever object."""
        if not isinstance(link, ast.Attribute) or link.attr not in METHODS or call is None:
            return False
        own = isinstance(link.value, ast.Name) and link.value.id in {"self", "cls"}
        if own or not (call.args or call.keywords):
            return False
        self._add(link, METHODS[link.attr], f".{link.attr}", "medium")
        return True

    # --- names made at run time ---------------------------------------------------------------

    def _opened(self, call: ast.Call, scope: Scope) -> None:
        """`getattr(os, "sy" + "stem")`, `vars(os)`."""
        called = origins(call.func, scope)
        if not call.args or not called & {"builtins.getattr", "builtins.vars"}:
            return
        of = sorted(name for name in origins(call.args[0], scope) if _reaches(name))
        if "builtins.vars" in called and of:
            self._add(call, Kind.DYNAMIC_IMPORT, f"vars({of[0]})")
        key = argument(call, 1, "name") if "builtins.getattr" in called else None
        if key is None:
            return
        if isinstance(key, ast.Constant):
            if key.value in FRAMES:
                self._add(call, Kind.DYNAMIC_IMPORT, str(key.value))
        elif of:
            self._add(call, Kind.DYNAMIC_IMPORT, f"getattr({of[0]}, ...)")

    def _looked_up(self, item: ast.Subscript, scope: Scope) -> bool:
        """`os.__dict__[name]`, `globals()[name]`."""
        tables = origins(item.value, scope)
        modules = {name for name in tables if name.endswith(".__dict__") and _reaches(name)}
        found = sorted(modules | (tables & _TABLES))
        if not found or (isinstance(item.slice, ast.Constant) and not modules):
            return False
        self._add(item, Kind.DYNAMIC_IMPORT, f"{found[0].removeprefix('builtins.')}[...]")
        return bool(modules) and not origins(item, scope)

    def _passed_on(self, node: ast.expr, scope: Scope) -> None:
        """A whole module given away: what is taken from it then is not seen."""
        if isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
            for name in sorted(origins(node, scope) & REACHING):
                self._add(node, Kind.DYNAMIC_IMPORT, f"{name}, passed on", "low")

    def _decoded(self, call: ast.Call, runner: str, scope: Scope) -> None:
        """Code that is decoded before it is run."""
        waiting: list[tuple[ast.AST, Scope, int]] = [(one, scope, 0) for one in call.args]
        seen: set[int] = set()
        while waiting:
            node, home, depth = waiting.pop()
            if id(node) in seen or depth > _FURTHEST:
                continue
            seen.add(id(node))
            if isinstance(node, ast.Call):
                decoders = origins(node.func, home) & DECODERS
                if decoders:
                    short = runner.removeprefix("builtins.")
                    name = f"{short}({min(decoders).removeprefix('builtins.')}(...))"
                    self._add(call, Kind.OBFUSCATION, name)
                    return
            if isinstance(node, ast.Name):
                waiting.extend(
                    (bound.value, bound.scope or home, depth + 1)
                    for bound in home.find(node.id)
                    if bound.value is not None and not bound.instance
                )
            waiting.extend((child, home, depth) for child in ast.iter_child_nodes(node))

    # --- telling ------------------------------------------------------------------------------

    def _path(self, node: ast.Constant, text: str) -> None:
        found = PATHS_OF_SECRETS.search(text) if len(text) < 300 else None
        if found:
            self._add(node, Kind.SECRETS, found.group().strip("/\\"), "medium")

    def _add(self, node: ast.expr, kind: Kind, name: str, confidence: Confidence = "high") -> None:
        last = node.end_lineno or node.lineno
        start = self.lines.column(node.lineno, node.col_offset) + 1
        end = self.lines.column(last, node.end_col_offset or 0) + 1
        shown = name.removeprefix("builtins.")
        self.found.append(Capability(node.lineno, start, kind, shown, last, end, confidence))


def _body(node: Maker, around: list[ast.AST]) -> Iterator[ast.AST]:
    """What runs inside the scope that a node makes; type hints are left out."""
    if isinstance(node, ast.Lambda):
        yield node.body
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from node.body
    else:
        apart = set(map(id, around))
        yield from (one for one in ast.iter_child_nodes(node) if id(one) not in apart)


def _reaches(name: str) -> bool:
    return name.partition(".")[0] in REACHING


def _key(outer: ast.expr | None, name: str) -> ast.expr | None:
    """What of the environment is asked for."""
    if isinstance(outer, ast.Subscript):
        return outer.slice
    if isinstance(outer, ast.Call) and outer.args and name not in _ENVIRONMENT:
        return outer.args[0]
    return None
