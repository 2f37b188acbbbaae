"""Tables in documents as rows: those that Markdown shows, and those that lines make in a PDF."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..tables._records import number_or_text, ragged_records
from ._document import Document

_MOST_PAGES = 200
_RULE = re.compile(r"\|(?:\s*:?-+:?\s*\|)+")
_BAR = re.compile(r"(?<!\\)\|")

Grid = list[list[Any]]


def grids_of(document: Document, path: str) -> list[list[dict[str, Any]]]:
    """The tables of a document as rows, in its order."""
    found = []
    grids = _in_pdf(path) if document.kind == "PDF" else _in_texts(document)
    for grid in grids:
        rows = [[_cell(cell) for cell in row] for row in grid]
        filled = [row for row in rows if any(cell is not None for cell in row)]
        if len(filled) > 1:
            found.append(ragged_records(filled, number_or_text))
    return found


def _cell(value: Any) -> str | None:
    return " ".join(str(value).split()) or None if value is not None else None


def _in_texts(document: Document) -> Iterator[Grid]:
    """What Markdown shows as tables: a row, a rule of dashes, and the rows that follow."""
    for number in range(len(document.parts)):
        grid: Grid = []
        last = ""
        for line in [*document.text_of(number).split("\n"), ""]:
            text = line.strip()
            if grid and not text.startswith("|"):
                yield grid
                grid = []
            elif _RULE.fullmatch(text) and last.startswith("|") and not grid:
                grid = [_cells(last)]
            elif grid:
                grid.append(_cells(text))
            last = text


def _cells(line: str) -> list[Any]:
    inner = _BAR.split(line.strip())[1:]
    return [
        cell.strip().replace("\\|", "|") for cell in (inner[:-1] if inner[-1:] == [""] else inner)
    ]


def _in_pdf(path: str) -> Iterator[Grid]:
    """Tables whose cells are parted by lines."""
    try:
        import pdfplumber
    except ImportError as error:
        said = "tables of PDF files need pdfplumber: pip install 'dynasaur[tools]'"
        raise ImportError(said) from error
    try:
        with pdfplumber.open(Path(path)) as file:
            for page in file.pages[:_MOST_PAGES]:
                for grid in page.extract_tables():
                    if len(grid) > 1 and len(grid[0]) > 1:
                        yield grid
                page.close()
    except Exception as error:  # of pdfplumber, of pdfminer, ...
        said = " ".join(str(error).split())[:200]
        raise ValueError(f"{path} is broken: its tables cannot be read: {said}") from error
