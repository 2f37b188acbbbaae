"""What can be said without a variable."""

from __future__ import annotations

from dynasaur.fingerprint.binding import Notes, Ref, Scope
from dynasaur.fingerprint.calls import call
from dynasaur.fingerprint.effects import is_fixed, is_number, is_own, occurrences, waits
from dynasaur.fingerprint.formats import binary, field, text
from dynasaur.fingerprint.imports import CHANGING, is_quiet
from dynasaur.fingerprint.order import is_start
from dynasaur.fingerprint.terms import Node, choose, comprehension, kind

Block = list[Node]


def assigned(statement: Node, rest: Block, caught: bool) -> tuple[Block, Block] | None:
    """Another way to say an assignment and what follows it, or None where there is none.

    Returns:
        Statements that take its place, and those of `rest` that remain after them.
    """
    if len(statement) != 3 or len(statement[1]) != 1 or not is_own(statement[1][0]):
        return None
    ref, value = statement[1][0], statement[2]
    counted = _counted(ref, value)
    if counted is not None:
        return [counted], rest
    if not rest:
        return None
    returned = _returned(ref, value, rest[0], caught)
    if returned is not None:
        return [returned], rest[1:]
    return _gathered(statement, rest, caught)


def imported_inside(statement: Node, rest: Block, caught: bool) -> bool:
    """An import in a block, of a module that can be imported unnoticed and is used there alone."""
    _, ref, bound, module = statement
    used_here = is_own(ref) and ref.stores == 1 and occurrences(rest, ref) == ref.loads
    if caught or not used_here or not is_quiet(module) or bound in CHANGING:
        return False
    ref.path = bound
    ref.notes.hoisted.append(statement)
    return True


def _counted(ref: Ref, value: Node) -> Node | None:
    """`x = x + 1` is `x += 1` where `x` is a number: numbers are never changed in place."""
    if kind(value) == "binary" and value[2] is ref and is_number(ref) and is_number(value[3]):
        return ("augment", value[1], ref, value[3])
    return None


# --- a value that is named only to be returned -----------------------------------------------


def _returned(ref: Ref, value: Node, following: Node, caught: bool) -> Node | None:
    """`t = e; return t` is `return e`, and so is any return that evaluates `t` first of all.

    Leaving the function ends the variable's life in the same moment. Only a handler could still
    see it: so it is read nowhere else, or stands inside of no handler.
    """
    if following[0] != "return" or (ref.loads > 1 and caught):
        return None
    if occurrences(following[1], ref) != 1:
        return None
    placed = _placed(following[1], ref, value)
    return None if placed is None else ("return", placed)


_FIRST = {"attribute": 1, "subscript": 1, "unary": 2, "compare": 1, "not": 1, "await": 1, "star": 1}
_FIRST |= {"and": 1, "or": 1, "tuple": 1, "list": 1, "set": 1, "dict": 1, "pair": 1, "text": 1}
_FIRST |= {"binary": 2, "choose": 1, "field": 1}


def _placed(node: Node, ref: Ref, value: Node) -> Node | None:
    """The node with the value in place of the variable, if that is evaluated first of all."""
    if type(node) is Ref:
        return value if node is ref else None
    head = kind(node)
    if head == "call":
        return _placed_in_call(node, ref, value)
    if head in {"list of", "set of", "dict of", "generator"}:
        _, waits_, target, source = node[2]
        made = _placed(source, ref, value)
        return None if made is None else (*node[:2], ("for", waits_, target, made), *node[3:])
    index = _FIRST.get(head)
    if index is None or index >= len(node):
        return None
    if head == "text" and kind(node[1]) == "string":
        index = 2
    made = _placed(node[index], ref, value)
    return None if made is None else _rebuilt((*node[:index], made, *node[index + 1 :]), ref.notes)


def _rebuilt(node: Node, notes: Notes) -> Node:
    match node[0]:
        case "text":
            return text(list(node[1:]))
        case "field":
            return field(node[1], node[2], node[3], notes)
        case "binary":
            return binary(node[1], node[2], node[3], notes)
        case "choose":
            return choose(node[1], node[2], node[3])
    return node


