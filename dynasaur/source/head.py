"""The head of an action's module: PEP 723 inline metadata with the action's provenance."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import TypeAlias

from dynasaur.errors import ActionError
from dynasaur.source.text import normal
from dynasaur.types import Provenance

Toml: TypeAlias = "str | int | float | bool | dt.date | dt.time | list[Toml] | dict[str, Toml]"

_OPEN = "# /// script"
_CLOSE = "# ///"
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+\Z")
_PROVENANCE = tuple(entry.name for entry in fields(Provenance))


@dataclass(frozen=True, slots=True)
class Head:
    """What stands in a module's PEP 723 block.

    Attributes:
        requires_python: The version specifier; empty where the block has none.
        dependencies: PEP 508 requirements.
        provenance: Where the action comes from.
        extra: Everything else in the block, as TOML's own types, so that nothing is lost when
            the head is written again.
    """

    requires_python: str = ""
    dependencies: tuple[str, ...] = ()
    provenance: Provenance = Provenance()
    extra: Mapping[str, Toml] = field(default_factory=dict, hash=False)


def read_head(text: str) -> Head:
    """Reads the head of a module.

    Args:
        text: The module's text.

    Returns:
        The head; an empty one where the module has none.

    Raises:
        ActionError: The block is not closed, is there twice, is not TOML, or holds a value of
            the wrong type.
    """
    lines = normal(text).split("\n")
    start, end = _span(lines)
    if start == end:
        return Head()
    content = "\n".join(line[2:] for line in lines[start + 1 : end - 1])
    try:
        table: dict[str, Toml] = tomllib.loads(content)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ActionError(f"line {start + 1}: the head is not valid TOML: {error}") from error
    return _head(table, start + 1)


def with_head(text: str, head: Head) -> str:
    """Puts a head on top of a module, in place of the one it has.

    Args:
        text: The module's text.
        head: The new head; an empty one takes the block away.

    Returns:
        The text, everything but the block verbatim. A `#!` line stays the first.

    Raises:
        ActionError: The present block has no end, or is there twice.
    """
    lines = normal(text).split("\n")
    start, end = _span(lines)
    rest = lines[:start] + lines[end:]
    first = rest[:1] if rest and rest[0].startswith("#!") else []
    rest = rest[len(first) :] or [""]
    while len(rest) > 1 and not rest[0].strip():
        rest = rest[1:]
    block = _block(head)
    if block and rest[0].startswith("#"):
        rest = ["", *rest]  # a comment right below the block would belong to it
    return "\n".join([*first, *block, *rest])


# --- reading ----------------------------------------------------------------------------------


def _span(lines: list[str]) -> tuple[int, int]:
    """Where the block stands: from its opening line up to the line after its last; (0, 0) if none.

    Only the comments before the first code count: what a string further down holds is no head.
    """
    found = (0, 0)
    number = 0
    while number < len(lines) and _is_comment(lines[number]):
        if lines[number].rstrip() != _OPEN:
            number += 1
            continue
        if found != (0, 0):
            raise ActionError(f"line {number + 1}: a second `{_OPEN}` block; keep one")
        found = (number, _end(lines, number))
        number = found[1]
    return found


def _is_comment(line: str) -> bool:
    stripped = line.strip()
    return not stripped or stripped.startswith("#")


def _end(lines: list[str], start: int) -> int:
    """The line after the block: the last `# ///` of the run of comments counts, says PEP 723."""
    last = 0
    number = start + 1
    while number < len(lines) and (lines[number] == "#" or lines[number].startswith("# ")):
        if lines[number].rstrip() == _OPEN:
            break
        if lines[number].rstrip() == _CLOSE:
            last = number
        number += 1
    if not last:
        raise ActionError(f"line {start + 1}: the `{_OPEN}` block has no closing `{_CLOSE}`")
    return last + 1


def _head(table: dict[str, Toml], line: int) -> Head:
    requires = _text(table.pop("requires-python", ""), "requires-python", line)
    listed = table.pop("dependencies", [])
    if not isinstance(listed, list):
        raise ActionError(f"line {line}: the head's `dependencies` must be a list of texts")
    dependencies = tuple(_text(entry, "dependencies", line) for entry in listed)
    tools = table.get("tool", {})
    own = tools.get("dynasaur", {}) if isinstance(tools, dict) else None
    if not isinstance(tools, dict) or not isinstance(own, dict):
        raise ActionError(f"line {line}: the head's `tool.dynasaur` must be a table")
    known = {key: _text(own.pop(key), key, line) for key in _PROVENANCE if key in own}
    if not own:
        tools.pop("dynasaur", None)
    if not tools:
        table.pop("tool", None)
    return Head(requires, dependencies, Provenance(**known), table)


def _text(value: Toml, key: str, line: int) -> str:
    if not isinstance(value, str):
        raise ActionError(f"line {line}: the head's `{key}` must be text")
    return value


# --- writing ----------------------------------------------------------------------------------


def _block(head: Head) -> list[str]:
    table: dict[str, Toml] = {}
    if head.requires_python:
        table["requires-python"] = head.requires_python
    if head.dependencies:
        table["dependencies"] = list(head.dependencies)
    told = {key: getattr(head.provenance, key) for key in _PROVENANCE}
    own: dict[str, Toml] = {key: value for key, value in told.items() if value}
    extra = dict(head.extra)
    tools = extra.pop("tool", {})
    if isinstance(tools, dict):
        more = tools.get("dynasaur", {})
        own |= more if isinstance(more, dict) else {}
        tools = tools | ({"dynasaur": own} if own else {})
    table |= extra | ({"tool": tools} if tools else {})
    content = list(_table(table, ()))
    if not content:
        return []
    return [_OPEN, *(f"# {line}".rstrip() for line in content), _CLOSE]


def _table(table: Mapping[str, Toml], path: tuple[str, ...]) -> Iterator[str]:
    """A table's lines: its own values, then each table inside it under its header."""
    plain: dict[str, Toml] = {}
    inner: dict[str, dict[str, Toml]] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            inner[key] = value
        else:
            plain[key] = value
    if path and (plain or not inner):
        yield f"[{'.'.join(map(_key, path))}]"
    for key, value in plain.items():
        yield f"{_key(key)} = {_value(value)}"
    for number, (key, nested) in enumerate(inner.items()):
        if plain or number:
            yield ""
        yield from _table(nested, (*path, key))


def _key(key: str) -> str:
    return key if _BARE_KEY.match(key) else _string(key)


def _value(value: Toml) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _string(value)
        case list():
            return f"[{', '.join(map(_value, value))}]"
        case dict():
            inside = ", ".join(f"{_key(key)} = {_value(entry)}" for key, entry in value.items())
            return f"{{{inside}}}"
        case dt.date() | dt.time():
            return value.isoformat()
        case _:
            return repr(value)


def _string(text: str) -> str:
    return f'"{"".join(map(_character, text))}"'


def _character(character: str) -> str:
    """One character of a TOML string: what cannot be seen, or moves what is seen, is escaped."""
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:  # half of a pair, which no file can hold
        return "\ufffd"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
