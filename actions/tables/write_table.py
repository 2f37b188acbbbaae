# /// script
# requires-python = ">=3.11"
# dependencies = ["openpyxl>=3.1"]
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Rows, saved to a file."""

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any


def write_table(rows: list[dict[str, Any]], path: str) -> str:
    r"""Write (save, export, store) rows to a new file: .csv, .tsv, .json, .jsonl or .xlsx.

    In an Excel file, a text that begins as a formula does is written as text, and what it cannot
    hold is left out or becomes text: control characters, zones of times.

    Args:
        rows: The rows; the columns are those of all rows, in order of first appearance.
        path: The file to write, replaced where it is there: .csv, .tsv, .json, .jsonl or .xlsx.

    Returns:
        The path.

    Raises:
        ValueError: The suffix is none of these.
        ImportError: An Excel file, and openpyxl is not installed.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = write_table([{"product": "tea", "price": 2.5}], f"{folder}/sales.csv")
        ...     Path(file).read_text()
        'product,price\ntea,2.5\n'
    """
    suffix = Path(path).suffix.lower()
    columns = list(dict.fromkeys(column for row in rows for column in row))
    if suffix in (".csv", ".tsv"):
        with Path(path).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(
                file, delimiter="\t" if suffix == ".tsv" else ",", lineterminator="\n"
            )
            writer.writerow(columns)
            writer.writerows([_text(row.get(column)) for column in columns] for row in rows)
    elif suffix == ".json":
        text = json.dumps(rows, ensure_ascii=False, indent=2, default=str)
        Path(path).write_text(f"{text}\n", encoding="utf-8")
    elif suffix in (".jsonl", ".ndjson"):
        lines = [f"{json.dumps(row, ensure_ascii=False, default=str)}\n" for row in rows]
        Path(path).write_text("".join(lines), encoding="utf-8")
    elif suffix == ".xlsx":
        _write_excel(rows, columns, path)
    else:
        raise ValueError(f"{path} must end in .csv, .tsv, .json, .jsonl or .xlsx")
    return path


def _text(value: Any) -> Any:
    """A cell of a text file; lists and dicts as JSON."""
    nested = isinstance(value, list | dict | tuple)
    return json.dumps(value, ensure_ascii=False, default=str) if nested else value


def _write_excel(rows: list[dict[str, Any]], columns: list[str], path: str) -> None:
    try:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    except ImportError as error:
        raise ImportError("Excel files need openpyxl: pip install 'dynasaur[excel]'") from error
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")

    def cell(value: Any) -> Any:
        local = isinstance(value, date) and getattr(value, "tzinfo", None) is None
        if local or isinstance(value, int | float | None):
            return value
        text = ILLEGAL_CHARACTERS_RE.sub("", str(_text(value)))
        if not text.startswith("="):
            return text
        made = WriteOnlyCell(sheet, text)
        made.data_type = "s"
        return made

    sheet.append([cell(column) for column in columns])
    for row in rows:
        sheet.append([cell(row.get(column)) for column in columns])
    book.save(path)
