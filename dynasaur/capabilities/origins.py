"""What an expression names: full names, as they are before any alias."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterable, Iterator

from dynasaur.capabilities.scopes import Binding, Scope
from dynasaur.capabilities.texts import DEEPEST, text_of
from dynasaur.source.text import words

_BUILTINS = frozenset(dir(builtins))
_ROUNDS = 60
"""Names that are set from one another, last ones first, are followed so far."""

_MOST, _PARTS = 64, 12
"""Full names of one name, parts of one full name."""

_PATHS = frozenset({"pathlib.Path", "pathlib.PosixPath", "pathlib.WindowsPath"})
_PATH = "pathlib.Path()"
_GIVE_PATHS = words(
    """parent joinpath with_name with_stem with_suffix resolve absolute expanduser relative_to
    samefile cwd home readlink"""
)
IMPORTERS = words("builtins.__import__ importlib.import_module importlib.__import__")
"""What gives a module by its name."""

_SAME = {
    "posix": "os",
    "nt": "os",
    "_socket": "socket",
    "_io": "io",
    "_pickle": "pickle",
    "_posixsubprocess": "subprocess",
}
"""Modules in C that give what another is known for."""

_LENT = words("os sys subprocess builtins importlib socket shutil ctypes pickle marshal posix io")
"""Modules that others of the standard library import, and so lend: `shutil.os.system`."""

_TAKERS = words("get pop setdefault __getitem__")
_BY_NAME = words("__getattribute__ __getattr__")


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
    if depth > DEEPEST:
        return frozenset()
    match node:
        case ast.Name():
            return _of_name(node.id, scope)
        case ast.Attribute():
            of = origins(node.value, scope, depth + 1)
            return frozenset(_home(_plain(f"{one}.{node.attr}")) for one in of)
        case ast.Call():
            return _of_call(node, scope, depth)
        case ast.Subscript():
            return _of_item(node.value, node.slice, scope, depth)
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
        yield _home(binding.origin)
    elif binding.value is not None:
        home = binding.scope or scope
        for one in origins(binding.value, home):
            if one.count(".") < _PARTS:
                yield _made(one) if binding.instance else one


def by_name(call: ast.Call, scope: Scope, depth: int = 0) -> tuple[ast.expr, ast.expr] | None:
    """The object and the name of what a call takes from it: `getattr(os, "system")` and the like.

    None for any other call.
    """
    args, func = call.args, call.func
    if len(args) > 1 and "builtins.getattr" in origins(func, scope, depth + 1):
        return args[0], args[1]
    if not isinstance(func, ast.Attribute) or func.attr not in _BY_NAME or not args:
        return None
    unbound = origins(func.value, scope, depth + 1) & {"builtins.object", "builtins.type"}
    if unbound:
        return (args[0], args[1]) if len(args) > 1 else None
    return func.value, args[0]


def _of_call(node: ast.Call, scope: Scope, depth: int) -> frozenset[str]:
    called = origins(node.func, scope, depth + 1)
    if called & IMPORTERS and node.args:
        name = text_of(node.args[0], scope, depth + 1)
        return frozenset({_home(name)}) if name else frozenset()
    if taken := by_name(node, scope, depth):
        of, name = origins(taken[0], scope, depth + 1), text_of(taken[1], scope)
        return frozenset(_home(_plain(f"{one}.{name}")) for one in of) if name else frozenset()
    if "builtins.vars" in called and node.args:
        of = origins(node.args[0], scope, depth + 1)
        return frozenset(f"{one}.__dict__" for one in of)
    if any(one.startswith(("operator.attrgetter(", "operator.methodcaller(")) for one in called):
        return _by_getter(node, scope, depth) if node.args else frozenset()
    func = node.func
    if isinstance(func, ast.Attribute) and func.attr in _TAKERS and node.args:
        if found := _of_item(func.value, node.args[0], scope, depth):
            return found
    elif "operator.getitem" in called and len(node.args) > 1:
        return _of_item(node.args[0], node.args[1], scope, depth)
    return frozenset(_made(one) for one in called)


def _by_getter(node: ast.Call, scope: Scope, depth: int) -> frozenset[str]:
    """`operator.attrgetter("system")(os)`."""
    getter = node.func
    if not isinstance(getter, ast.Call) or not getter.args:
        return frozenset()
    name = text_of(getter.args[0], scope)
    of = origins(node.args[0], scope, depth + 1)
    return frozenset(_home(f"{one}.{name}") for one in of) if name else frozenset()


def _of_item(table: ast.expr, item: ast.expr, scope: Scope, depth: int) -> frozenset[str]:
    """An item of a module's table of names; of anything else nothing is known."""
    key = text_of(item, scope)
    if key is None:
        return frozenset()
    found: set[str] = set()
    for one in origins(table, scope, depth + 1):
        if one.endswith(".__dict__"):
            found.add(_home(f"{one.removesuffix('.__dict__')}.{key}"))
        elif one == "builtins":
            found.add(f"builtins.{key}")
        elif one == "sys.modules":
            found.add(_home(key))
        elif one in {"builtins.globals()", "builtins.locals()", "builtins.vars()"}:
            found |= _of_name(key, scope.root)
    return frozenset(found)


def _home(name: str) -> str:
    """A full name by the module that is known for it, whichever it was taken from."""
    parts = name.split(".")
    parts[0] = _SAME.get(parts[0], parts[0])
    at = 1
    while at < len(parts) and "()" not in parts[at - 1] and parts[0] in sys.stdlib_module_names:
        lent = parts[at].lstrip("_")
        if lent in _LENT and (lent != parts[0] or at > 1):
            parts = [_SAME.get(lent, lent), *parts[at + 1 :]]
            at = 0
        at += 1
    return ".".join(parts)


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
