# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Rows of a table file."""

import csv
import json
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import Any

from ..structured.read_json import read_json
from ..text.read_text import read_text
from ._delimiter import delimiter_of
from ._records import Numbered, number_or_text, records
from ._workbook import NoWorkbookError, sheets_of


def read_table(path: str) -> list[dict[str, Any]]:
    r"""Rows of a table file: CSV, TSV, JSON Lines, JSON or Excel, told apart by the suffix.

    The first row names the columns. In text files the delimiter (comma, semicolon, tab, bar) is
    detected, cells lose surrounding space, plain numbers become int or float ('007' and
    '$5' stay text), and empty or missing cells become None. Blank lines are skipped.

    Args:
        path: The file: .csv, .tsv, .jsonl, .ndjson, .json (a list of objects), .xlsx or .xls (its
            first sheet), or any other text file with a delimiter.

    Returns:
        One dict per row, from column name to cell.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is empty, or a row does not fit the header.
        ImportError: An Excel file, and openpyxl (or xlrd for .xls) is not installed.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "sales.csv")
        ...     _ = file.write_text("product,price\ntea,2.5\ncup,\n")
        ...     read_table(str(file))
        [{'product': 'tea', 'price': 2.5}, {'product': 'cup', 'price': None}]
    """
    suffix = Path(path).suffix.lower()
    if suffix in (".xlsx", ".xlsm", ".xls"):
        return records(_excel(path), None, path)
    if suffix in (".jsonl", ".ndjson"):
        return _json_lines(read_text(path), path)
    if suffix == ".json":
        return _json_objects(read_json(path), path)
    text = read_text(path)
    delimiter = "\t" if suffix in (".tsv", ".tab") else delimiter_of(text)
    return records(_delimited(text, delimiter, path), number_or_text, path)


def _delimited(text: str, delimiter: str, path: str) -> Iterable[Numbered]:
    reader = csv.reader(StringIO(text), delimiter=delimiter, strict=True, skipinitialspace=True)
    try:
        for row in reader:
            yield reader.line_num, [cell.strip() or None for cell in row]
    except csv.Error as error:
        raise ValueError(f"{path}, line {reader.line_num}: {error}") from error


def _excel(path: str) -> Iterable[Numbered]:
    try:
        with sheets_of(Path(path).read_bytes()) as sheets:
            yield from enumerate(sheets[0][1]() if sheets else (), start=1)
    except NoWorkbookError as error:
        raise ValueError(f"{path} {error}") from error


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
