"""What a composition takes the task to mean, where the words alone leave it open.

Each rule refuses one way to misread a task. Better no answer than a wrong one.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from dynasaur.models.planning.annotations import element, is_bool, is_number
from dynasaur.models.planning.binding import given_by, hints, role
from dynasaur.models.planning.lexicon import ADDITIVE, HARMLESS, INTRINSIC
from dynasaur.models.planning.literals import Literal
from dynasaur.models.planning.nodes import Node, is_rows
from dynasaur.models.planning.signatures import Slot
from dynasaur.models.planning.view import View
from dynasaur.models.planning.words import name_words, stem

_YES_NO = frozenset(("is", "are", "was", "were", "does", "do", "did", "has", "have", "can"))
_ALL = frozenset(("list", "show", "print", "display", "all", "every", "each", "values", "which"))
_RANKS = frozenset(("max", "min"))


def is_asked(node: Node, view: View) -> bool:
    """The task asks for this kind of result, and every part of it is meant."""
    heads = {head for call in node.walk() for head in call.offer.heads}
    return (
        _is_right_kind(node, view)
        and all(not literal.needs or literal.needs in heads for literal in node.literals)
        and all(_is_meant(call, view) for call in node.walk())
        and _is_one_reading(node)
    )


def given(call: Node, view: View, *, outermost: bool) -> frozenset[str]:
    """Concepts that a call's arguments stand for, as if a word of the task had named them."""
    found = frozenset[str]().union(*(given_by(slot) for slot, _ in call.own))
    if any(one.kind == "duration" for _, one in call.own):
        found |= {stem("duration")}
    for column in _columns_under(call):
        before = word_before(column, view)
        asked = before in ("many", "which", "what") or outermost
        if asked and _repeats(column):
            found |= {stem("unique")}
        if before in ("many", "much") and is_additive(column):
            found |= {"sum"}
    by = [one for slot, one in call.own if role(slot) == "by"]
    if by and word_before(by[0], view) in ("which", "what"):
        found |= {"sum"} if any(is_additive(one) for _, one in call.own) else set()
    return found


def leading(slot: Slot, literal: Literal, view: View) -> frozenset[int]:
    """Tokens just before a literal that lead to this parameter: `by`, `from`, `than`."""
    found: set[int] = set()
    for place in range(min(literal.span, default=0) - 1, -1, -1):
        word = view.parts[place].text.lower()
        if word in hints(slot):
            found.add(place)
        elif word not in HARMLESS:
            break
    return frozenset(found)


def word_before(literal: Literal, view: View) -> str:
    """The word right before a literal; empty at the start of the task."""
    first = min(literal.span, default=0)
    return view.parts[first - 1].text.lower() if first else ""


def wants_number(view: View) -> bool:
    """The task asks how many."""
    return ("how", "many") in pairwise(token.text.lower() for token in view.parts)


def is_additive(column: Literal) -> bool:
    """A group of rows has the sum of this column, as a region has the revenue of its sales."""
    return column.kind == "column" and bool(set(name_words(str(column.value))) & ADDITIVE)


def _repeats(column: Literal) -> bool:
    return column.sort == "text" and not column.distinct


def _columns_under(call: Node) -> Iterator[Literal]:
    """Columns whose cells the call is given."""
    for child in call.children:
        if not child.offer.heads and not is_rows(child.type):
            yield from (one for _, one in child.own if one.kind == "column")


def _is_right_kind(node: Node, view: View) -> bool:
    words = [token.text.lower() for token in view.parts]
    yes_no = bool(words) and (words[0] in _YES_NO or "whether" in words)
    if is_bool(node.type) != yes_no:
        return False
    if wants_number(view) and not (is_number(node.type) or node.type == "dict[Any, float]"):
        return False
    if {"which", "who"} & set(words) and is_number(node.type) and not wants_number(view):
        return False
    heads = [head for call in node.walk() for head in call.offer.heads]
    bare = not heads and element(node.type) and not any(call.is_filter for call in node.walk())
    return not bare or bool(_ALL & set(words)) or words[:2] == ["what", "are"]


def _is_meant(call: Node, view: View) -> bool:
    """A call that its type alone would let in is asked for by its name or its arguments."""
    for slot, literal in call.own:
        if role(slot) == "by" and not _is_grouping(slot, literal, call, view):
            return False
    if call.offer.heads or call.own:
        return True
    return any(word in view.stems for word in map(stem, name_words(call.offer.name)))


def _is_grouping(slot: Slot, column: Literal, call: Node, view: View) -> bool:
    """The task asks for each value of the column, not for one of them."""
    filtered = {one.column for one in call.literals if one.kind == "cell"}
    return bool(leading(slot, column, view)) and column.value not in filtered


def is_repetitive(node: Node) -> bool:
    """It lists the cells of a column with their repetitions, which is seldom meant."""
    ordered = any(child.is_rows_to_rows and not child.is_filter for child in node.children)
    column = next((one for _, one in node.own if one.kind == "column"), None)
    bare = not node.offer.heads and not ordered and bool(element(node.type))
    return bare and column is not None and _repeats(column)


def _is_one_reading(node: Node) -> bool:
    """`Which region has the highest revenue` means the region's sum, not one of its rows.

    A ranking of rows answers with a column only if each row is another thing, or if the ranking is
    by something that belongs to the thing and not to the row.
    """
    answer = next((one for _, one in node.own if one.kind == "column"), None)
    for child in node.children:
        ranked = [one for _, one in child.own if one.kind == "column"]
        if answer is None or not ranked or not child.is_ranking:
            continue
        if answer.span and ranked[0].span and not _stands_before(answer, ranked[0]):
            return False
        if _repeats(answer):
            several = any(one.kind == "number" for _, one in child.own)
            own = set(name_words(str(ranked[0].value))) & INTRINSIC
            if several or is_additive(ranked[0]) or not own:
                return False
    return True


def _stands_before(answer: Literal, ranked: Literal) -> bool:
    """`product with the highest price`, `cheapest product`; not `price of the largest order`."""
    return answer.place < ranked.place or answer.place - ranked.place <= 1
