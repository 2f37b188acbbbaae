"""Blocks of statements in their one normal form.

Every rewrite has its side condition written beside it: two blocks get one form only if CPython
runs both alike. What they all lean on: variables of a function are seen by the function and the
functions inside it alone (texts that look at their own frame are never rewritten), and an object
that a `return` hands out lives no longer for having had a name.
"""

from __future__ import annotations

from typing import Literal

from dynasaur.fingerprint.binding import Ref
from dynasaur.fingerprint.order import ordered
from dynasaur.fingerprint.terms import NONE, Node, builtin, choose, kind, merge, tested, truth
from dynasaur.fingerprint.variables import assigned, imported_inside

Tail = Literal["return", "continue", ""]
"""What happens after the block's last statement, if that is the same as saying it."""

Block = list[Node]
_LEAVES = {"return", "raise", "break", "continue"}


def simplify(block: Block, tail: Tail, caught: bool = False) -> Block:
    """The block's normal form.

    Args:
        block: Statements as they were written, or already simplified.
        tail: `return` for the body of a function, `continue` for the body of a loop.
        caught: An exception in the block may be swallowed further out in the function.
    """
    rest: Block = []
    for statement in reversed(block):
        rest = _before(statement, rest, tail, caught)
    return ordered(rest, caught)


def _before(statement: Node, rest: Block, tail: Tail, caught: bool) -> Block:
    """The statement in front of what follows it, which is already simplified."""
    head = statement[0]
    if head in _LEAVES:
        # what follows never runs; leaving where the block ends anyway says nothing
        falls = statement == ("return", NONE) and tail == "return"
        return [] if falls or statement == (tail,) else [statement]
    if head == "if":
        return _if(statement, rest, tail, caught)
    if head == "import" and imported_inside(statement, rest, caught):
        return rest
    if head != "assign":
        return [_inside(statement, caught), *rest]
    found = assigned(statement, rest, caught)
    if found is None:
        return [statement, *rest]
    instead, rest = found
    for each in reversed(instead):
        rest = _before(each, rest, tail, caught)
    return rest


def _inside(statement: Node, caught: bool) -> Node:
    """A statement with the blocks inside it simplified."""
    match statement[0]:
        case "for":
            _, waits, target, source, body, otherwise = statement
            body = simplify(body, "continue", caught)
            return ("for", waits, target, source, body, simplify(otherwise, "", caught))
        case "while":
            _, test, body, otherwise = statement
            body = simplify(body, "continue", caught)
            return ("while", tested(test), body, simplify(otherwise, "", caught))
        case "try":
            return _try(statement)
        case "with":
            swallows = caught or not _is_open(statement[2])
            return (*statement[:4], simplify(statement[4], "", swallows))
        case "match":
            cases = [(*case[:3], simplify(case[3], "", caught)) for case in statement[2]]
            return ("match", statement[1], cases)
    return statement


def _try(statement: Node) -> Node:
    _, body, handlers, otherwise, finally_ = statement
    return (
        "try",
        simplify(body, "", True),
        [(*handler[:4], simplify(handler[4], "", True)) for handler in handlers],
        simplify(otherwise, "", True),
        None if finally_ is None else simplify(finally_, "", True),
    )


def _is_open(node: Node) -> bool:
    """A file, which as a context manager lets exceptions through."""
    if kind(node) != "call" or type(node[1]) is not Ref:
        return False
    return bool(builtin(node[1], {"open"}, node[1].notes))


# --- choices --------------------------------------------------------------------------------


def _if(statement: Node, rest: Block, tail: Tail, caught: bool) -> Block:
    """A choice takes in what follows it, where only one of its arms goes on."""
    _, test, yes, no = statement
    test, negated = truth(test)
    if negated:
        yes, no = no, yes
    if rest and _leaves(yes):
        no, rest = [*no, *rest], []
    elif rest and _leaves(no):
        yes, rest = [*yes, *rest], []
    ends: Tail = "" if rest else tail
    yes, no = simplify(yes, ends, caught), simplify(no, ends, caught)
    return [*_choice(test, yes, no, ends), *rest]


def _leaves(block: Block) -> bool:
    """The block never reaches its end."""
    return any(
        statement[0] in _LEAVES
        or (statement[0] == "if" and _leaves(statement[2]) and _leaves(statement[3]))
        for statement in block
    )


def _choice(test: Node, yes: Block, no: Block, tail: Tail) -> Block:
    if tail == "return":  # the end of a function returns None
        if _is_return(yes) and not no:
            no = [("return", NONE)]
        elif _is_return(no) and not yes:
            yes = [("return", NONE)]
    if _is_return(yes) and _is_return(no):
        return [("return", choose(test, yes[0][1], no[0][1]))]
    if _is_plain_assign(yes) and _is_plain_assign(no) and yes[0][1] == no[0][1]:
        # the target's own parts are evaluated after the value, as before
        return [("assign", yes[0][1], choose(test, yes[0][2], no[0][2]))]
    merged = merge(test, _arm(yes), _arm(no), "if")
    if merged is None:
        return [("if", test, yes, no)]
    test, one, two = merged
    test, negated = truth(test)
    one, two = _block_of(one), _block_of(two)
    return _choice(test, two, one, tail) if negated else _choice(test, one, two, tail)


def _is_return(block: Block) -> bool:
    return len(block) == 1 and bool(block[0][0] == "return")


def _is_plain_assign(block: Block) -> bool:
    return len(block) == 1 and bool(block[0][0] == "assign" and len(block[0]) == 3)


def _arm(block: Block) -> Node:
    """A block that is nothing but a choice, as that choice."""
    return block[0] if len(block) == 1 and block[0][0] == "if" else block


def _block_of(arm: Node) -> Block:
    return arm if type(arm) is list else [arm]
