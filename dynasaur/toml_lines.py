"""Files of people's decisions that branches merge: a table a line, sorted, `KEY = { ... }`."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping


def tables(text: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The tables of a file's text; a line that is none, such as a merge's mark, is skipped."""
    for line in text.splitlines():
        try:
            table = tomllib.loads(line)
        except (tomllib.TOMLDecodeError, RecursionError):
            continue
        yield from ((key, about) for key, about in table.items() if isinstance(about, dict))


def rendered(title: str, of: Iterable[tuple[str, Mapping[str, str | int]]]) -> str:
    """The text of a file.

    Args:
        title: Its first line.
        of: Key and table of each line.
    """
    lines = {f"{_value(key)} = {{ {_inside(table)} }}" for key, table in of}
    return "\n".join([title, *sorted(lines)]) + "\n"


def _inside(table: Mapping[str, str | int]) -> str:
    return ", ".join(f"{name} = {_value(value)}" for name, value in table.items())


def _value(value: str | int) -> str:
    """As TOML has it: a string is JSON's, once all that cannot be printed is a space."""
    if isinstance(value, int):
        return str(value)
    printable = "".join(char if char.isprintable() else " " for char in value)
    return json.dumps(" ".join(printable.split()), ensure_ascii=False)
