"""A JSON schema as a type of Python; what it does not know is `Any`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SIMPLE = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
    "object": "dict[str, Any]",
    "array": "list[Any]",
}
_DEEPEST = 6
_VALUES = 12
"""Values of an enumeration that stand in a type; more are told in the documentation."""


def type_of(schema: object, root: Mapping[str, Any], depth: int = 0) -> str:
    """The type of the values that fit a schema, as an annotation.

    Args:
        schema: The schema, of any shape: it comes from a stranger.
        root: The schema that it is a part of, for its references.
        depth: How deep in it that is.
    """
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return "Any"
    if isinstance(reference := schema.get("$ref"), str):
        return type_of(_referred(reference, root), root, depth + 1)
    if (chosen := _chosen(schema)) is not None:
        return chosen
    for key in ("anyOf", "oneOf"):
        if isinstance(options := schema.get(key), list) and options:
            return _union([type_of(one, root, depth + 1) for one in options[:_VALUES]])
    kind = schema.get("type")
    if isinstance(kind, list):
        return _union([_of_kind(one, schema, root, depth) for one in kind[:_VALUES]])
    return _of_kind(kind, schema, root, depth)


def _of_kind(kind: object, schema: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> str:
    if kind == "array" and "items" in schema:
        return f"list[{type_of(schema['items'], root, depth + 1)}]"
    if kind == "object":
        more = schema.get("additionalProperties")
        if isinstance(more, Mapping) and more and not schema.get("properties"):
            return f"dict[str, {type_of(more, root, depth + 1)}]"
    return _SIMPLE.get(kind, "Any") if isinstance(kind, str) else "Any"


def _chosen(schema: Mapping[str, Any]) -> str | None:
    """The type of an enumeration of short plain texts and numbers; None where it is none."""
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if not isinstance(values, list) or not 0 < len(values) <= _VALUES:
        return None
    plain = all(isinstance(one, str | int) and len(str(one)) <= 40 for one in values)
    return f"Literal[{', '.join(map(ascii, values))}]" if plain else None


def _union(types: list[str]) -> str:
    if "Any" in types:
        return "Any"
    ordered = sorted(dict.fromkeys(types), key=lambda one: one == "None")
    return " | ".join(ordered)


def _referred(reference: str, root: Mapping[str, Any]) -> object:
    """What a reference within the schema means; None where it leads elsewhere."""
    if not reference.startswith("#/"):
        return None
    found: object = root
    for part in reference[2:].split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
