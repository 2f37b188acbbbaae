"""Calls, with the arguments that say nothing left out."""

from __future__ import annotations

from dynasaur.fingerprint.binding import Notes
from dynasaur.fingerprint.effects import is_still
from dynasaur.fingerprint.formats import format_call
from dynasaur.fingerprint.terms import Node, builtin, kind

_ZERO = ("constant", "0")
_ONE = ("constant", "1")
_EMPTY = {
    "dict": ("dict",),
    "list": ("list",),
    "tuple": ("tuple",),
}
_ORDER_FREE = {"sorted", "print", "open", "max", "min", "sum", "enumerate", "round", "int"}


def call(function: Node, positional: list[Node], named: list[Node], notes: Notes) -> Node:
    """A call. Builtins are known only while nothing in the text binds their name."""
    if not named and builtin(function, {"range", *_EMPTY}, notes):
        if not positional and function.name in _EMPTY:
            return _EMPTY[function.name]
        if function.name == "range":
            positional = _range(positional)
    if kind(function) == "attribute" and function[2] == "format" and not named:
        text = format_call(function[1], positional, notes)
        if text is not None:
            return text
    still = len(named) > 1 and all(item[0] == "keyword" and is_still(item[2]) for item in named)
    if still and builtin(function, _ORDER_FREE, notes):
        named = sorted(named, key=lambda item: str(item[1]))
    return ("call", function, tuple(positional), tuple(named))


def _range(positional: list[Node]) -> list[Node]:
    """`range(0, n)` and `range(0, n, 1)` are `range(n)`: the omitted ones' defaults."""
    if len(positional) == 3 and positional[2] == _ONE:
        positional = positional[:2]
    return positional[1:] if len(positional) == 2 and positional[0] == _ZERO else positional
