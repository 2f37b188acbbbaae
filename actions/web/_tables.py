"""The tables of a page's tree as rows."""

from collections.abc import Iterator
from typing import Any

from ..tables._records import ragged_records
from ._html import unseen

_WIDEST = 500
_SPAN = 1_000
_MOST_CELLS = 500_000


def tables_of(tree: Any) -> list[list[dict[str, Any]]]:
    """The tables that hold data: more than one row, more than one column, no table inside."""
    found = []
    for table in tree.iter("table"):
        if table.find(".//table") is None and not unseen(table):
            rows = _grid(table)
            if len(rows) > 1 and max(map(len, rows)) > 1:
                found.append(ragged_records([[cell or None for cell in row] for row in rows], None))
    return found


def _grid(table: Any) -> list[list[str]]:
    """The cells' texts, those that span several places in each of them; bounded."""
    rows: list[list[str]] = []
    below: dict[int, tuple[int, str]] = {}  # column: rows to go, text of a cell from above
    cells = 0
    for row in table.iter("tr"):
        line: list[str] = []
        for text, wide, high in [*_cells(row), ("", 0, 0)]:
            while len(line) in below:
                left, above = below.pop(len(line))
                if left > 1:
                    below[len(line)] = (left - 1, above)
                line.append(above)
            for _ in range(wide):
                if len(line) < _WIDEST:
                    if high > 1:
                        below[len(line)] = (high - 1, text)
                    line.append(text)
        rows.append(line)
        cells += len(line)
        if cells > _MOST_CELLS:
            break
    return [row for row in rows if any(row)]


def _cells(row: Any) -> Iterator[tuple[str, int, int]]:
    for cell in row.iterchildren("td", "th"):
        yield (
            " ".join(cell.text_content().split()),
            _span(cell.get("colspan"), _WIDEST),
            _span(cell.get("rowspan"), _SPAN),
        )


def _span(told: str | None, most: int) -> int:
    text = (told or "").strip()
    return min(int(text[:6]), most) or 1 if text.isdecimal() else 1
