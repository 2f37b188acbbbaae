"""Expressions of the canonical tree, each built in its one normal form.

A node is a tuple headed by its kind; names are `Ref`s. Every rewrite has its side condition
written beside it: two texts get one form only if CPython evaluates both alike, in the same order.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from dynasaur.fingerprint.binding import Notes, Ref

Node: TypeAlias = Any
"""A tuple whose first item is its kind, or a `Ref`: deeper than that its type cannot be said."""

NONE = ("constant", "None")
TRUE = ("constant", "True")
FALSE = ("constant", "False")
_BOOLEAN_OPERATORS = {"in", "not in", "is", "is not"}
_NEGATED = {"in": "not in", "not in": "in", "is": "is not", "is not": "is"}


def kind(node: Node) -> str:
    """The node's kind; `name` for a `Ref`."""
    return node[0] if type(node) is tuple else "name"


def builtin(node: Node, names: set[str], notes: Notes) -> str:
    """The builtin that a node names, if it is one of `names`; that nothing rebinds it is noted."""
    if type(node) is not Ref or node.name not in names or notes.opaque:
        return ""
    if node.name in notes.rebound or node.scope.provides(node.name):
        return ""
    notes.assumed.append(node)
    return node.name


# --- truth ----------------------------------------------------------------------------------


def negate(node: Node) -> Node:
    """`not node`. `not a in b` is by definition `a not in b`, and so is `is`."""
    if kind(node) == "compare" and len(node) == 3 and node[2][0] in _NEGATED:
        return ("compare", node[1], (_NEGATED[node[2][0]], node[2][1]))
    if kind(node) == "not" and is_boolean(node[1]):
        return node[1]
    if kind(node) in {"and", "or"}:
        test, negated = truth(node)
        return ("not", ("not", test)) if negated else ("not", test)
    return ("not", node)


def is_boolean(node: Node) -> bool:
    """The node's value is surely True or False: the operators that CPython itself makes boolean."""
    match kind(node):
        case "not":
            return True
        case "compare":
            return len(node) == 3 and node[2][0] in _BOOLEAN_OPERATORS
        case "constant":
            return node in (TRUE, FALSE)
        case "and" | "or":
            return all(map(is_boolean, node[1:]))
    return False


def truth(node: Node) -> tuple[Node, bool]:
    """A test without outer negation, and whether it was negated.

    Only the truth of a test is looked at, so `not` can be moved outwards (`not not a` is `a`), and
    De Morgan's laws hold: both sides evaluate the same operands in the same order. The normal
    form of `and` and `or` starts with an operand that is not negated.
    """
    negated = False
    while kind(node) == "not":
        node, negated = node[1], not negated
    head = kind(node)
    if head == "compare" and len(node) == 3 and node[2][0] in {"not in", "is not"}:
        return ("compare", node[1], (_NEGATED[node[2][0]], node[2][1])), not negated
    if head in {"and", "or"}:
        parts = [truth(part) for part in node[1:]]
        if parts[0][1]:
            head, negated = ("or" if head == "and" else "and"), not negated
            parts = [(part, not flipped) for part, flipped in parts]
        node = flat(head, [("not", part) if flipped else part for part, flipped in parts])
    elif head == "constant":
        return (TRUE if _truthy(node) else FALSE), negated
    return node, negated


def tested(node: Node) -> Node:
    """A test, with its negation outside."""
    node, negated = truth(node)
    return ("not", node) if negated else node


def _truthy(node: Node) -> bool:
    return node[1] not in {"None", "False", "''", "b''", "0", "0.0", "0j"}


def flat(head: str, parts: list[Node]) -> Node:
    """`and` or `or`. Both are associative, in value and in what they evaluate."""
    items: list[Node] = []
    for part in parts:
        items.extend(part[1:] if kind(part) == head else [part])
    return (head, *items)


def joined(head: str, parts: list[Node]) -> Node:
    """`and` or `or` as a value; of negations only, the value is the negation of the other."""
    node = flat(head, parts)
    if all(kind(part) == "not" for part in node[1:]):
        return ("not", truth(node)[0])
    return node


def choose(test: Node, yes: Node, no: Node) -> Node:
    """`yes if test else no`."""
    test, negated = truth(test)
    if negated:
        yes, no = no, yes
    merged = merge(test, yes, no, "choose")
    if merged is not None:
        return choose(*merged)
    if (yes, no) == (TRUE, FALSE) and is_boolean(test):
        return test
    if (yes, no) == (FALSE, TRUE):
        return negate(test)
    return ("choose", test, yes, no)


def merge(test: Node, yes: Node, no: Node, head: str) -> tuple[Node, Node, Node] | None:
    """Two nested choices that share an arm are one: the arm runs at most once either way."""
    if kind(yes) == head:
        _, inner, one, two = yes
        if two == no:
            return flat("and", [test, inner]), one, two
        if one == no:
            return flat("and", [test, ("not", inner)]), two, one
    if kind(no) == head:
        _, inner, one, two = no
        if one == yes:
            return flat("or", [test, inner]), one, two
        if two == yes:
            return flat("or", [test, ("not", inner)]), two, one
    return None


def comprehension(head: str, made: Node, clauses: list[Node]) -> Node:
    """A comprehension; of a condition only the truth counts."""
    parts = [("if", tested(part[1])) if part[0] == "if" else part for part in clauses]
    return (head, made, *parts)
