"""Values as Python source, where they are small literals, and None where they are not."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

ROOM = 2_000
"""Characters that one value may take."""

_ITEMS = 200
_DEPTH = 6
_DIGITS = 300


class _NotLiteralError(Exception):
    """The value is no literal, or too large to be recorded."""


def spell(value: object) -> str | None:
    """The value as Python source, or None where it is not a literal or too large.

    The cost is bounded: a container is refused by its length before anything in it is looked at.
    """
    try:
        text = _spell(value, 0)
    except (_NotLiteralError, RecursionError):
        return None
    return text if len(text) <= ROOM else None


def spell_arguments(args: Iterable[object], kwargs: Mapping[str, object]) -> str | None:
    """A call's arguments as Python source, or None where one of them cannot be spelled."""
    parts = []
    for value in args:
        if (text := spell(value)) is None:
            return None
        parts.append(text)
    for name, value in kwargs.items():
        if (text := spell(value)) is None or not name.isidentifier():
            return None
        parts.append(f"{name}={text}")
    joined = ", ".join(parts)
    return joined if len(joined) <= ROOM else None


def _spell(value: object, depth: int) -> str:
    kind = type(value)
    if value is None or kind is bool:
        return repr(value)
    if kind is str or kind is bytes:
        return _spell_text(value)
    if kind is int or kind is float or kind is complex:
        return _spell_number(value)
    if kind in (list, tuple, set, dict):
        return _spell_container(value, depth)
    if (
        kind.__module__ == "numpy"
        and getattr(value, "shape", None) == ()
        and hasattr(value, "item")
    ):
        plain = value.item()
        if type(plain) is not kind:
            return _spell(plain, depth)
    raise _NotLiteralError


def _spell_text(value: object) -> str:
    if len(value) > ROOM:  # type: ignore[arg-type]
        raise _NotLiteralError
    return repr(value)


def _spell_number(value: object) -> str:
    if isinstance(value, int):
        if value.bit_length() > _DIGITS * 3:
            raise _NotLiteralError
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise _NotLiteralError
    elif isinstance(value, complex) and not (
        math.isfinite(value.real) and math.isfinite(value.imag)
    ):
        raise _NotLiteralError
    return repr(value)


def _spell_container(value: object, depth: int) -> str:
    if len(value) > _ITEMS or depth >= _DEPTH:  # type: ignore[arg-type]
        raise _NotLiteralError
    if isinstance(value, dict):
        items = [f"{_spell(k, depth + 1)}: {_spell(v, depth + 1)}" for k, v in value.items()]
        return "{" + _bounded(items) + "}"
    if isinstance(value, set):
        return (
            "{" + _bounded(sorted(_spell(v, depth + 1) for v in value)) + "}" if value else "set()"
        )
    items = [_spell(v, depth + 1) for v in value]  # type: ignore[attr-defined]
    if isinstance(value, list):
        return "[" + _bounded(items) + "]"
    return "(" + _bounded(items) + ("," if len(items) == 1 else "") + ")"


def _bounded(items: list[str]) -> str:
    text = ", ".join(items)
    if len(text) > ROOM:
        raise _NotLiteralError
    return text
