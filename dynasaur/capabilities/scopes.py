"""Which names each scope of a module binds, and to what."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from dynasaur.source.reads import hints_of
from dynasaur.source.walk import children, outer_calls

Maker: TypeAlias = (
    ast.Module
    | ast.FunctionDef
    | ast.AsyncFunctionDef
    | ast.Lambda
    | ast.ClassDef
    | ast.ListComp
    | ast.SetComp
    | ast.DictComp
    | ast.GeneratorExp
)
COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True, slots=True)
class Binding:
    """One way in which a name gets its value.

    Attributes:
        origin: The full name of what is imported; empty for anything else.
        value: The expression whose value it is; None where that is not known.
        scope: Where that expression is evaluated.
        instance: It is an instance of what the expression names: from a type hint.
    """

    origin: str = ""
    value: ast.expr | None = None
    scope: Scope | None = None
    instance: bool = False


UNKNOWN = Binding()
"""A value that nothing here can tell: a parameter, a loop's variable, a function of the text."""


@dataclass(eq=False, slots=True)
class Scope:
    """A module, class, function or comprehension.

    Attributes:
        node: What makes it.
        parent: The scope around it; None for the module.
        names: What binds each of its names.
        outer: Names that it declares as another scope's, and whose.
        stars: Modules all of whose names it imports.
        known: What each of its names stands for, once that is settled.
        texts: The texts of its names, as far as they have been asked for.
    """

    node: Maker
    parent: Scope | None
    names: dict[str, list[Binding]] = field(default_factory=dict)
    outer: dict[str, Scope] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    known: dict[str, frozenset[str]] = field(default_factory=dict)
    texts: dict[str, str | None] = field(default_factory=dict)

    @property
    def root(self) -> Scope:
        """The module's scope."""
        scope = self
        while scope.parent:
            scope = scope.parent
        return scope

    def bind(self, name: str, binding: Binding = UNKNOWN) -> None:
        """Adds a way in which a name gets its value."""
        home = self.outer.get(name, self)
        home.names.setdefault(name, []).append(binding)

    def home(self, name: str) -> Scope | None:
        """The scope that binds a name which is read here; None where nothing in the text does."""
        scope: Scope | None = self.outer.get(name, self)
        here = True
        while scope:
            visible = here or not isinstance(scope.node, ast.ClassDef)
            if visible and name in scope.names:
                return scope
            here = False
            scope = scope.parent
        return None

    def find(self, name: str) -> list[Binding]:
        """What binds a name that is read here."""
        home = self.home(name)
        return home.names[name] if home else []


Scopes: TypeAlias = dict[ast.AST, Scope]


def scopes_of(tree: ast.Module) -> Scopes:
    """The scope that each node of a tree makes, by node."""
    found: Scopes = {}
    waiting: list[tuple[Maker, Scope | None]] = [(tree, None)]
    while waiting:
        node, parent = waiting.pop()
        scope = Scope(node, parent)
        found[node] = scope
        own = list(_own(node))
        for inner in own:
            _declare(inner, scope)
        if isinstance(node, FUNCTIONS):
            _parameters(node, scope)
        for inner in own:
            _bind(inner, scope)
            if isinstance(inner, Maker):
                waiting.append((inner, scope))
    return found


def _own(node: Maker) -> Iterator[ast.AST]:
    """The nodes that belong to a scope, those that make scopes inside it included."""
    stack = list(_inside(node))
    while stack:
        inner = stack.pop()
        yield inner
        if isinstance(inner, Maker):
            stack.extend(outside(inner))
        else:
            stack.extend(children(inner))


def _inside(node: Maker) -> Iterable[ast.AST]:
    """The children that are evaluated in the scope that a node makes."""
    apart = {id(one) for one in outside(node)}
    if isinstance(node, FUNCTIONS):
        return [node.body] if isinstance(node, ast.Lambda) else node.body
    return [one for one in children(node) if id(one) not in apart]


