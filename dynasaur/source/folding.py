"""The values of expressions that depend on constants alone; nothing of the text is run."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

DEPTH = 50
"""How deep an expression is looked into."""

LONGEST = 1_000
"""Characters of a text that is worked with."""

LARGEST = 10**12
"""The largest number that is worked with."""

Given = Callable[[str], ast.expr]
"""The one expression that a name is set to; ValueError where there is none."""

_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_MAKERS: dict[str, Callable[[Any], object]] = {
    "int": int,
    "float": float,
    "str": str,
    "list": list,
    "tuple": tuple,
}
_METHODS = frozenset(
    {"join", "upper", "lower", "strip", "title", "capitalize", "replace", "decode", "encode"}
)


def value_of(node: ast.expr, given: Given, depth: int = DEPTH) -> object:
    """An expression's value.

    Args:
        node: The expression.
        given: What names in it are set to.
        depth: How deep it is looked into.

    Raises:
        ValueError: It depends on more than constants, or is too large.
        TypeError, LookupError, ArithmeticError: It would raise that itself.
    """
    if depth == 0:
        raise ValueError("too deep")

    def inner(part: ast.expr) -> object:
        return value_of(part, given, depth - 1)

    match node:
        case ast.Name(id=name):
            return inner(given(name))
        case ast.JoinedStr(values=parts):
            return "".join(str(inner(part)) for part in parts)
        case ast.FormattedValue(value=part, conversion=-1, format_spec=None):
            return inner(part)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _computed(type(op), inner(left), inner(right))
        case ast.Call(keywords=[]):
            return _made(node, inner)
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return [inner(part) for part in parts]
    return ast.literal_eval(node)


def _computed(op: type[ast.operator], one: object, other: object) -> object:
    texts = op is ast.Add and isinstance(one, str) and isinstance(other, str)
    if not texts and not (_is_number(one) and _is_number(other)):
        raise ValueError("neither numbers nor texts")
    return _OPERATORS[op](one, other)


def _is_number(value: object) -> bool:
    return isinstance(value, float) or (isinstance(value, int) and abs(value) < LARGEST)


def _made(call: ast.Call, inner: Callable[[ast.expr], object]) -> object:
    """What a conversion, or a method of a text, gives."""
    given = [inner(part) for part in call.args]
    if isinstance(call.func, ast.Name) and call.func.id in _MAKERS and len(given) == 1:
        return _MAKERS[call.func.id](given[0])
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in _METHODS:
        raise ValueError("a call")
    text = inner(call.func.value)
    if not isinstance(text, str | bytes) or any(len(str(one)) > LONGEST for one in [text, *given]):
        raise ValueError("no short text")
    made: object = getattr(text, call.func.attr)(*given)
    return made
