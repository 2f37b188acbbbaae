"""Rows of a data set, from the formats that suites are published in."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dynasaur.errors import UsageError

Row = Mapping[str, Any]

SUFFIXES = (".jsonl", ".json", ".csv", ".parquet")


def read_rows(path: Path) -> Iterator[tuple[str, Row]]:
    """The rows of one file, each with the place to name when something is wrong with it.

    A JSON file holds a list of objects, one object, or an object of objects by id, whose id
    then stands in the row as `id` where it has none of its own.

    Raises:
        UsageError: The file cannot be read, or is not what its name says.
    """
    if path.suffix not in _READERS:
        raise UsageError(f"{path}: no data file: its name must end with {', '.join(SUFFIXES)}")
    try:
        yield from _READERS[path.suffix](path)
    except (OSError, ValueError, csv.Error, RecursionError) as error:
        raise UsageError(f"{path}: cannot be read: {' '.join(str(error).split())}") from error


def _jsonl(path: Path) -> Iterator[tuple[str, Row]]:
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            where = f"{path}:{number}"
            if line.strip():
                try:
                    value = json.loads(line)
                except ValueError as error:
                    raise UsageError(f"{where}: no JSON: {error}") from error
                yield where, _row(value, where)


def _json(path: Path) -> Iterator[tuple[str, Row]]:
    value = json.loads(path.read_text(encoding="utf-8-sig"))
    if isinstance(value, list):
        for number, one in enumerate(value, start=1):
            yield f"{path}, row {number}", _row(one, f"{path}, row {number}")
    elif isinstance(value, dict) and value and all(isinstance(v, dict) for v in value.values()):
        for key, one in value.items():
            yield f"{path}, row {key}", {"id": key, **one}
    else:
        yield str(path), _row(value, str(path))


def _csv(path: Path) -> Iterator[tuple[str, Row]]:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    with path.open(encoding="utf-8-sig", newline="") as text:
        for row in (reader := csv.DictReader(text)):
            where = f"{path}:{reader.line_num}"
            if None in row or None in row.values():
                raise UsageError(f"{where}: the row has not as many fields as the head")
            yield where, row


def _parquet(path: Path) -> Iterator[tuple[str, Row]]:
    try:
        from pyarrow import parquet
    except ImportError:
        raise UsageError(
            f"{path}: Parquet files are read with pyarrow; pip install 'dynasaur[eval]'"
        ) from None
    for number, row in enumerate(parquet.read_table(path).to_pylist(), start=1):
        yield f"{path}, row {number}", row


def _row(value: object, where: str) -> Row:
    if not isinstance(value, dict):
        raise UsageError(f"{where}: no object with fields")
    return value


_READERS = {".jsonl": _jsonl, ".json": _json, ".csv": _csv, ".parquet": _parquet}


def text_of(row: Row, where: str, *names: str) -> str:
    """The first of several fields that a row has, as text.

    Raises:
        UsageError: It has none of them.
    """
    for name in names:
        if row.get(name) is not None:
            return str(row[name])
    fields = ", ".join(map(str, list(row)[:12])) or "none"
    raise UsageError(f"{where}: no field {' or '.join(names)}; its fields are {fields}")
