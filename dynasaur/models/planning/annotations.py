"""Which values fit which annotations, decided on the annotations' text."""

from __future__ import annotations

import ast
from functools import cache

_LISTS = frozenset(
    {"list", "Sequence", "Iterable", "Collection", "Iterator", "tuple", "set", "frozenset"}
)
_WIDE = frozenset({"Sequence", "Iterable", "Collection"})
_MAPS = frozenset({"dict", "Mapping", "MutableMapping"})
_NUMBERS = ("bool", "int", "float", "complex")


@cache
def _parts(annotation: str) -> tuple[str, ...]:
    """The members of a union, as text; a plain annotation is its own only member."""
    try:
        tree = ast.parse(annotation.strip("'\" ") or "Any", mode="eval").body
    except SyntaxError:
        return ("Any",)
    return tuple(_members(tree))


def _members(tree: ast.expr) -> list[str]:
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.BitOr):
        return _members(tree.left) + _members(tree.right)
    if isinstance(tree, ast.Subscript):
        outer = ast.unparse(tree.value).rpartition(".")[2]
        if outer == "Optional":
            return [*_members(tree.slice), "None"]
        if outer == "Union" and isinstance(tree.slice, ast.Tuple):
            return [member for part in tree.slice.elts for member in _members(part)]
        if outer == "Literal":
            return ["str"]
    return [ast.unparse(tree)]


@cache
def _split(member: str) -> tuple[str, tuple[str, ...]]:
    """The name and the arguments of one annotation: `list[str]` to `list`, (`str`,)."""
    tree = ast.parse(member, mode="eval").body
    if not isinstance(tree, ast.Subscript):
        return ast.unparse(tree).rpartition(".")[2], ()
    inner = tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice]
    name = ast.unparse(tree.value).rpartition(".")[2]
    return name, tuple(ast.unparse(part) for part in inner if ast.unparse(part) != "...")


@cache
def fits(given: str, wanted: str) -> bool:
    """A value annotated `given` may be passed where `wanted` is annotated.

    Lenient where an annotation is silent (`Any`, a bare `list`): what does not fit after all shows
    itself when the code runs.
    """
    return any(
        _fits(one, other) for one in _parts(given) if one != "None" for other in _parts(wanted)
    )


def _fits(given: str, wanted: str) -> bool:
    if "Any" in (given, wanted) or given == wanted or wanted == "object":
        return True
    if given in _NUMBERS and wanted in _NUMBERS:
        return _NUMBERS.index(given) <= _NUMBERS.index(wanted)
    given_name, given_inner = _split(given)
    wanted_name, wanted_inner = _split(wanted)
    same = given_name == wanted_name or {given_name, wanted_name} <= _MAPS
    if not same and not (wanted_name in _WIDE and given_name in _LISTS):
        return False
    return all(fits(one, other) for one, other in zip(given_inner, wanted_inner, strict=False))


def element(annotation: str) -> str:
    """What a list annotation holds; empty where it is no list."""
    for member in _parts(annotation):
        name, inner = _split(member)
        if name in _LISTS:
            return inner[0] if inner else "Any"
    return ""


def is_number(annotation: str) -> bool:
    """The annotation allows nothing but numbers (and None)."""
    return all(part in ("int", "float") for part in _parts(annotation) if part != "None")


def is_bool(annotation: str) -> bool:
    """The annotation is a truth value."""
    return _parts(annotation) == ("bool",)
