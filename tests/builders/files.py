"""Builders of data files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path


def data_file(folder: Path, name: str, content: str | bytes) -> str:
    """A file with exactly this content, text as UTF-8; gives its path as actions take it."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def workbook(path: Path, rows: Iterable[Sequence[object]]) -> str:
    """An Excel workbook with these rows on its first sheet and another sheet behind it."""
    from openpyxl import Workbook

    book = Workbook()
    first = book.worksheets[0]
    for row in rows:
        first.append(list(row))
    book.create_sheet("notes").append(["not", "this"])
    book.active = 1
    book.save(path)
    return str(path)
