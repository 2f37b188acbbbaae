# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Rows of a table file."""

import csv
import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from io import StringIO
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from ..structured.read_json import read_json
from ..text.read_text import read_text

# An exponent needs a point or a sign: '1.5e3' and '2e-05' are numbers, the code '3E10' is not.
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?P<fraction>\.\d+(?:[eE][+-]?\d+)?|[eE][+-]\d+)?", re.ASCII)
_LONGEST_NUMBER = 300

_Numbered = tuple[int, list[Any]]  # a row and the number of its line


def read_table(path: str) -> list[dict[str, Any]]:
    r"""Rows of a table file: CSV, TSV, JSON Lines, JSON or Excel, told apart by the suffix.

    The first row names the columns. In text files the delimiter (comma, semicolon, tab, bar) is
    detected, cells lose surrounding space, plain numbers become int or float ('007' and
    '$5' stay text), and empty or missing cells become None. Blank lines are skipped.

    Args:
        path: The file: .csv, .tsv, .jsonl, .ndjson, .json (a list of objects), .xlsx (its first
            sheet), or any other text file with a delimiter.

    Returns:
        One dict per row, from column name to cell.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is empty, or a row does not fit the header.
        ImportError: An Excel file, and openpyxl is not installed.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "sales.csv")
        ...     _ = file.write_text("product,price\ntea,2.5\ncup,\n")
        ...     read_table(str(file))
        [{'product': 'tea', 'price': 2.5}, {'product': 'cup', 'price': None}]
    """
    suffix = Path(path).suffix.lower()
    if suffix in (".xlsx", ".xlsm"):
        return _records(_excel(path), _excel_cell, path)
    if suffix in (".jsonl", ".ndjson"):
        return _json_lines(read_text(path), path)
    if suffix == ".xls":
        raise ValueError(f"{path} has the old Excel format; save it as .xlsx or .csv")
    if suffix == ".json":
        return _json_objects(read_json(path), path)
    text = read_text(path)
    delimiter = "\t" if suffix in (".tsv", ".tab") else _delimiter(text)
    return _records(_delimited(text, delimiter, path), _cell, path)


def _delimiter(text: str) -> str:
    """The delimiter that splits the first rows into the same number of cells."""
    best, best_score = ",", (0.0, 1)
    for delimiter in "\t|;,":  # where two do equally well, the rarer in prose
        try:
            rows = [
                row for row in islice(csv.reader(StringIO(text), delimiter=delimiter), 30) if row
            ]
        except csv.Error:
            continue
        width = len(rows[0]) if rows else 0
        fitting = sum(len(row) == width for row in rows)
        score = (fitting / max(len(rows), 1), width)
        if width > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


def _delimited(text: str, delimiter: str, path: str) -> Iterable[_Numbered]:
    reader = csv.reader(StringIO(text), delimiter=delimiter, strict=True, skipinitialspace=True)
    try:
        for row in reader:
            yield reader.line_num, [cell.strip() or None for cell in row]
    except csv.Error as error:
        raise ValueError(f"{path}, line {reader.line_num}: {error}") from error


def _cell(text: str) -> Any:
    """A number where the text is a plain one, else the text."""
    number = _NUMBER.fullmatch(text)
    if number is None or len(text) > _LONGEST_NUMBER:
        return text
    if number["fraction"] is None:
        return int(text)
    value = float(text)
    return value if math.isfinite(value) else text


def _excel(path: str) -> Iterable[_Numbered]:
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise ImportError("Excel files need openpyxl: pip install 'dynasaur[excel]'") from error
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, KeyError) as error:
        raise ValueError(f"{path} is not an Excel workbook") from error
    try:
        rows = book.worksheets[0].iter_rows(values_only=True) if book.worksheets else ()
        for number, row in enumerate(rows, start=1):
            yield number, [_stripped(cell) for cell in row]
    finally:
        book.close()


def _stripped(cell: Any) -> Any:
    return (cell.strip() or None) if isinstance(cell, str) else cell


def _excel_cell(cell: Any) -> Any:
    """Dates as ISO text, other values as they are."""
    if isinstance(cell, datetime) and cell.time() == time():
        cell = cell.date()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return cell


def _records(
    rows: Iterable[_Numbered], convert: Callable[[Any], Any], path: str
) -> list[dict[str, Any]]:
    """The rows as dicts; the first one that is not blank is the header."""
    filled = ((line, row) for line, row in rows if row.count(None) < len(row))
    _, header = next(filled, (0, None))
    if header is None:
        raise ValueError(f"{path} is empty: it has no header row")
    names = _names(header)
    records = []
    for line, row in filled:
        if row[len(names) :].count(None) < len(row) - len(names):
            raise ValueError(
                f"{path}, line {line} has {len(row)} cells, but the header has {len(names)}"
            )
        cells = [None if cell is None else convert(cell) for cell in row]
        records.append(dict(zip_longest(names, cells[: len(names)])))
    return records


def _names(header: Sequence[Any]) -> list[str]:
    """Column names: unique, and none of them empty."""
    last = max(index for index, cell in enumerate(header) if cell is not None)
    names: list[str] = []
    for index, cell in enumerate(header[: last + 1], start=1):
        name = wanted = f"column_{index}" if cell is None else str(cell)
        copy = 2
        while name in names:
            name, copy = f"{wanted}_{copy}", copy + 1
        names.append(name)
    return names


def _json_lines(text: str, path: str) -> list[dict[str, Any]]:
    rows = []
    for line, content in enumerate(text.split("\n"), start=1):
        if not content.strip():
            continue
        try:
            row = json.loads(content)
        except ValueError as error:
            raise ValueError(f"{path}, line {line} is not JSON: {error}") from error
        rows.append(row)
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError(f"{path} has lines that are not JSON objects")
    return rows


def _json_objects(data: Any, path: str) -> list[dict[str, Any]]:
    if isinstance(data, list) and all(isinstance(row, dict) for row in data):
        return data
    raise ValueError(f"{path} is not a list of JSON objects; see read_json and json_rows")
