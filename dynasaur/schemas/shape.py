"""What a type is in JSON: what may be given for it, what comes back, and a value as source."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dynasaur.types import Json

Schema = Mapping[str, Json]
Source = Callable[[object], str]


@dataclass(frozen=True, slots=True)
class Shape:
    """One type.

    Attributes:
        takes: The JSON schema of what may be given.
        gives: The JSON schema of what the kernel makes of such a value on its way out.
        source: A given value as Python source.
        fits: Whether a value looks like one, as far as its own JSON type says.
    """

    takes: Schema
    gives: Schema
    source: Source
    fits: Callable[[object], bool]


def literal(value: object) -> str:
    """A plain value as Python source; what is not finite has no literal of its own."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"float('{value}')"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, dict):
        pairs = (f"{literal(key)}: {literal(one)}" for key, one in value.items())
        return f"{{{', '.join(pairs)}}}"
    return repr(value)


def anything() -> Shape:
    """A type that says nothing."""
    return Shape({}, {}, literal, lambda _: True)


def plain(schema: Schema, *kinds: type, source: Source = literal) -> Shape:
    """A type whose values look alike on both ways."""
    return Shape(schema, schema, source, lambda value: isinstance(value, kinds))


def number(name: str) -> Shape:
    """`int`, `float`, `complex` and the like: a bool is none of them."""
    real: dict[str, Json] = {"type": "number"}
    if name == "int":
        whole: Schema = {"type": "integer"}
        return Shape(whole, whole, _whole, lambda value: _is_number(value) and value == int(value))  # type: ignore[call-overload]
    odd: Json = {"enum": ["nan", "inf", "-inf"]}
    return Shape(real, {"anyOf": [real, odd]}, literal, _is_number)


def constructed(schema: Schema, made_by: str, *kinds: type, gives: Schema | None = None) -> Shape:
    """A type that is made of one value by a call of `made_by`."""

    def source(value: object) -> str:
        return f"{made_by}({literal(value)})"

    return Shape(
        schema, schema if gives is None else gives, source, lambda value: isinstance(value, kinds)
    )


def array(item: Shape, made_by: str = "") -> Shape:
    """A list, or what is made of one."""

    def source(value: object) -> str:
        if not isinstance(value, list | tuple):
            return literal(value)
        text = f"[{', '.join(map(item.source, value))}]"
        return f"{made_by}({text})" if made_by else text

    return Shape(
        {"type": "array", **_about("items", item.takes)},
        {"type": "array", **_about("items", item.gives)},
        source,
        lambda value: isinstance(value, list),
    )


def row(items: Sequence[Shape]) -> Shape:
    """A tuple of so many."""

    def source(value: object) -> str:
        if not isinstance(value, list | tuple) or len(value) != len(items):
            return literal(value)
        texts = [one.source(each) for one, each in zip(items, value, strict=True)]
        return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"

    def schema(parts: Sequence[Schema]) -> Schema:
        listed: Json = [dict(part) for part in parts]
        bounds: dict[str, Json] = {"minItems": len(parts), "maxItems": len(parts)}
        return {"type": "array", "prefixItems": listed, **bounds} if parts else {"type": "array"}

    return Shape(
        schema([one.takes for one in items]),
        schema([one.gives for one in items]),
        source,
        lambda value: isinstance(value, list) and len(value) == len(items),
    )


def table(key: Shape, value: Shape) -> Shape:
    """A dict; JSON has text for its keys."""

    def source(given: object) -> str:
        if not isinstance(given, dict):
            return literal(given)
        pairs = [f"{_key(key, one)}: {value.source(each)}" for one, each in given.items()]
        return f"{{{', '.join(pairs)}}}"

    return Shape(
        {"type": "object", **_about("additionalProperties", value.takes)},
        {"type": "object", **_about("additionalProperties", value.gives)},
        source,
        lambda given: isinstance(given, dict),
    )


def record(fields: Mapping[str, Shape], required: Sequence[str], made_by: str = "") -> Shape:
    """A dict with certain keys, or what is made of one by naming its parts."""

    def source(given: object) -> str:
        if not isinstance(given, dict):
            return literal(given)
        known = {name: fields.get(name, anything()).source(one) for name, one in given.items()}
        text = ", ".join(f"{name!r}: {one}" for name, one in known.items())
        return f"{made_by}(**{{{text}}})" if made_by else f"{{{text}}}"

    def schema(parts: Mapping[str, Schema]) -> Schema:
        properties: dict[str, Json] = {name: dict(part) for name, part in parts.items()}
        return {
            "type": "object",
            "properties": properties,
            "required": list(required),
            "additionalProperties": False,
        }

    return Shape(
        schema({name: one.takes for name, one in fields.items()}),
        schema({name: one.gives for name, one in fields.items()}),
        source,
        lambda given: isinstance(given, dict) and set(required) <= set(given),
    )


def choice(values: Sequence[Json], made_by: str = "") -> Shape:
    """One of these values."""

    def source(value: object) -> str:
        return f"{made_by}({literal(value)})" if made_by else literal(value)

    schema: Schema = {"enum": list(values)}
    return Shape(schema, schema, source, lambda value: value in values)


def either(shapes: Sequence[Shape]) -> Shape:
    """One of several; the first that a value looks like."""

    def source(value: object) -> str:
        return next((one for one in shapes if one.fits(value)), anything()).source(value)

    def schema(parts: Sequence[Schema]) -> Schema:
        if any(not part for part in parts):
            return {}
        return {"anyOf": [dict(part) for part in parts]}

    return Shape(
        schema([one.takes for one in shapes]),
        schema([one.gives for one in shapes]),
        source,
        lambda value: any(one.fits(value) for one in shapes),
    )


def _about(name: str, schema: Schema) -> dict[str, Json]:
    return {name: dict(schema)} if schema else {}


def _key(shape: Shape, text: object) -> str:
    """A key of a dict in JSON, as what it was before it became text."""
    kind = shape.takes.get("type")
    try:
        if kind == "integer":
            return repr(int(str(text)))
        if kind == "number":
            return literal(float(str(text)))
    except ValueError:
        pass
    return literal(text)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _whole(value: object) -> str:
    return repr(int(value)) if isinstance(value, float) and value.is_integer() else literal(value)