def outside(node: Maker) -> list[ast.AST]:
    """The parts of a node that are evaluated around the scope that it makes."""
    if isinstance(node, FUNCTIONS):
        found: list[ast.AST] = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
        if isinstance(node, ast.Lambda):
            return found
        called = [call for hint in hints_of(node) for call in outer_calls(hint)]
        return [*node.decorator_list, *found, *called]
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *node.keywords]
    if isinstance(node, COMPREHENSIONS):
        return [node.generators[0].iter]
    return []


def _declare(node: ast.AST, scope: Scope) -> None:
    if isinstance(node, ast.Global):
        scope.outer.update(dict.fromkeys(node.names, scope.root))
    elif isinstance(node, ast.Nonlocal):
        for name in node.names:
            up = scope.parent
            while up and name not in up.names:
                up = up.parent
            scope.outer[name] = up or scope.root


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope) -> None:
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    pairs = list(zip(positional, [*defaults, *arguments.defaults], strict=True))
    pairs += list(zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True))
    for argument, default in pairs:
        scope.bind(argument.arg)
        if argument.annotation:
            hint = Binding(value=argument.annotation, scope=scope.parent, instance=True)
            scope.bind(argument.arg, hint)
        if default:
            scope.bind(argument.arg, Binding(value=default, scope=scope.parent))
    for rest in (arguments.vararg, arguments.kwarg):
        if rest:
            scope.bind(rest.arg)


def _bind(node: ast.AST, scope: Scope) -> None:
    """What one node binds in the scope that it belongs to."""
    match node:
        case ast.Import():
            for alias in node.names:
                first = alias.name.partition(".")[0]
                scope.bind(alias.asname or first, Binding(alias.name if alias.asname else first))
        case ast.ImportFrom():
            _bind_from(node, scope)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            scope.bind(node.name)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            scope.bind(name)
        case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            scope.bind(name)
        case _:
            _bind_targets(node, scope)


def _bind_targets(node: ast.AST, scope: Scope) -> None:
    """What an assignment binds, in whatever form it comes."""
    match node:
        case ast.Assign():
            for target in node.targets:
                _bind_target(target, node.value, scope)
        case ast.AnnAssign(target=ast.Name(id=name)):
            scope.bind(name, Binding(value=node.annotation, scope=scope, instance=True))
            if node.value:
                scope.bind(name, Binding(value=node.value, scope=scope))
        case ast.AugAssign():
            _bind_target(node.target, None, scope)
        case ast.NamedExpr():
            _bind_target(node.target, node.value, _statement_scope(scope))
        case ast.For() | ast.AsyncFor() | ast.comprehension():
            _bind_target(node.target, None, scope)
        case ast.withitem(optional_vars=ast.expr() as target):
            _bind_target(target, node.context_expr, scope)


def _bind_from(node: ast.ImportFrom, scope: Scope) -> None:
    module = "." * node.level + (node.module or "")
    for alias in node.names:
        if alias.name == "*":
            scope.root.stars.append(module)
        else:
            scope.bind(alias.asname or alias.name, Binding(f"{module}.{alias.name}"))


def _statement_scope(scope: Scope) -> Scope:
    """Where `:=` binds: not in a comprehension."""
    while isinstance(scope.node, COMPREHENSIONS) and scope.parent:
        scope = scope.parent
    return scope


def _bind_target(target: ast.expr, value: ast.expr | None, scope: Scope) -> None:
    match target:
        case ast.Name():
            known = Binding(value=value, scope=scope) if value else UNKNOWN
            scope.bind(target.id, known)
        case ast.Starred():
            _bind_target(target.value, None, scope)
        case ast.Tuple() | ast.List():
            parts = value.elts if isinstance(value, ast.Tuple | ast.List) else []
            if len(parts) != len(target.elts) or any(isinstance(p, ast.Starred) for p in parts):
                parts = [None] * len(target.elts)  # type: ignore[list-item]
            for inner, part in zip(target.elts, parts, strict=True):
                _bind_target(inner, part, scope)