def _placed_in_call(node: Node, ref: Ref, value: Node) -> Node | None:
    _, function, positional, named = node
    made = _placed(function, ref, value)
    if made is not None:
        return call(made, list(positional), list(named), ref.notes)
    if not _is_steady(function):
        return None
    if positional:
        made = _placed(positional[0], ref, value)
        if made is not None:
            return call(function, [made, *positional[1:]], list(named), ref.notes)
    elif named and named[0][0] == "keyword":
        made = _placed(named[0][2], ref, value)
        if made is not None:
            return call(function, [], [(*named[0][:2], made), *named[1:]], ref.notes)
    return None


def _is_steady(node: Node) -> bool:
    """A name from outside the function, or an attribute of a module: it may be looked up early.

    Names that some function declares `global` or `nonlocal` are not steady, which is checked when
    the whole text is read.
    """
    inner = node
    while kind(inner) == "attribute":
        inner = inner[1]
    if type(inner) is not Ref or inner.name in inner.notes.rebound:
        return False
    if inner is not node and not _is_module(inner):
        return False
    if inner.stores and not inner.path:
        return False
    inner.notes.steady.append(inner)
    return True


def _is_module(ref: Ref) -> bool:
    """The name stands for an import, as far as the text is read."""
    scope: Scope | None = ref.scope
    while scope is not None:
        found = scope.refs.get(ref.name)
        if found is not None and found.stores:
            return bool(found.path)
        scope = scope.outer
    return False


# --- a list that is filled in a loop -----------------------------------------------------------


def _gathered(statement: Node, rest: Block, caught: bool) -> tuple[Block, Block] | None:
    """`r = []` and a loop that only appends to it are a comprehension; `{}` with items likewise.

    The comprehension makes the list under no name, so the loop must not read it; its variables
    live in the loop alone; and where an exception could be swallowed, the half-filled list must
    not be readable afterwards, so every use of it stands in this block.
    """
    ref, empty = statement[1][0], statement[2]
    if empty not in (("list",), ("dict",)):
        return None
    index = next((i for i, other in enumerate(rest) if not is_start(other, ref)), len(rest))
    if index == len(rest) or rest[index][0] != "for":
        return None
    loop = rest[index]
    clauses: list[Node] = []
    made = _filling(loop, ref, empty, clauses)
    if made is None or occurrences([clauses, made], ref) or waits(loop):
        return None
    if caught and ref.loads + ref.stores != 1 + occurrences(rest, ref):
        return None
    ref.loads -= 1
    head = "list of" if empty == ("list",) else "dict of"
    gathered = ("assign", (ref,), comprehension(head, made, clauses))
    return [*rest[:index], gathered], rest[index + 1 :]


def _filling(loop: Node, ref: Ref, empty: Node, clauses: list[Node]) -> Node | None:
    """What each round of the loop adds, with the loops and conditions around it."""
    _, waits_, target, source, body, otherwise = loop
    names = list(_names(target))
    if waits_ or otherwise or len(body) != 1 or not all(map(is_own, names)):
        return None
    if any(occurrences(loop, name) != name.loads + name.stores for name in names):
        return None
    clauses.append(("for", False, target, source))
    inner = body[0]
    if inner[0] == "if" and len(inner[2]) + len(inner[3]) == 1:
        clauses.append(("if", inner[1] if inner[2] else ("not", inner[1])))
        inner = (inner[2] or inner[3])[0]
    if inner[0] == "for":
        return _filling(inner, ref, empty, clauses)
    return _appended(inner, ref) if empty == ("list",) else _entered(inner, ref)


def _appended(statement: Node, ref: Ref) -> Node | None:
    if statement[0] != "expression" or kind(statement[1]) != "call":
        return None
    _, function, positional, named = statement[1]
    if function != ("attribute", ref, "append") or named or len(positional) != 1:
        return None
    return None if kind(positional[0]) == "star" else positional[0]


def _entered(statement: Node, ref: Ref) -> Node | None:
    """`d[k] = v` evaluates the value first, the display the key: so the key is a plain name."""
    if statement[0] != "assign" or len(statement[1]) != 1 or len(statement) != 3:
        return None
    target = statement[1][0]
    if kind(target) != "subscript" or target[1] is not ref:
        return None
    key = target[2]
    return ("pair", key, statement[2]) if is_own(key) or is_fixed(key) else None


def _names(target: Node) -> list[Node]:
    """The variables that a loop's target binds; anything else in it is no variable."""
    if kind(target) == "tuple":
        return [name for part in target[1:] for name in _names(part)]
    return _names(target[1]) if kind(target) == "star" else [target]
