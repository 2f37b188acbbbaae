"""Says what a module's functions and tools take and give: runs where the module may be imported.

That is the kernel, in its sandbox; so it needs nothing but the standard library.
"""

from __future__ import annotations

import importlib
import inspect
import types
import typing
from collections.abc import Callable, Iterator
from typing import Any

MOST = 500
"""Things of one module that are told."""

_MODULES = {"datetime": {"date", "datetime", "time", "timedelta"}, "pathlib": {"Path"}}
_ABSTRACT = {
    **dict.fromkeys(("Sequence", "Iterable", "Iterator", "Collection", "MutableSequence"), "list"),
    **dict.fromkeys(("Mapping", "MutableMapping"), "dict"),
    **dict.fromkeys(("Set", "MutableSet"), "set"),
}
_PLAIN = (int, float, str, bool, bytes, list, dict, set, tuple, frozenset, complex)


def look(module: str, name: str) -> list[dict[str, Any]]:
    """What there is in a module, or what its attribute of a name is.

    Args:
        module: The module's full name.
        name: The attribute, with dots; empty for all that is public.

    Returns:
        For each function and tool: `kind`, `path` (how it is reached in the module), `name`, `doc`,
        and either `parameters` and `returns` or a `schema`. What cannot be called so has `problem`.

    Raises:
        ImportError: There is no such module.
        AttributeError: It has no such attribute.
    """
    found = importlib.import_module(module)
    if not name:
        return list(_all(found))[:MOST]
    thing: Any = found
    for part in name.split("."):
        thing = getattr(thing, part)
    told = list(_described(thing, name, found))
    return told or [{"name": name, "problem": f"it is a {type(thing).__name__}, which is no tool"}]


def _all(module: types.ModuleType) -> Iterator[dict[str, Any]]:
    """What is public in a module and its own."""
    listed = getattr(module, "__all__", None)
    for name, thing in sorted(vars(module).items()):
        own = str(getattr(thing, "__module__", "")).split(".")[0] == module.__name__.split(".")[0]
        public = name in listed if listed is not None else not name.startswith("_") and own
        is_tool = not inspect.isroutine(thing) and not inspect.isclass(thing)
        if public or (is_tool and not name.startswith("_")):
            yield from (one for one in _described(thing, name, module) if "problem" not in one)


def _described(thing: Any, path: str, module: types.ModuleType) -> Iterator[dict[str, Any]]:
    if isinstance(thing, dict | list | tuple):
        yield from _schemas(thing, module)
        return
    is_class = inspect.isclass(thing)
    if all(hasattr(thing, name) for name in ("invoke", "args_schema", "description")):
        yield from _made(thing, path, is_class, _langchain)
    elif all(hasattr(thing, name) for name in ("forward", "inputs", "output_type")):
        yield from _made(thing, path, is_class, _smolagents)
    elif not is_class and callable(thing):
        yield _function(thing, path)


def _made(
    thing: Any, path: str, is_class: bool, describe: Callable[[Any], dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """A tool, or the one that its class makes when it is given nothing."""
    try:
        tool = thing() if is_class else thing
        told = describe(tool)
    except Exception as error:  # noqa: BLE001 - whatever a stranger's code raises
        yield {"name": path, "problem": f"{type(error).__name__}: {error}"}
        return
    yield {**told, "path": f"{path}()" if is_class else path}


def _langchain(tool: Any) -> dict[str, Any]:
    schema = tool.args_schema
    if schema is None:
        schema = tool.get_input_schema()
    schema = schema if isinstance(schema, dict) else schema.model_json_schema()
    return {"kind": "langchain", "name": tool.name, "doc": tool.description, "schema": schema}


def _smolagents(tool: Any) -> dict[str, Any]:
    properties, required = {}, []
    for name, told in tool.inputs.items():
        properties[name] = {key: told[key] for key in ("type", "description") if key in told}
        required += [] if told.get("nullable") else [name]
    return {
        "kind": "smolagents",
        "name": tool.name,
        "doc": tool.description,
        "schema": {"properties": properties, "required": required},
        "output": tool.output_type,
    }


def _schemas(thing: Any, module: types.ModuleType) -> Iterator[dict[str, Any]]:
    """Function schemas as OpenAI's interfaces take them, whose functions the module has, too."""
    for one in thing if isinstance(thing, list | tuple) else [thing]:
        told = one.get("function", one) if isinstance(one, dict) else None
        if not isinstance(told, dict) or not isinstance(told.get("parameters"), dict):
            continue
        name = str(told.get("name"))
        if not callable(getattr(module, name, None)):
            yield {"name": name, "problem": f"the module has no function {name} for its schema"}
            continue
        yield {
            "kind": "schema",
            "path": name,
            "name": name,
            "doc": str(told.get("description", "")),
            "schema": told["parameters"],
        }


def _function(thing: Any, path: str) -> dict[str, Any]:
    name = path.rpartition(".")[2]
    try:
        signature = inspect.signature(thing)
    except (ValueError, TypeError):
        return {"name": name, "problem": "Python cannot tell which arguments it takes"}
    try:
        hints = typing.get_type_hints(thing)
    except Exception:  # noqa: BLE001 - hints may name what is not there
        hints = {}
    return {
        "kind": "function",
        "path": path,
        "name": name,
        "doc": inspect.getdoc(thing) or "",
        "awaited": inspect.iscoroutinefunction(thing),
        "returns": spelled(hints.get("return", Any)),
        "parameters": [
            {
                "name": one.name,
                "kind": one.kind.name,
                "hint": spelled(hints.get(one.name, Any)),
                "default": _default(one.default),
            }
            for one in signature.parameters.values()
        ],
    }


def spelled(hint: Any) -> str:
    """A type as an annotation that needs no imports but of a few known modules; else `Any`."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if hint is None or hint is type(None):
        return "None"
    if origin in {typing.Union, types.UnionType}:
        parts = list(dict.fromkeys(map(spelled, inner)))
        return "Any" if "Any" in parts else " | ".join(parts)
    if origin is typing.Literal:
        short = all(one is None or isinstance(one, str | int | bool) for one in inner)
        return f"Literal[{', '.join(map(repr, inner))}]" if short else "Any"
    if origin is typing.Annotated:
        return spelled(inner[0])
    return _named(origin or hint, inner)


def _named(kind: Any, inner: tuple[Any, ...]) -> str:
    if not isinstance(kind, type):
        return "Any"
    name = kind.__name__
    if kind.__module__ in {"collections.abc", "typing"} and name in _ABSTRACT:
        name = _ABSTRACT[name]
    elif name in _MODULES.get(kind.__module__, ()):
        return name
    elif kind not in _PLAIN:
        return "Any"
    if not inner:
        bare = {"list": "list[Any]", "dict": "dict[str, Any]", "tuple": "tuple[Any, ...]"}
        return bare.get(name, f"{name}[Any]" if name in {"set", "frozenset"} else name)
    parts = ["..." if one is ... else spelled(one) for one in inner]
    return f"{name}[{', '.join(parts)}]"


def _default(value: Any) -> str | None:
    """A default as source: `None` (of Python) where there is none, `...` where it has no source."""
    if value is inspect.Parameter.empty:
        return None
    plain = value is None or isinstance(value, bool | int | str)
    plain = plain or (isinstance(value, float) and value - value == 0)
    empty = value in ((), [], {}) if isinstance(value, tuple | list | dict) else False
    text = repr(value)
    return text if (plain or empty) and len(text) <= 60 else "..."
