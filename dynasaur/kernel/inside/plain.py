"""Values as JSON: what a host function is called with."""

from __future__ import annotations

import dataclasses
import math
import re
from collections import deque
from collections.abc import Iterable, Iterator, KeysView, Mapping, Sequence, Set, ValuesView
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from itertools import islice
from typing import Any

_DEPTH = 30
_ITEMS = 100_000


def to_json(value: object, depth: int = 0) -> Any:
    """The value made of None, bool, int, float, str, list and dict.

    Numbers stay numbers where JSON has them (nan and the infinities become words), dates become
    ISO 8601, sets sorted lists, tables lists of records; what has no JSON form becomes its `str`.

    Raises:
        TypeError: Something in it has no form but an address in memory.
        ValueError: It is nested too deeply, or holds itself.
    """
    if value is None or isinstance(value, bool):
        return value
    if depth > _DEPTH:
        raise ValueError(f"the value is nested more than {_DEPTH} levels deep, or holds itself")
    for convert in (_scalar, _array, _collection):
        plain = convert(value, depth)
        if plain is not _NOT:
            return plain
    return _shown(value)


_ADDRESS = re.compile(r"<.* at 0x[0-9a-fA-F]+>", re.DOTALL)
_NOT = object()


def _scalar(value: object, depth: int) -> Any:
    if isinstance(value, Enum):
        return to_json(value.value, depth + 1)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return _float(float(value))
    if isinstance(value, Decimal | Fraction):
        return _exact(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray):
        return _text(bytes(value).decode("utf-8", "replace"))
    return _NOT


def _float(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


def _exact(value: Decimal | Fraction) -> int | float | str:
    """An int or float where that loses nothing, else the text."""
    if isinstance(value, Decimal) and not value.is_finite():
        return str(value)
    if value == int(value):
        return int(value)
    near = float(value)
    same = Decimal(repr(near)) == value if isinstance(value, Decimal) else Fraction(near) == value
    return near if same else str(value)


def _array(value: Any, depth: int) -> Any:
    """Numpy's and pandas' values, known by what they can do: neither need be installed."""
    if isinstance(value, type):
        return _NOT
    kind = type(value).__name__
    if kind == "DataFrame" and hasattr(value, "to_dict"):
        index = getattr(value, "index", None)
        table = value if type(index).__name__ == "RangeIndex" else value.reset_index()
        # A cell without a value is null, not a number of a strange kind.
        filled = table.astype(object).where(table.notna(), None)
        return to_json(filled.to_dict("records"), depth + 1)
    if kind == "Series" and type(getattr(value, "index", None)).__name__ != "RangeIndex":
        return to_json(value.to_dict(), depth + 1)
    if hasattr(value, "tolist") and hasattr(value, "dtype"):
        plain = value.tolist()
        return to_json(plain, depth + 1) if type(plain) is not type(value) else _NOT
    return _NOT


def _collection(value: object, depth: int) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {f.name: to_json(getattr(value, f.name), depth + 1) for f in fields}
    if isinstance(value, Mapping):
        return {_key(key): to_json(item, depth + 1) for key, item in value.items()}
    if isinstance(value, Set) and not isinstance(value, KeysView):
        return [to_json(item, depth + 1) for item in _ordered(value)]
    if isinstance(value, Sequence | Iterator | KeysView | ValuesView | deque):
        return [to_json(item, depth + 1) for item in islice(value, _ITEMS)]
    return _NOT


def _ordered(values: Iterable[Any]) -> list[Any]:
    items = list(values)
    try:
        return sorted(items)
    except TypeError:
        return sorted(items, key=repr)


def _key(key: object) -> str:
    plain = to_json(key, 1)
    return plain if isinstance(plain, str) else str(key)


def _shown(value: object) -> str:
    """What `str` gives, where that says anything of the value."""
    text = str(value)
    if _ADDRESS.fullmatch(text):
        raise TypeError(
            f"a value of type {type(value).__name__!r} cannot be sent to the host: give numbers, "
            f"text, lists or dicts of them"
        )
    return _text(text)


def _text(text: str) -> str:
    """The text, lone surrogates replaced: they have no place in UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")
