"""Which calls make sense at all: their arguments belong together."""

from __future__ import annotations

from dynasaur.models.planning.annotations import element
from dynasaur.models.planning.binding import role
from dynasaur.models.planning.literals import Literal
from dynasaur.models.planning.looking import reads_kind
from dynasaur.models.planning.nodes import Node, is_rows
from dynasaur.models.planning.words import stem

_LIMITS = frozenset(map(stem, ("above", "below", "at_least", "at_most")))
_OF_ROWS = frozenset(map(stem, ("count", "unique")))


def is_sound(node: Node) -> bool:
    """The arguments belong together."""
    return (
        _file_fits(node)
        and _columns_belong(node)
        and _key_fits(node)
        and _values_belong(node)
        and _units_belong(node)
        and _period_belongs(node)
        and _order_makes_sense(node)
    )


def _file_fits(node: Node) -> bool:
    """A file is read by an action for its kind."""
    for _, literal in node.own:
        if literal.kind == "file" and not node.offer.heads:
            if is_rows(node.type) and literal.sort != "table":
                return False
            if not reads_kind(node.offer, str(literal.value)):
                return False
            if "json" in node.offer.name and not str(literal.value).lower().endswith("json"):
                return False
    return True


def _columns_belong(node: Node) -> bool:
    """Columns and keys are those of the file and the table that it works on."""
    for slot, literal in node.own:
        if literal.kind == "column" and (literal.file, literal.at) != node.table:
            return False
        if role(slot) == "column" and _computes(node) and literal.sort != "number":
            return False
        if literal.kind in ("key", "cell", "word") and literal.file != node.table[0]:
            return False
    return True


def _computes(node: Node) -> bool:
    """It takes numbers from the columns of a table."""
    return node.offer.returns in ("list[float]", "dict[Any, float]")


def _key_fits(node: Node) -> bool:
    """What lies at the JSON path is what the action gives: rows, several values or one."""
    for _, literal in node.own:
        if literal.kind == "key":
            several = "[*]" in str(literal.value)
            if is_rows(node.offer.returns):
                return literal.sort == "rows"
            return several == bool(element(node.offer.returns))
    return True


def _values_belong(node: Node) -> bool:
    """A value is one of the column before it; a column that only its value tells stands with it."""
    column: Literal | None = None
    explained: list[Literal] = []
    for slot, literal in node.own:
        if literal.kind == "column":
            column = literal
        elif role(slot) == "value" and column is not None:
            if literal.kind == "cell" and literal.column != column.value:
                return False
            if literal.kind == "number" and column.sort != "number":
                return False
            if literal.kind == "cell" or _LIMITS & set(node.offer.heads):
                explained.append(column)
        elif role(slot) in ("start", "end") and column is not None:
            if column.sort != "date":
                return False
            explained.append(column)
    return all(
        one.span or one.weak or one in explained for _, one in node.own if one.kind == "column"
    )


def _units_belong(node: Node) -> bool:
    """The unit of a quantity stands right after its number."""
    number = next((one for _, one in node.own if one.kind == "number"), None)
    for slot, literal in node.own:
        if literal.kind == "unit" and number is not None:
            after = 0 < min(literal.span) - max(number.span) <= 2
            if after != slot.name.startswith("from"):
                return False
    return True


def _period_belongs(node: Node) -> bool:
    """Both ends of a period are given, to an action that looks at the dates of a column."""
    pairs = [one.column for _, one in node.own if one.kind == "date" and one.sort]
    has_column = any(one.kind == "column" for _, one in node.own)
    return not pairs or (has_column and len(pairs) == 2 and len(set(pairs)) == 1)


def _order_makes_sense(node: Node) -> bool:
    """Filters come before rankings, each ranking once, and filters in the order of the text."""
    below = [child for child in node.children if child.is_rows_to_rows]
    if node.is_filter:
        if _is_contradiction(node):
            return False
        places = [literal.place for _, literal in node.own if literal.span]
        return all(
            child.is_filter and max(lit.place for _, lit in child.own) < max(places, default=0.0)
            for child in below
        )
    if node.is_rows_to_rows:
        return all(child.is_filter for child in below) and _ranks_by_size(node)
    return not (_counts_repeats(node) or _sums_up_one(node) or _takes_rows_for_items(node))


def _takes_rows_for_items(node: Node) -> bool:
    """It is given whole rows where it works on single values."""
    return not set(node.offer.heads) & _OF_ROWS and any(
        slot.type == "list[Any]" and isinstance(argument, Node) and is_rows(argument.type)
        for slot, argument in node.arguments
    )


def _sums_up_one(node: Node) -> bool:
    """It computes with the one row that a ranking leaves."""
    return bool(node.offer.heads) and any(
        child.is_ranking and child.picks for child in node.children
    )


def _is_contradiction(node: Node) -> bool:
    """Two values of one column are asked for at once."""
    columns = [one.column for one in node.literals if one.kind == "cell"]
    return len(columns) != len(set(columns))


def _ranks_by_size(node: Node) -> bool:
    """The column by which the largest or smallest are found holds numbers or dates."""
    return not {"max", "min"} & set(node.offer.heads) or all(
        literal.sort != "text" for _, literal in node.own if literal.kind == "column"
    )


def _counts_repeats(node: Node) -> bool:
    """It counts the cells of a column, which says nothing of what is in them."""
    counted = [one for child in node.children for _, one in child.own if not child.offer.heads]
    if "count" in node.offer.heads and any(one.sort == "flag" for one in counted):
        return True
    return (
        "count" in node.offer.heads
        and len(node.offer.heads) == 1
        and any(
            not child.offer.heads and any(one.kind == "column" for _, one in child.own)
            for child in node.children
        )
    )
