"""The order of first values, where nobody could tell it."""

from __future__ import annotations

from dynasaur.fingerprint.binding import Function, Ref
from dynasaur.fingerprint.effects import is_display, is_fixed, is_own, occurrences
from dynasaur.fingerprint.terms import Node

Block = list[Node]


def is_start(statement: Node, apart_from: Ref | None = None) -> bool:
    """`x = literal`: it cannot fail, and nobody can tell when it happened."""
    return (
        statement[0] == "assign"
        and len(statement) == 3
        and len(statement[1]) == 1
        and type(statement[1][0]) is Ref
        and statement[1][0] is not apart_from
        and statement[1][0].scope.kind == "function"
        and is_fixed(statement[2])
    )


def _is_copy(statement: Node) -> bool:
    """`x = y` or `x = [y, 1]`: it fails only if `y` has no value, and that ends the function."""
    return (
        statement[0] == "assign"
        and len(statement) == 3
        and len(statement[1]) == 1
        and is_own(statement[1][0])
        and is_display(statement[2])
    )


def ordered(block: Block, caught: bool) -> Block:
    """Neighbouring first values of different variables, in the order in which they are used."""
    made: Block = []
    start = 0
    while start < len(block):
        stop = start
        while stop < len(block) and _joins(block[stop], block[start:stop], caught):
            stop += 1
        if stop - start > 1:
            made += _sorted(block[start:stop], block[stop:])
        else:
            stop = start + 1
            made.append(block[start])
        start = stop
    return made


def _joins(statement: Node, group: Block, caught: bool) -> bool:
    """The statement could change places with those of the group."""
    if not (is_start(statement) or (not caught and _is_copy(statement))):
        return False
    target, value = statement[1][0], statement[2]
    return not any(
        one[1][0] is target or occurrences(one[2], target) or occurrences(value, one[1][0])
        for one in group
    )


def _sorted(group: Block, after: Block) -> Block:
    found: dict[Ref, int] = {}
    _first_uses(after, found)
    late = len(found)

    def place(one: Node) -> tuple[int, str]:
        fixed = is_fixed(one[2])
        return found.get(one[1][0].root(), late), repr(one[2]) if fixed else ""

    return sorted(group, key=place)


def _first_uses(node: Node, found: dict[Ref, int]) -> None:
    """Number the variables of a tree by their first use."""
    if type(node) is Ref:
        found.setdefault(node.root(), len(found))
    elif type(node) is tuple or type(node) is list:
        for part in node:
            _first_uses(part, found)
    elif type(node) is Function:
        _first_uses([node.parameters, node.body], found)
