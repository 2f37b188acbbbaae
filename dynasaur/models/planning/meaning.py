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
from dynasaur.models.planning.view import View, row_nouns
from dynasaur.models.planning.words import name_words, singular, stem, tokens

_YES_NO = frozenset(("is", "are", "was", "were", "does", "do", "did", "has", "have", "can"))
_ALL = frozenset(("list", "show", "print", "display", "all", "every", "each", "values", "which"))
_NEAR = 2
_MOST = frozenset(("most", "fewest", "least"))


def is_asked(node: Node, view: View) -> bool:
    """The task asks for this kind of result, and every part of it is meant."""
    heads = {head for call in node.walk() for head in call.offer.heads}
    return (
        _is_right_kind(node, view)
        and all(not literal.needs or literal.needs in heads for literal in node.literals)
        and _is_said(node)
        and not _is_double(node, view)
        and all(_is_meant(call, view) for call in node.walk())
        and _is_one_reading(node)
        and _counts_near(node, view)
    )


def may_be_passed_over(literal: Literal) -> bool:
    """The words name a column, or only what the rows are."""
    thing = literal.kind == "column" and literal.distinct and literal.sort == "text"
    return literal.weak or thing


def _is_double(node: Node, view: View) -> bool:
    """A word is taken for a cell that may as well name a column."""
    columns = {
        one.span for one in view.literals if one.kind == "column" and one.span and not one.weak
    }
    return any(one.kind == "cell" and one.span in columns for one in node.literals)


def _is_said(node: Node) -> bool:
    """A column that no word of its own names is the one by which another call filters.

    `amounts over 100` names the column once, for the comparison and for what follows it.
    """
    filters = [call for call in node.walk() if call.is_filter]
    compared = {one.value for call in filters for _, one in call.own if one.kind == "column"}
    said = {one.value for one in node.literals if one.kind == "column" and one.span}
    return all(
        one.value in said & compared
        for call in node.walk()
        if not any(one.kind == "cell" for _, one in call.own)
        for _, one in call.own
        if one.kind == "column" and one.sort == "number" and not one.span
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
        own = set(name_words(str(column.value))) & INTRINSIC
        if column.sort == "number" and before in ("many", "much") and not own:
            found |= {"sum"}
        if is_additive(column) and _asks(view, "how", "much"):
            found |= {"sum"}
    by = [one for slot, one in call.own if role(slot) == "by"]
    if by and word_before(by[0], view) in ("which", "what"):
        measured = [one for slot, one in call.own if role(slot) == "column"]
        if any(is_additive(one) or word_before(one, view) in _MOST for one in measured):
            found |= {"sum"}
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
    return _asks(view, "how", "many")


def _asks(view: View, *pair: str) -> bool:
    """Two words follow each other in the task."""
    words = [token.text.lower() for token in view.parts]
    return any(one == pair for one in pairwise(words))


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
    if wants_number(view) and not _is_amount(node):
        return False
    if _asks(view, "how", "much") and not (_is_amount(node) or _is_picked_number(node)):
        return False
    if {"which", "who"} & set(words) and is_number(node.type) and not wants_number(view):
        return False
    table = is_rows(node.type) and "row" not in view.stems
    if {"which", "who"} & set(words) and (table or node.type.startswith("dict")):
        return False
    heads = [head for call in node.walk() for head in call.offer.heads]
    bare = not heads and element(node.type) and not any(call.is_filter for call in node.walk())
    return not bare or bool(_ALL & set(words)) or words[:2] == ["what", "are"]


def _is_amount(node: Node) -> bool:
    """A number, or a number for each group."""
    return is_number(node.type) or node.type == "dict[Any, float]"


def _is_picked_number(node: Node) -> bool:
    """The number in the one row that a name picks."""
    picked = any(
        {"cell"} < {one.kind for _, one in call.own}
        and any(one.kind == "column" and one.distinct for _, one in call.own)
        for call in node.walk()
    )
    return picked and is_number(element(node.type) or "str")


def _is_meant(call: Node, view: View) -> bool:
    """A call that its type alone would let in is asked for by its name or its arguments."""
    for slot, literal in call.own:
        if role(slot) == "by" and not _is_grouping(slot, literal, call, view):
            return False
    if call.offer.heads or call.own:
        return True
    said = set(map(stem, name_words(call.offer.name))) - {"name", "list"}
    return bool(said & set(view.stems))


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


def _counts_near(node: Node, view: View) -> bool:
    """A number that says how many to keep stands beside the word that ranks: `top 3`."""
    for call in node.walk():
        optional = [one for slot, one in call.own if slot.default and one.kind == "number"]
        places = [n for one in view.mentions if one.concept in call.offer.heads for n in one.span]
        if any(min(abs(one.place - n) for n in [*places, 99]) > _NEAR for one in optional):
            return False
    bare = is_rows(node.type) and node.is_ranking
    return not bare or bool(row_nouns(view)) or "row" in view.stems


def _is_one_reading(node: Node) -> bool:
    """`Which region has the highest revenue` means the region's sum, not one of its rows.

    A ranking of rows answers with a column only if each row is another thing, or if the ranking is
    by something that belongs to the thing and not to the row.
    """
    answer = next((one for _, one in node.own if one.kind == "column"), None)
    for child in node.children:
        ranked = [one for _, one in child.own if one.kind == "column"]
        if answer is None or not ranked or child.is_filter:
            continue
        if answer.span and ranked[0].span and not _stands_before(answer, ranked[0]):
            return False
        if _repeats(answer) and child.is_ranking:
            several = any(one.kind == "number" for _, one in child.own)
            own = set(name_words(str(ranked[0].value))) & INTRINSIC
            if several or is_additive(ranked[0]) or not own:
                return False
    return True


def _stands_before(answer: Literal, ranked: Literal) -> bool:
    """`product with the highest price`, `cheapest product`; not `price of the largest order`."""
    return answer.place < ranked.place or answer.place - ranked.place <= 1


def asks_for_one(node: Node, task: str) -> bool:
    """The task asks for one thing, though what answers it gives a list."""
    words = [token.text.lower() for token in tokens(task)]
    pairs = list(pairwise(words))
    if any(
        before in ("which", "who") and word in ("is", "has", "was", "had") for before, word in pairs
    ):
        return True
    plural = any(
        before in ("which", "what", "all", "the")
        and singular(word) != word
        and word not in HARMLESS
        for before, word in pairs
    )
    several = {"list", "all", "are", "times"} & set(words) or ("how", "often") in pairs
    if plural or several:
        return False
    named = any(before == "the" and stem(word) in node.offer.vocabulary for before, word in pairs)
    return named or any(call.is_filter or call.picks for call in node.walk())
