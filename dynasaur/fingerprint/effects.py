"""What evaluating a part of the tree can do, and which variables it touches."""

from __future__ import annotations

from dynasaur.fingerprint.binding import Ref
from dynasaur.fingerprint.terms import Node, builtin, kind

_STILL = {"attribute", "pair", "subscript", "slice", "tuple", "list", "dict"}
_STILL |= {"set", "binary", "unary", "compare", "and", "or", "not", "choose", "text", "field"}
_STILL_CALLS = {"str", "repr", "len", "int", "float", "round", "abs", "type", "bool", "ord", "chr"}


def is_still(node: Node) -> bool:
    """Evaluating the node changes nothing that another operand could show.

    Operators, attributes and items are taken to be free of effects on other objects, as Python's
    data model asks of them; calls are not, but for a few builtins on still operands.
    """
    if type(node) is not tuple or node[0] in {"constant", "string", "bytes"}:
        return type(node) is not list
    if node[0] == "call" and type(node[1]) is Ref and node[1].name in _STILL_CALLS:
        return not node[3] and all(map(is_still, node[2]))
    return node[0] in _STILL and all(map(is_still, node[1:]))


def is_fixed(node: Node) -> bool:
    """A literal: making it can neither fail nor be noticed, and nothing else can change it."""
    match kind(node):
        case "constant" | "string" | "bytes":
            return True
        case "tuple" | "list" | "dict" | "pair":
            return all(map(is_fixed, node[1:]))
        case "unary":
            return bool(kind(node[2]) == "constant")
    return False


def is_number(node: Node, seen: tuple[Ref, ...] = ()) -> bool:
    """The value is surely a number: every value that the variables in it ever get is one."""
    if type(node) is Ref:
        if node in seen:
            return True
        known = node.scope.kind == "function" and len(node.assigned) == node.stores > 0
        return known and all(is_number(value, (*seen, node)) for value in node.assigned)
    match kind(node):
        case "constant":
            return bool(node[1][0].isdigit())
        case "binary":
            return is_number(node[2], seen) and is_number(node[3], seen)
        case "unary":
            return is_number(node[2], seen)
        case "choose":
            return is_number(node[2], seen) and is_number(node[3], seen)
        case "call":
            ref = node[1]
            return type(ref) is Ref and bool(
                builtin(ref, {"len", "int", "ord", "float"}, ref.notes)
            )
    return False


def is_immutable(node: Node) -> bool:
    """The value is surely a number or a string of Python's own."""
    if kind(node) in {"string", "text", "bytes"} or is_number(node):
        return True
    called = kind(node) == "call" and type(node[1]) is Ref
    return called and bool(builtin(node[1], {"str", "repr"}, node[1].notes))


def is_display(node: Node) -> bool:
    """A literal, a variable of the function, or a list, tuple or dict of them."""
    if type(node) is Ref:
        return is_own(node)
    match kind(node):
        case "tuple" | "list" | "dict":
            return all(map(is_display, node[1:]))
        case "pair":
            return is_fixed(node[1]) and is_display(node[2])
    return is_fixed(node)


def occurrences(node: Node, ref: Ref) -> int:
    """How often the variable stands in the tree, functions inside left out."""
    if type(node) is Ref:
        return int(node.root() is ref)
    if type(node) is tuple or type(node) is list:
        return sum(occurrences(part, ref) for part in node)
    return 0


_WAITING = ("await", "yield", "yield from", "walrus")


def waits(node: Node) -> bool:
    """The tree holds an `await`, a `yield` or a `:=`."""
    if type(node) is tuple and node and node[0] in _WAITING:
        return True
    return type(node) in {tuple, list} and any(map(waits, node))


def is_own(node: Node) -> bool:
    """A variable of the function at hand that no function inside it sees."""
    return (
        type(node) is Ref
        and node.scope.kind == "function"
        and node.up is None
        and node.stores > 0
        and not node.captured
        and node.name not in node.scope.declared
    )
