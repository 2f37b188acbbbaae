"""Rows of cells as records, the first as their header: shared by the actions that read tables."""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest
from typing import Any

# An exponent needs a point or a sign: '1.5e3' and '2e-05' are numbers, the code '3E10' is not.
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?P<fraction>\.\d+(?:[eE][+-]?\d+)?|[eE][+-]\d+)?", re.ASCII)
_LONGEST_NUMBER = 300

Numbered = tuple[int, list[Any]]
"""A row and the number of its line."""


def number_or_text(text: str) -> Any:
    """A number where the text is a plain one, else the text."""
    number = _NUMBER.fullmatch(text)
    if number is None or len(text) > _LONGEST_NUMBER:
        return text
    if number["fraction"] is None:
        return int(text)
    value = float(text)
    return value if math.isfinite(value) else text


def records(
    rows: Iterable[Numbered], convert: Callable[[Any], Any] | None, path: str
) -> list[dict[str, Any]]:
    """The rows as dicts; the first one that is not blank is the header."""
    filled = ((line, row) for line, row in rows if row.count(None) < len(row))
    _, header = next(filled, (0, None))
    if header is None:
        raise ValueError(f"{path} is empty: it has no header row")
    last = max(index for index, cell in enumerate(header) if cell is not None)
    names = unique_names(header[: last + 1])
    records = []
    for line, row in filled:
        if row[len(names) :].count(None) < len(row) - len(names):
            raise ValueError(
                f"{path}, line {line} has {len(row)} cells, but the header has {len(names)}"
            )
        cells = [convert(cell) if convert and cell is not None else cell for cell in row]
        records.append(dict(zip_longest(names, cells[: len(names)])))
    return records


def ragged_records(
    rows: Sequence[Sequence[Any]], convert: Callable[[Any], Any] | None
) -> list[dict[str, Any]]:
    """Rows, none of them blank, as dicts; the first is the header, and may be the shorter one."""
    used = 1 + max(i for row in rows for i, cell in enumerate(row) if cell is not None)
    names = unique_names([*rows[0], *[None] * used][:used])
    return [
        dict(
            zip_longest(
                names,
                (convert(cell) if convert and cell is not None else cell for cell in row[:used]),
            )
        )
        for row in rows[1:]
    ]


def unique_names(header: Sequence[Any], same: Callable[[str], str] = str) -> list[str]:
    """Column names: unique, and none of them empty.

    Args:
        header: The cells of the header, None for an empty one.
        same: What two names that count as one have in common, such as `str.casefold`.
    """
    names: list[str] = []
    taken: set[str] = set()
    for index, cell in enumerate(header, start=1):
        name = wanted = f"column_{index}" if cell is None else str(cell)
        copy = 2
        while same(name) in taken:
            name, copy = f"{wanted}_{copy}", copy + 1
        names.append(name)
        taken.add(same(name))
    return names
