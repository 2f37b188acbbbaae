# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Values at a place in JSON data."""

import re
from typing import Any

_PART = re.compile(
    r"\.?(?:(?P<name>[^.\[\]]+)|\[(?P<index>-?\d+|\*)\]|\[(?P<quoted>'[^']*'|\"[^\"]*\")\])"
)


def json_values(data: Any, key: str) -> list[Any]:
    """Values of a key (field, place) in JSON data, all that a path with wildcards reaches.

    Args:
        data: The JSON data: dicts, lists, texts, numbers.
        key: The path, such as 'items[0].price'; '*' and '[*]' stand for every entry, as in
            'items[*].price', and ["a.b"] for a name with a point in it.

    Returns:
        The values in their order. After a wildcard, entries without the rest of the path are
        left out.

    Raises:
        KeyError: No value is there.
        ValueError: The path cannot be read.

    Examples:
        >>> shop = {"items": [{"name": "tea", "price": 3}, {"name": "cup", "price": 8}]}
        >>> json_values(shop, "items[*].price")
        [3, 8]
        >>> json_values(shop, "items[-1].name")
        ['cup']
    """
    values = [data]
    for part in _parts(key):
        found = [child for value in values for child in _children(value, part)]
        empty = part == "*" and all(value in ([], {}) for value in values)
        if not found and values and not empty:
            raise KeyError(f"no {part!r} in {key!r}: there is {_described(values[0])}")
        values = found
    return values


def _parts(key: str) -> list[str | int]:
    parts: list[str | int] = []
    position = 0
    while position < len(key):
        match = _PART.match(key, position)
        if match is None:
            raise ValueError(f"cannot read the path {key!r} from {key[position:]!r} on")
        name, index, quoted = match["name"], match["index"], match["quoted"]
        if quoted is not None:
            parts.append(quoted[1:-1])
        elif index is not None and index != "*":
            parts.append(int(index))
        else:
            parts.append(name or "*")
        position = match.end()
    return parts


def _children(value: Any, part: str | int) -> list[Any]:
    """What one part of the path reaches from a value."""
    if part == "*":
        entries = value.values() if isinstance(value, dict) else value
        return list(entries) if isinstance(value, dict | list) else []
    if isinstance(value, dict):
        return [value[part]] if part in value else []
    if isinstance(value, list) and re.fullmatch(r"-?\d+", str(part)):
        index = int(part)
        return [value[index]] if -len(value) <= index < len(value) else []
    return []


def _described(value: Any) -> str:
    """What there is instead, for the error message."""
    if isinstance(value, dict):
        return "a dict with " + (", ".join(map(repr, list(value)[:20])) or "no keys")
    if isinstance(value, list):
        return f"a list of {len(value)}, whose entries are [0], [1] ... or [*]"
    return f"the {type(value).__name__} {value!r:.60}"
