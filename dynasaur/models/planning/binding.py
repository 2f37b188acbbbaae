"""Which literal may be given for which parameter, told by the parameter's name and type."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from dynasaur.models.planning.annotations import element, fits
from dynasaur.models.planning.lexicon import GIVES, HINTS
from dynasaur.models.planning.literals import Literal
from dynasaur.models.planning.signatures import Slot
from dynasaur.models.planning.words import name_words, stem

_KINDS = {
    "path": ("file",),
    "file": ("file",),
    "filename": ("file",),
    "url": ("url",),
    "column": ("column",),
    "field": ("column",),
    "header": ("column",),
    "by": ("column",),
    "key": ("key",),
    "pointer": ("key",),
    "pattern": ("quoted",),
    "phrase": ("quoted", "word"),
    "substring": ("quoted", "word"),
    "word": ("quoted", "word"),
    "term": ("quoted", "word"),
    "date": ("date",),
    "start": ("date",),
    "end": ("date",),
    "unit": ("unit",),
    "algorithm": ("algorithm",),
    "expression": ("expression",),
    "text": ("quoted", "text"),
    "sentence": ("quoted", "text"),
    "value": ("cell", "quoted", "number"),
    "folder": (),
    "delimiter": (),
    "encoding": (),
}
"""Last word of a parameter's name, to the kinds of literals that it takes."""

_SORTS = {
    "number": "float",
    "rows": "list[dict[str, Any]]",
    "list": "list[Any]",
    "object": "dict[str, Any]",
    "text": "str",
}
_TEXTS = frozenset({"text", "sentence", "string"})
_DATES = frozenset({"date", "start", "end"})
_MATERIAL = frozenset(
    {"data", "items", "rows", "values", "others", "document", "groups", "records"}
)


@cache
def role(slot: Slot) -> str:
    """What the parameter is for: the last word of its name that says it."""
    for word in reversed(name_words(slot.name)):
        for name in (word, word.removesuffix("s")):
            if name in _KINDS:
                return name
    return slot.name


def accepts(slot: Slot, literal: Literal) -> bool:
    """The literal may be given for the parameter."""
    if literal.kind == "flag":
        return slot.type == "bool" and literal.value == slot.name
    kinds = _KINDS.get(role(slot))
    if literal.kind == "date" and literal.sort and literal.sort != role(slot):
        return False
    if literal.kind == "duration":
        return "duration" in slot.of and slot.type == "str"
    if kinds is None:
        kinds = ("quoted", "numbers", "strings", "number")
    return literal.kind in kinds and fits(literal_type(literal), slot.type) and slot.type != "bool"


def literal_type(literal: Literal) -> str:
    """The annotation that a literal's value has."""
    if isinstance(literal.value, tuple):
        inner = {type(item).__name__ for item in literal.value}
        return f"list[{_common(inner)}]"
    if literal.kind == "cell" and literal.sort == "number":
        return "float"
    return type(literal.value).__name__


def _common(names: Iterable[str]) -> str:
    kinds = set(names)
    if kinds == {"int", "float"}:
        return "float"
    return kinds.pop() if len(kinds) == 1 else "Any"


@cache
def takes_results(slot: Slot) -> bool:
    """The parameter is made to be given another action's result."""
    if element(slot.type) or slot.type.startswith(("dict", "Mapping")):
        return True
    if slot.type in ("Any", "object"):
        return slot.name in _MATERIAL
    return slot.type == "str" and role(slot) in _TEXTS | _DATES


def may_take(slot: Slot, given: str, vocabulary: frozenset[str], *, plain: bool) -> bool:
    """A result annotated `given` may be passed, as far as the parameter's name tells.

    Args:
        slot: The parameter.
        given: The result's type.
        vocabulary: The concepts of the action that gives it.
        plain: That action only fetches and computes nothing.
    """
    if not fits(given, slot.type):
        return False
    if slot.type == "str":
        return plain if role(slot) in _TEXTS else "dat" in vocabulary and not plain
    if slot.type in ("Any", "object"):
        return given in ("Any", "object") or given.startswith("dict[str")
    return given not in ("Any", "object")


def refined(returns: str, literals: Iterable[Literal]) -> str:
    """The return annotation, `Any` made narrower by the column or the JSON path that was bound."""
    sorts = [literal.sort for literal in literals if literal.kind in ("column", "key")]
    if sorts and returns == "list[Any]":
        return f"list[{_SORTS.get(sorts[-1], 'str')}]"
    return _SORTS.get(sorts[-1], returns) if sorts and returns == "Any" else returns


@cache
def hints(slot: Slot) -> frozenset[str]:
    """Words that lead to the parameter's argument."""
    named = [slot.name, *name_words(slot.name), role(slot)]
    return frozenset(word for name in named for word in HINTS.get(name, "").split())


@cache
def given_by(slot: Slot) -> frozenset[str]:
    """Concepts that the parameter, once bound, names as if the task had said them."""
    return frozenset(stem(word) for word in GIVES.get(role(slot), "").split())
