"""What the functions of a run share, though each action has a module of its own."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from dynasaur.source.closure import Closure
from dynasaur.source.pieces import Piece


def changed_together(closures: Mapping[str, Closure]) -> dict[str, str]:
    """Functions that would lose a variable they change together, each with the reason.

    Each module has its own copy of a variable. One that only the same private helpers touch,
    which travel with each of their users, is taken for a cache.
    """
    touched: dict[str, dict[str, frozenset[int]]] = {}
    changed: set[str] = set()
    for name, closure in closures.items():
        readers = [piece for piece in closure.body if piece.kind in {"function", "class"}]
        changed.update(*(piece.reads.late_changes for piece in readers))
        for variable in closure.variables:
            touching = (piece.order for piece in readers if variable in piece.reads.all)
            touched.setdefault(variable, {})[name] = frozenset(touching)
    reasons: dict[str, str] = {}
    for variable in sorted(changed & touched.keys()):
        users = touched[variable]
        if len(set(users.values())) > 1:
            for name in users:
                others = ", ".join(f"`{other}`" for other in users if other != name)
                reasons[name] = (
                    f"it shares the changing variable `{variable}` with {others};"
                    " pass it as a parameter"
                )
    return reasons


def homes_of_classes(closures: Mapping[str, Closure]) -> dict[int, str]:
    """The one function whose module holds a class that several functions need.

    Copies of a class are different classes: `isinstance`, `except` and `==` of dataclasses and
    enums would tell an instance of one from an instance of the other. Private classes stay
    inside their module, and are copied like any helper.

    Returns:
        By the order of the class's piece, the name of the function; the others import it from
        there. No import can go round in a circle: homes come before their guests in one order,
        which is also that of the functions' calls.
    """
    rank = _ranks(closures)
    holders: dict[int, list[str]] = {}
    for name, closure in closures.items():
        for piece in closure.body:
            if _has_identity(piece):
                holders.setdefault(piece.order, []).append(name)
    return {
        order: min(names, key=lambda name: rank[name])
        for order, names in holders.items()
        if len(names) > 1
    }


def _has_identity(piece: Piece) -> bool:
    """A public class, or a value like one: `Point = namedtuple(...)`, `MISSING = object()`."""
    if any(name.startswith("_") for name in piece.binds):
        return False
    if piece.kind == "class":
        return True
    value = piece.node.value if isinstance(piece.node, ast.Assign | ast.AnnAssign) else None
    if not isinstance(value, ast.Call):
        return False
    is_object = isinstance(value.func, ast.Name) and value.func.id == "object"
    return is_object or any(name[0].isupper() and not name.isupper() for name in piece.binds)


def _ranks(closures: Mapping[str, Closure]) -> dict[str, int]:
    """An order in which what is used comes before its user; any order where they use each other."""
    ordered: dict[str, int] = {}
    for first in closures:
        stack = [(first, False)]
        opened: set[str] = set()
        while stack:
            name, ready = stack.pop()
            if ready:
                ordered.setdefault(name, len(ordered))
            elif name not in opened and name not in ordered:
                opened.add(name)
                stack.append((name, True))
                used = (use.name for use in closures[name].uses if not use.module)
                stack.extend((other, False) for other in used if other in closures)
    return ordered
