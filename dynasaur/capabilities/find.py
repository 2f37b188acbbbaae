"""The walk over a module's tree that finds what its code can do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from dynasaur.capabilities.calls import CONDITIONS
from dynasaur.capabilities.decoded import Decoded
from dynasaur.capabilities.hidden import hidden
from dynasaur.capabilities.origins import IMPORTERS, by_name, origins, settle
from dynasaur.capabilities.scopes import Maker, Scope, Scopes, outside, scopes_of
from dynasaur.capabilities.tables import (
    FRAMES,
    FRAMES_IN_TEXT,
    METHODS,
    PATHS_OF_SECRETS,
    REACHING,
    is_reply,
    kind_of,
)
from dynasaur.capabilities.texts import text_of
from dynasaur.capabilities.values import Capability, Confidence, Kind
from dynasaur.source.effects import effects
from dynasaur.source.text import Lines, normal, tree_of
from dynasaur.source.walk import children, outer_calls
from dynasaur.tokens import ENVIRONMENT_NAME

_LINKS = ast.Name | ast.Attribute | ast.Subscript | ast.Call
_ENVIRONMENT = frozenset({"os.environ", "os.environb"})
_ASKED = frozenset({"get", "pop", "setdefault", "__getitem__"})
_FILES = frozenset({"builtins.open", "io.open", "pathlib.Path"})
_OPENERS = frozenset({"builtins.getattr", "builtins.hasattr", "builtins.vars"})
_GIVE_MODULES = IMPORTERS | {"sys.modules"}
_TABLES = frozenset({"builtins.globals()", "builtins.locals()", "builtins.vars()", "builtins"})


def capabilities(text: str) -> tuple[Capability, ...]:
    """Everything in a module that reaches beyond arguments and result, in order of place.

    Names are followed through imports, aliases and scopes, so that neither `import os as o` nor
    a local function called `system` misleads. What is only mentioned counts as well: it may be
    called elsewhere. Of type hints only calls do; of docstrings and comments only hidden
    characters.

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
    decoded: Decoded = field(default_factory=lambda: Decoded({}))

    def run(self, tree: ast.Module) -> None:
        self.scopes = scopes_of(tree)
        self.decoded = Decoded(self.scopes)
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
            parts = (node.target, node.value, *outer_calls(node.annotation))
            yield from ((one, scope) for one in parts if one)
        elif self._is_still(node, scope):
            return
        elif isinstance(node, _LINKS):
            yield from ((one, scope) for one in self._chain(node, scope))
        else:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                self._text(node, node.value)
            yield from ((one, scope) for one in children(node))

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
            around = links[max(at - 2, 0) : at][::-1]
            told = self._link(links[at], around, scope, told=told) or told
        if not told:
            self._passed_on(node, scope)

    def _link(self, link: ast.expr, around: list[ast.expr], scope: Scope, *, told: bool) -> bool:
        """Looks at one part; `around` is the one that it is in, and the one that this is in."""
        outer = around[0] if around else None
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
            return self._set(link, scope)
        if isinstance(outer, ast.Attribute) and any(map(kind_of, origins(outer, scope))):
            return False  # that says more of the same
        call = outer if isinstance(outer, ast.Call) else None
        found = [self._named(link, name, around, scope) for name in origins(link, scope)]
        return any(found) or self._method(link, call)

    def _set(self, link: ast.Attribute, scope: Scope) -> bool:
        """`sys.path += [...]`, `os.environ = ...`."""
        for name in origins(link, scope):
            if kind_of(name) in {Kind.DYNAMIC_IMPORT, Kind.ENVIRONMENT}:
                return self._named(link, name, [], scope)
        return False

    def _named(self, link: ast.expr, name: str, around: list[ast.expr], scope: Scope) -> bool:
        """Tells of one full name that a part of the code stands for."""
        if name.endswith("()") or is_reply(name):
            return False  # what was made is told where it was made
        call = around[0] if around and isinstance(around[0], ast.Call) else None
        kind = kind_of(name)
        confidence: Confidence | None = "high"
        if name in CONDITIONS and call is not None:
            kind, judge = CONDITIONS[name]
            confidence = judge(call, scope)
        if kind is None or confidence is None:
            return False
        if name in _ENVIRONMENT | {"os.getenv", "os.getenvb"}:
            self._environment(link, name, around, scope)
        else:
            self._add(link, kind, name.replace("()", ""), confidence)
        if call is not None and (what := self.decoded.run_by(call, name, kind, scope)):
            self._add(call, Kind.OBFUSCATION, what)
        return name not in _GIVE_MODULES

    def _environment(self, link: ast.expr, name: str, around: list[ast.expr], scope: Scope) -> None:
        key = _key(around, name)
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
        """`getattr(os, "sy" + "stem")`, `vars(os)`, `functools.partial(open, mode="w")`."""
        called = origins(call.func, scope)
        if call.args and "builtins.vars" in called and (of := self._reached(call.args[0], scope)):
            self._add(call, Kind.DYNAMIC_IMPORT, f"vars({of})")
        if call.args and "functools.partial" in called:
            self._partial(call, scope)
        if call.args and called & _FILES and text_of(call.args[0], scope) == ".env":
            self._add(call.args[0], Kind.SECRETS, ".env", "medium")
        taken = by_name(call, scope)
        if taken is None:
            return
        key = taken[1]
        if isinstance(key, ast.Constant):
            if key.value in FRAMES:
                self._add(call, Kind.DYNAMIC_IMPORT, str(key.value))
        elif of := self._reached(taken[0], scope):
            self._add(call, Kind.DYNAMIC_IMPORT, f"getattr({of}, ...)")

    def _partial(self, call: ast.Call, scope: Scope) -> None:
        """What reaches out only with certain arguments, which are given beforehand."""
        later = ast.Call(call.args[0], call.args[1:], call.keywords)
        for name in sorted(origins(later.func, scope) & CONDITIONS.keys()):
            self._named(later.func, name, [later], scope)

    def _reached(self, node: ast.expr, scope: Scope) -> str:
        """The first of the modules worth hiding that an expression names; empty for none."""
        return min((name for name in origins(node, scope) if _reaches(name)), default="")

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
                self._add(node, Kind.DYNAMIC_IMPORT, f"{name}, passed on", "medium")

    # --- telling ------------------------------------------------------------------------------

    def _text(self, node: ast.Constant, text: str) -> None:
        """A text that names a secret's place, or leads to the interpreter when it is filled in."""
        if found := PATHS_OF_SECRETS.search(text) if len(text) < 300 else None:
            self._add(node, Kind.SECRETS, found.group().strip("/\\"), "medium")
        if found := FRAMES_IN_TEXT.search(text):
            self._add(node, Kind.DYNAMIC_IMPORT, found.group()[:60], "medium")

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
        yield from (one for one in children(node) if id(one) not in apart)


def _reaches(name: str) -> bool:
    return name.partition(".")[0] in REACHING


def _key(around: list[ast.expr], name: str) -> ast.expr | None:
    """What of the environment is asked for."""
    outer = around[0] if around else None
    if isinstance(outer, ast.Subscript):
        return outer.slice
    if isinstance(outer, ast.Attribute):
        outer = around[1] if len(around) > 1 and outer.attr in _ASKED else None
    elif name in _ENVIRONMENT:
        outer = None
    return outer.args[0] if isinstance(outer, ast.Call) and outer.args else None
