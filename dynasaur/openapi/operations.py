"""The operations of a service: what each takes, where in the request that goes, what it gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dynasaur.openapi.document import Document, Node
from dynasaur.toolbox.stubs import snake

METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
BODY = "body"
"""The parameter that is sent as the request's JSON."""

_FORM = "application/x-www-form-urlencoded"
_PLACES = {"path", "query", "header"}
_OURS = {"authorization", "accept", "content-type"}
"""Headers that the host sets; OpenAPI says that descriptions of them are to be ignored."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation.

    Attributes:
        name: What it is called, in the manner of Python.
        method: `GET`, `POST`, ...
        path: Its path below the service's address, with `{name}` for parts that are given.
        description: What it does, in the service's words.
        takes: The schema of an object of all that it takes.
        places: Where each of these goes: `path`, `query`, `query:csv`, `header`, `form`, `body`.
        gives: The schema of what it answers with; None where that is not said.
        missing: Why it cannot be called; empty where it can.
    """

    name: str
    method: str
    path: str
    description: str
    takes: Node
    places: Mapping[str, str]
    gives: Node | None
    missing: str = ""


def operations(document: Document) -> Iterator[Operation]:
    """All operations of a service, in the document's order, each with a name of its own."""
    taken: set[str] = set()
    for path, item in document.at(document.root.get("paths")).items():
        shared = document.at(item)
        for method in METHODS:
            if not isinstance(shared.get(method), Mapping):
                continue
            told = document.at(shared[method])
            plain = name = snake(str(told.get("operationId") or f"{method} {path}"))[:56].strip("_")
            number = 2
            while name in taken:
                name, number = f"{plain}_{number}", number + 1
            taken.add(name)
            yield _operation(document, name, method, str(path), shared, told)


def _operation(
    document: Document, name: str, method: str, path: str, shared: Node, told: Node
) -> Operation:
    properties: dict[str, Any] = {}
    places: dict[str, str] = {}
    needed: list[str] = []
    missing = ""
    for parameter in _parameters(document, shared, told):
        key, place = str(parameter.get("name", "")), str(parameter.get("in", ""))
        required = parameter.get("required") is True or place == "path"
        if place == "header" and key.lower() in _OURS:
            continue
        if place not in _PLACES | {"formData", BODY}:
            missing = missing or (f"it needs {key} as a {place}" if required else "")
            continue
        if place == "formData" and parameter.get("type") == "file":
            missing = missing or (f"it needs the file {key}" if required else "")
            continue
        key = BODY if place == BODY else key
        properties[key] = _schema(document, parameter)
        places[key] = _place(document, parameter, place)
        needed += [key] * required
    if not document.old:
        missing = _add_body(document, told, properties, places, needed) or missing
    unsaid = [part for part in _parts(path) if places.get(part) != "path"]
    properties |= {part: {"type": "string"} for part in unsaid}
    places |= dict.fromkeys(unsaid, "path")
    takes = {
        "type": "object",
        "properties": properties,
        "required": [*dict.fromkeys([*needed, *unsaid])],
        **document.definitions,
    }
    description = "\n\n".join(
        str(told[part]).strip() for part in ("summary", "description") if told.get(part)
    )
    if told.get("deprecated") is True:
        description = f"{description}\n\nThe service says that it is deprecated.".strip()
    gives = _gives(document, told)
    return Operation(name, method.upper(), path, description, takes, places, gives, missing)


def _parts(path: str) -> list[str]:
    return [part.partition("}")[0] for part in path.split("{")[1:]]


def _parameters(document: Document, shared: Node, told: Node) -> list[Node]:
    """An operation's parameters: its own, and those of its path that it does not set itself."""
    found: dict[tuple[str, str], Node] = {}
    for holder in (shared, told):
        listed = holder.get("parameters")
        for one in listed if isinstance(listed, list) else []:
            parameter = document.at(one)
            if isinstance(parameter.get("name"), str):
                found[str(parameter.get("in")), parameter["name"]] = parameter
    return list(found.values())


def _schema(document: Document, parameter: Node) -> Node:
    """The schema of a parameter, with its description; in 2.0 it is the parameter itself."""
    content = document.at(parameter.get("content"))
    media = document.at(next(iter(content.values()), None))
    schema = parameter.get("schema", media.get("schema"))
    if schema is None:
        return {key: value for key, value in parameter.items() if key not in ("in", "required")}
    described = parameter.get("description")
    return {**_as_node(schema), **({"description": described} if described else {})}


def _as_node(schema: object) -> Node:
    return schema if isinstance(schema, Mapping) else {}


def _place(document: Document, parameter: Node, place: str) -> str:
    if place == "formData":
        return "form"
    if place != "query":
        return place
    schema = document.at(parameter.get("schema", parameter))
    if schema.get("type") != "array":
        return place
    apart = (
        parameter.get("collectionFormat") == "multi"
        if document.old
        else parameter.get("explode", True)
    )
    return place if apart else "query:csv"


def _add_body(
    document: Document,
    told: Node,
    properties: dict[str, Any],
    places: dict[str, str],
    needed: list[str],
) -> str:
    """What the request's body is made of, since 3.0; gives why it cannot be sent."""
    body = document.at(told.get("requestBody"))
    content = document.at(body.get("content"))
    if not content:
        return ""
    required = body.get("required") is True
    media = next((kind for kind in content if _is_json(kind)), "")
    if media:
        schema = _as_node(document.at(content[media]).get("schema"))
        properties[BODY] = {**schema, "description": body.get("description") or "What is sent."}
        places[BODY] = BODY
        needed += [BODY] * required
        return ""
    if _FORM in content:
        form = document.at(document.at(content[_FORM]).get("schema"))
        fields = document.at(form.get("properties"))
        properties.update(fields)
        places.update(dict.fromkeys(fields, "form"))
        listed = form.get("required")
        needed += [one for one in listed if one in fields] if isinstance(listed, list) else []
        return ""
    return f"it takes {', '.join(sorted(content))}" if required else ""


def _is_json(kind: str) -> bool:
    bare = kind.partition(";")[0].strip().lower()
    return bare in ("application/json", "*/*") or bare.endswith("+json")


def _gives(document: Document, told: Node) -> Node | None:
    """The schema of the first answer that says that all went well."""
    for code, answer in document.at(told.get("responses")).items():
        if str(code).startswith("2"):
            node = document.at(answer)
            content = document.at(node.get("content"))
            media = next((one for kind, one in content.items() if _is_json(kind)), None)
            schema = node.get("schema") if document.old else document.at(media).get("schema")
            return {**schema, **document.definitions} if isinstance(schema, Mapping) else None
    return None
