"""An action's signature in JSON: the schema of its arguments, that of its result, and a call."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence

from dynasaur.schemas.read import Hints
from dynasaur.schemas.shape import literal as literal
from dynasaur.types import Action, Json, Parameter

Object = dict[str, Json]


def inputs_of(action: Action) -> Object:
    """The JSON schema of an action's arguments, by name.

    What `*args` takes is a list under its name; what `**kwargs` takes are further properties.
    """
    hints = Hints(action.text, action.module)
    properties: Object = {}
    required: list[Json] = []
    others: Json = False
    for one in action.parameters:
        takes = dict(hints.shape(one.annotation).takes)
        if one.kind == "variadic-keyword":
            others = takes or True
            continue
        if one.kind == "variadic":
            takes = {"type": "array", **({"items": takes} if takes else {})}
        elif one.default is None:
            required.append(one.name)
        properties[one.name] = {**takes, **_told(one)}
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": others,
    }


def output_of(action: Action) -> Object:
    """The JSON schema of what an action's result is once it has left the kernel."""
    if action.returns.strip() in {"", "Any"}:
        return {}
    return dict(Hints(action.text, action.module).shape(action.returns).gives)


def arguments_of(
    action: Action, positional: Sequence[object] = (), named: Mapping[str, object] | None = None
) -> str:
    """The arguments of a call in Python's source.

    Args:
        action: The action.
        positional: Values by place; what follows the last parameter belongs to `*args`.
        named: Values by name; those of parameters that have none are given by place.
    """
    hints = Hints(action.text, action.module)
    left = dict(named or {})
    places = [one for one in action.parameters if one.kind in {"positional", "normal"}]
    spread = next((one for one in action.parameters if one.kind == "variadic"), None)
    known = {one.name: one for one in action.parameters}
    given = []
    for at, value in enumerate(positional):
        one = places[at] if at < len(places) else spread
        given.append(hints.shape(one.annotation if one else "").source(value))
    more = left.pop(spread.name, None) if spread else None
    # Before what `*args` takes, each parameter needs its place.
    unnamed = {"positional", "normal"} if isinstance(more, list) and more else {"positional"}
    by_place = [one for one in places[len(positional) :] if one.kind in unnamed]
    while by_place and not more and by_place[-1].name not in left:
        by_place.pop()
    for one in by_place:
        if one.name in left:
            given.append(hints.shape(one.annotation).source(left.pop(one.name)))
        elif one.default is not None:
            given.append(one.default)
    if spread and isinstance(more, list):
        given += [hints.shape(spread.annotation).source(one) for one in more]
    rest = next((one for one in action.parameters if one.kind == "variadic-keyword"), None)
    for name, value in left.items():
        hint = (known.get(name) or rest or Parameter(name)).annotation
        text = hints.shape(hint).source(value)
        given.append(f"{name}={text}" if name.isidentifier() else f"**{{{name!r}: {text}}}")
    return ", ".join(given)


def _told(parameter: Parameter) -> Object:
    """What people wrote of a parameter, and its default."""
    told: Object = {"description": parameter.doc} if parameter.doc else {}
    if parameter.default is None:
        return told
    try:
        value = ast.literal_eval(parameter.default)
        json.dumps(value, allow_nan=False)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return {"description": f"{parameter.doc} (default: {parameter.default})".strip()}
    return told | {"default": value}
