"""Actions as function schemas, as the chat and responses interfaces of OpenAI take them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from dynasaur.schemas import inputs_of
from dynasaur.syntax.hidden import visible
from dynasaur.types import Action, Json

Interface = Literal["chat", "responses"]

LONGEST_NAME = 64
LONGEST_DESCRIPTION = 1_024

_KEPT = frozenset({"type", "description", "enum", "format"})


def function_of(action: Action, interface: Interface = "chat") -> dict[str, Json]:
    """One action as a function that a model may call.

    Where the arguments allow it, the schema is a strict one: closed objects, everything required.
    A parameter with a default is required there, too, and null stands for the default.
    """
    schema = inputs_of(action)
    strict = _strict(schema)
    function: dict[str, Json] = {
        "name": re.sub(r"[^A-Za-z0-9_-]+", "_", action.name)[:LONGEST_NAME],
        "description": _description(action),
        "parameters": _loose(schema) if strict is None else strict,
        "strict": strict is not None,
    }
    if interface == "responses":
        return {"type": "function", **function}
    return {"type": "function", "function": function}


def words_of(action: Action) -> str:
    """The docstring up to its first section."""
    head = re.split(r"^[A-Z]\w+(?: \w+)?:\s*$", action.docstring, maxsplit=1, flags=re.MULTILINE)
    return head[0].strip()


def _description(action: Action) -> str:
    text = visible(words_of(action) or action.signature)
    return text if len(text) <= LONGEST_DESCRIPTION else f"{text[: LONGEST_DESCRIPTION - 3]}..."


def _loose(schema: Mapping[str, Json]) -> dict[str, Json]:
    """The schema as it is, without an empty list of what is required."""
    return {key: value for key, value in schema.items() if key != "required" or value}


def _strict(schema: Mapping[str, Json]) -> dict[str, Json] | None:
    """The same schema in the strict form; None where it has none.

    Open objects, values of any type and tuples of several types have none.
    """
    if "anyOf" in schema:
        return _strict_choice(schema)
    kind = schema.get("type")
    if kind == "object":
        return _strict_object(schema)
    if kind == "array":
        items = schema.get("items")
        inner = _strict(items) if isinstance(items, dict) else None
        if inner is None or "prefixItems" in schema:
            return None
        return {**_told(schema), "type": "array", "items": inner}
    if kind is None and "enum" not in schema:
        return None
    return {key: value for key, value in schema.items() if key in _KEPT}


def _strict_object(schema: Mapping[str, Json]) -> dict[str, Json] | None:
    properties, required = schema.get("properties"), schema.get("required", [])
    if not isinstance(properties, dict) or schema.get("additionalProperties") is not False:
        return None
    found: dict[str, Json] = {}
    for name, one in properties.items():
        inner = _strict(one) if isinstance(one, dict) else None
        if inner is None or not isinstance(one, dict) or not isinstance(required, list):
            return None
        found[name] = inner if name in required else _optional(inner, one)
    return {
        **_told(schema),
        "type": "object",
        "properties": found,
        "required": list(found),
        "additionalProperties": False,
    }


def _strict_choice(schema: Mapping[str, Json]) -> dict[str, Json] | None:
    listed = schema["anyOf"]
    inner = (
        [_strict(one) for one in listed if isinstance(one, dict)]
        if isinstance(listed, list)
        else []
    )
    choices: list[Json] = [one for one in inner if one is not None]
    return {**_told(schema), "anyOf": choices} if len(choices) == len(inner) else None


def _optional(inner: dict[str, Json], schema: Mapping[str, Json]) -> dict[str, Json]:
    """What may be null, too, which stands for the default."""
    said = str(inner.pop("description", ""))
    default = f"null: {schema['default']!r}" if "default" in schema else "null: the default"
    choices = inner.get("anyOf") if set(inner) == {"anyOf"} else [inner]
    known: list[Json] = (
        [one for one in choices if one != {"type": "null"}] if isinstance(choices, list) else []
    )
    return {"description": f"{said} ({default})".strip(), "anyOf": [*known, {"type": "null"}]}


def _told(schema: Mapping[str, Json]) -> dict[str, Json]:
    return {"description": schema["description"]} if "description" in schema else {}
