"""What the files of a task hold, as far as the task speaks of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MARK = "look: "
"""Begins each line that the first step prints about a file."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        name: Its header.
        at: The JSON path of the list whose records have it; empty in a table file.
        kind: number, date or text: what all its filled cells are.
        found: Its values that occur in the task's text.
        distinct: No two rows share a value: it may name the rows.
    """

    name: str
    at: str = ""
    kind: str = "text"
    found: tuple[str, ...] = ()
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What the look at one file showed.

    Attributes:
        file: The file's name.
        columns: Its columns, if it holds a table.
        keys: Paths of its values, if it is a JSON document, each with what is there: rows, list,
            object, number or text.
        words: Words of the task that occur in its text.
    """

    file: str
    columns: tuple[Column, ...] = ()
    keys: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()


def read_facts(output: str) -> tuple[Facts, ...]:
    """The facts that the first step printed, one file a line."""
    found = []
    for line in output.splitlines():
        if line.startswith(MARK):
            try:
                seen = json.loads(line.removeprefix(MARK))
            except ValueError:
                continue
            if isinstance(seen, dict) and isinstance(seen.get("file"), str):
                found.append(_facts(seen))
    return tuple(found)


def _facts(seen: Mapping[str, object]) -> Facts:
    return Facts(
        file=str(seen["file"]),
        columns=tuple(_column(one) for one in _items(seen.get("columns")) if isinstance(one, dict)),
        keys=tuple((path, kind) for path, kind in map(_texts, _items(seen.get("keys")))),
        words=_texts(seen.get("words")),
    )


def _column(seen: Mapping[str, object]) -> Column:
    return Column(
        name=str(seen.get("name", "")),
        at=str(seen.get("at", "")),
        kind=str(seen.get("kind", "text")),
        found=_texts(seen.get("found")),
        distinct=seen.get("distinct") is True,
    )


def _texts(seen: object) -> tuple[str, ...]:
    return tuple(str(one) for one in _items(seen))


def _items(seen: object) -> Sequence[object]:
    return seen if isinstance(seen, list) else ()
