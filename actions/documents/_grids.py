"""Tables in documents as rows: those that Markdown shows, and those that lines make in a PDF."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..tables._records import number_or_text, records
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
        width = max(map(len, grid))
        even = [[_cell(cell) for cell in [*row, *[None] * (width - len(row))]] for row in grid]
        filled = [row for row in even if any(cell is not None for cell in row)]
        if len(filled) > 1:
            numbered = enumerate(_headed(filled), start=1)
            found.append(records(numbered, number_or_text, path))
    return found


def _headed(rows: Grid) -> Grid:
    """The rows with a name for each column that has cells: the header may be shorter."""
    used = max(index for row in rows for index, cell in enumerate(row) if cell is not None)
    header = [
        cell if cell is not None or index > used else f"column_{index + 1}"
        for index, cell in enumerate(rows[0])
    ]
    return [header, *rows[1:]]


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
    with pdfplumber.open(Path(path)) as file:
        for page in file.pages[:_MOST_PAGES]:
            for grid in page.extract_tables():
                if len(grid) > 1 and len(grid[0]) > 1:
                    yield grid
            page.close()
