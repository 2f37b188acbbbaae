"""What an expression names: full names, as they are before any alias."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator

from dynasaur.capabilities.scopes import Binding, Scope
from dynasaur.source.text import words

_BUILTINS = frozenset(dir(builtins))
_DEEPEST = 60
"""Expressions are followed so far into each other."""

_ROUNDS = 60
"""Names that are set from one another, last ones first, are followed so far."""

_MOST, _PARTS, _LONGEST = 64, 12, 10_000
"""Full names of one name, parts of one full name, characters of one text."""

_PATHS = frozenset({"pathlib.Path", "pathlib.PosixPath", "pathlib.WindowsPath"})
_PATH = "pathlib.Path()"
_GIVE_PATHS = words(
    """parent joinpath with_name with_stem with_suffix resolve absolute expanduser relative_to
    samefile cwd home readlink"""
)
_IMPORTERS = frozenset({"builtins.__import__", "importlib.import_module", "importlib.__import__"})


def settle(scopes: Iterable[Scope]) -> None:
    """Finds out what all names of a module stand for, however they are set from one another.

    Raises:
        RecursionError: They are intertwined beyond all use.
    """
    listed = list(scopes)
    for _ in range(_ROUNDS):
        changed = False
        for scope in listed:
            for name, bindings in scope.names.items():
                found = {one for binding in bindings for one in _of_binding(binding, scope)}
                now = frozenset(sorted(found, key=lambda one: (len(one), one))[:_MOST])
                changed |= now != scope.known.get(name, frozenset())
                scope.known[name] = now
        if not changed:
            return
    raise RecursionError


def origins(node: ast.expr, scope: Scope, depth: int = 0) -> frozenset[str]:
    """The full names that an expression may stand for; none where nothing is known of it.

    `os.system` for `s` after `from os import system as s`, `requests.Session().get` for a method
    of what `requests.Session()` gave.
    """
    if depth > _DEEPEST:
        return frozenset()
    match node:
        case ast.Name():
            return _of_name(node.id, scope)
        case ast.Attribute():
            of = origins(node.value, scope, depth + 1)
            return frozenset(_plain(f"{one}.{node.attr}") for one in of)
        case ast.Call():
            return _of_call(node, scope, depth)
        case ast.Subscript():
            return _of_item(node, scope, depth)
    parts = (origins(part, scope, depth + 1) for part in _alternatives(node))
    found: frozenset[str] = frozenset().union(*parts)
    return found & {_PATH} if isinstance(node, ast.BinOp) and _divides(node) else found


def _alternatives(node: ast.expr) -> list[ast.expr]:
    """The parts of an expression of which one is its value."""
    match node:
        case ast.NamedExpr() | ast.Await():
            return [node.value]
        case ast.IfExp():
            return [node.body, node.orelse]
        case ast.BoolOp():
            return node.values
        case ast.BinOp(op=ast.Div() | ast.BitOr()):  # a path's part; a hint such as `Path | None`
            return [node.left, node.right]
    return []


def _divides(node: ast.BinOp) -> bool:
    return isinstance(node.op, ast.Div)


def text_of(node: ast.expr, scope: Scope, depth: int = 0) -> str | None:
    """The text that an expression gives, where it can be told without running it."""
    if depth > _DEEPEST:
        return None
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.BinOp(op=ast.Add()):
            return _joined([node.left, node.right], "", scope, depth)
        case ast.JoinedStr():
            return _joined(node.values, "", scope, depth)
        case ast.FormattedValue(format_spec=None):
            return text_of(node.value, scope, depth + 1)
        case ast.Name():
            return _text_of_name(node.id, scope, depth)
    return _made_text(node, scope, depth)


def _text_of_name(name: str, scope: Scope, depth: int) -> str | None:
    home = scope.home(name)
    if home is None:
        return None
    if name not in home.texts:
        home.texts[name] = None  # where it is made of itself
        first, *more = home.names[name]
        if first.value and not more and not first.instance:
            home.texts[name] = text_of(first.value, first.scope or scope, depth + 1)
    return home.texts[name]


def _made_text(node: ast.expr, scope: Scope, depth: int) -> str | None:
    """The text of `"metsys"[::-1]`, `chr(111)`, `"".join(["sy", "stem"])`."""
    match node:
        case ast.Subscript(slice=ast.Slice(lower=None, upper=None, step=ast.UnaryOp())):
            text = text_of(node.value, scope, depth + 1)
            return None if text is None else text[::-1]
        case ast.Call(func=ast.Name(id="chr"), args=[ast.Constant(value=int(code))]):
            return chr(code) if 0 <= code < 0x110000 else None
        case ast.Call(func=ast.Attribute(attr="join", value=gap), args=[parts]):
            between = text_of(gap, scope, depth + 1)
            if between is not None and isinstance(parts, ast.List | ast.Tuple):
                return _joined(parts.elts, between, scope, depth)
    return None


def _joined(parts: list[ast.expr], between: str, scope: Scope, depth: int) -> str | None:
    texts = [text_of(part, scope, depth + 1) for part in parts]
    known = [text for text in texts if text is not None]
    short = len(known) == len(texts) and sum(map(len, known)) < _LONGEST
    return between.join(known) if short else None


def _of_name(name: str, scope: Scope) -> frozenset[str]:
    home = scope.home(name)
    if home is not None:
        return home.known.get(name, frozenset())
    found = {f"{module}.{name}" for module in scope.root.stars}
    if name in {"__builtins__", "get_ipython"}:
        found.add({"__builtins__": "builtins"}.get(name, name))
    elif name in _BUILTINS:
        found.add(f"builtins.{name}")
    return frozenset(found)


def _of_binding(binding: Binding, scope: Scope) -> Iterator[str]:
    if binding.origin:
        yield binding.origin
    elif binding.value is not None:
        home = binding.scope or scope
        for one in origins(binding.value, home):
            if one.count(".") < _PARTS:
                yield _made(one) if binding.instance else one


def _of_call(node: ast.Call, scope: Scope, depth: int) -> frozenset[str]:
    called = origins(node.func, scope, depth + 1)
    if called & _IMPORTERS and node.args:
        name = text_of(node.args[0], scope, depth + 1)
        return frozenset({name}) if name else frozenset()
    if "builtins.getattr" in called and len(node.args) > 1:
        of, name = origins(node.args[0], scope, depth + 1), text_of(node.args[1], scope)
        return frozenset(_plain(f"{one}.{name}") for one in of) if name else frozenset()
    if "builtins.vars" in called and node.args:
        of = origins(node.args[0], scope, depth + 1)
        return frozenset(f"{one}.__dict__" for one in of)
    if any(one.startswith("operator.attrgetter(") for one in called) and node.args:
        return _by_getter(node, scope, depth)
    return frozenset(_made(one) for one in called)


def _by_getter(node: ast.Call, scope: Scope, depth: int) -> frozenset[str]:
    """`operator.attrgetter("system")(os)`."""
    getter = node.func
    if not isinstance(getter, ast.Call) or not getter.args:
        return frozenset()
    name = text_of(getter.args[0], scope)
    of = origins(node.args[0], scope, depth + 1)
    return frozenset(f"{one}.{name}" for one in of) if name else frozenset()


def _of_item(node: ast.Subscript, scope: Scope, depth: int) -> frozenset[str]:
    """An item of a module's table of names; of anything else nothing is known."""
    key = text_of(node.slice, scope)
    if key is None:
        return frozenset()
    found: set[str] = set()
    for one in origins(node.value, scope, depth + 1):
        if one.endswith(".__dict__"):
            found.add(f"{one.removesuffix('.__dict__')}.{key}")
        elif one == "builtins":
            found.add(f"builtins.{key}")
        elif one == "sys.modules":
            found.add(key)
        elif one in {"builtins.globals()", "builtins.locals()", "builtins.vars()"}:
            found |= _of_name(key, scope.root)
    return frozenset(found)


def _made(name: str) -> str:
    """What a call of it gives."""
    return _PATH if name in _PATHS else _plain(f"{name}()")


def _plain(name: str) -> str:
    """Paths made from paths are paths."""
    head, _, last = name.removesuffix("()").rpartition(".")
    if (
        last in _GIVE_PATHS
        and (head == _PATH or head in _PATHS)
        and (name.endswith("()") or last == "parent")
    ):
        return _PATH
    return name
