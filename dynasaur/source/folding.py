"""The values of expressions that depend on constants alone; nothing of the text is run."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dynasaur.source.pure import FUNCTIONS, LARGEST, LONGEST, METHODS

DEPTH = 50
"""How deep an expression is looked into."""

STEPS = 5_000
"""Parts of an expression that are reckoned, each as often as it is asked for."""

Given = Callable[[str], ast.expr]
"""The one expression that a name is set to; ValueError where there is none."""

_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.BitXor: operator.xor,
}
_SEQUENCES = (str, bytes, list, tuple)
UNKNOWN = (
    ValueError,
    TypeError,
    SyntaxError,
    LookupError,
    ArithmeticError,
    AttributeError,
    RecursionError,
    MemoryError,
)
"""What `value_of` may raise: there is no value, or it is not to be known."""


def value_of(node: ast.expr, given: Given, imported: Mapping[str, str] | None = None) -> object:
    """An expression's value.

    Args:
        node: The expression.
        given: What names in it are set to.
        imported: The full names (`base64.b64decode`) that names in it were imported as.

    Raises:
        ValueError: It depends on more than constants, or is too large.
        TypeError, LookupError, ArithmeticError: It would raise that itself. See `UNKNOWN`.
    """
    return _Fold(given, imported or {}).value(node, {}, DEPTH)


class _Fold:
    """One expression being reckoned."""

    def __init__(self, given: Given, imported: Mapping[str, str]) -> None:
        self._given = given
        self._imported = imported
        self._steps = 0
        self._known: dict[str, object] = {}

    def value(self, node: ast.expr, bound: Mapping[str, object], depth: int) -> object:
        """A part's value, where the variables of comprehensions around it have theirs."""
        self._steps += 1
        if depth == 0 or self._steps > STEPS:
            raise ValueError("too deep")

        def inner(part: ast.expr) -> Any:
            return self.value(part, bound, depth - 1)

        match node:
            case ast.Name(id=name):
                return bound[name] if name in bound else self._variable(name, depth)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                return _computed(type(op), inner(left), inner(right))
            case ast.UnaryOp(op=ast.USub(), operand=part):
                return _computed(ast.Sub, 0, inner(part))
            case ast.Call(keywords=[]):
                return self._called(node, inner)
            case ast.Subscript(value=whole, slice=place):
                return _taken(inner(whole), place, inner)
            case ast.ListComp(generators=[loop]) | ast.GeneratorExp(generators=[loop]):
                return self._looped(node.elt, loop, bound, depth)
        return _written(node, inner)

    def _variable(self, name: str, depth: int) -> object:
        if name not in self._known:
            self._known[name] = self.value(self._given(name), {}, depth - 1)
        return self._known[name]

    def _called(self, call: ast.Call, inner: Callable[[ast.expr], Any]) -> object:
        """What a function known to depend on its arguments alone, or a method of a text, gives."""
        name = self._named(call.func)
        if name == "map" and len(call.args) == 2:
            maker = FUNCTIONS[self._named(call.args[0])]
            return [_short(maker(one)) for one in _few(inner(call.args[1]))]
        given = [inner(part) for part in call.args]
        if any(len(str(one)) > LONGEST for one in given):
            raise ValueError("no short text")
        if name in FUNCTIONS:
            return _short(FUNCTIONS[name](*given))
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in METHODS:
            raise ValueError("a call")
        text = _short(inner(call.func.value))
        if not isinstance(text, str | bytes):
            raise TypeError("no text")
        return _short(METHODS[call.func.attr](text, *given))

    def _named(self, node: ast.expr) -> str:
        """The full name of what is called; empty for what has none."""
        match node:
            case ast.Name(id=name):
                return self._imported.get(name, name)
            case ast.Attribute(value=ast.Name() | ast.Attribute() as whole, attr=attr):
                return f"{self._named(whole)}.{attr}"
        return ""

    def _looped(
        self, part: ast.expr, loop: ast.comprehension, bound: Mapping[str, object], depth: int
    ) -> list[object]:
        """What a comprehension of one plain loop gives."""
        if loop.ifs or loop.is_async or not isinstance(loop.target, ast.Name):
            raise ValueError("no plain loop")
        name, places = loop.target.id, self.value(loop.iter, bound, depth - 1)
        return [self.value(part, {**bound, name: one}, depth - 1) for one in _few(places)]


def _written(node: ast.expr, inner: Callable[[ast.expr], Any]) -> object:
    """What stands there: a constant, or a text, list or table of parts."""
    match node:
        case ast.JoinedStr(values=parts):
            return _short("".join(str(inner(part)) for part in parts))
        case ast.FormattedValue(value=part, conversion=-1, format_spec=None):
            return inner(part)
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return [inner(part) for part in parts]
        case ast.Dict(keys=keys, values=parts):
            return {inner(key): inner(part) for key, part in zip(keys, parts, strict=True) if key}
    return ast.literal_eval(node)


def _computed(op: type[ast.operator], one: object, other: object) -> object:
    texts = op is ast.Add and (
        (isinstance(one, str) and isinstance(other, str))
        or (isinstance(one, bytes) and isinstance(other, bytes))
        or (isinstance(one, list) and isinstance(other, list))
    )
    if not texts and not (_is_number(one) and _is_number(other)):
        raise ValueError("neither numbers nor texts")
    return _short(_OPERATORS[op](one, other))


def _is_number(value: object) -> bool:
    return isinstance(value, float) or (isinstance(value, int) and abs(value) < LARGEST)


def _taken(whole: object, place: ast.expr, inner: Callable[[ast.expr], Any]) -> object:
    """A part of a text or list by its place, or of a table by its key."""
    if isinstance(whole, dict):
        return whole[inner(place)]
    if not isinstance(whole, _SEQUENCES):
        raise TypeError("nothing with places")
    if isinstance(place, ast.Slice):
        ends = (place.lower, place.upper, place.step)
        return whole[slice(*(inner(end) if end is not None else None for end in ends))]
    return whole[inner(place)]


def _few(value: object) -> Iterable[object]:
    if not isinstance(value, _SEQUENCES) or len(value) > LONGEST:
        raise ValueError("no short list")
    return value


def _short(value: object) -> object:
    if isinstance(value, _SEQUENCES) and len(value) > LONGEST:
        raise ValueError("too large")
    return value
