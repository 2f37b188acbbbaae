"""Files that SQL can be asked of: SQLite, DuckDB, Parquet, CSV, JSON, Excel; all read-only."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from ._records import unique_names
from ._workbook import sheets_of

MOST_ROWS = 100_000
"""Rows of one result."""

_SAMPLE = 5
_READERS = {
    **dict.fromkeys((".csv", ".tsv", ".tab", ".txt"), "read_csv"),
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), "read_json"),
    **dict.fromkeys((".parquet", ".pq"), "read_parquet"),
}
_EXCEL = (".xlsx", ".xlsm", ".xls")


@dataclass(frozen=True)
class Table:
    """A table or view.

    Attributes:
        name: Its name.
        columns: Name and type of each column.
        rows: How many rows it has.
        first: Its header and its first rows.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    rows: int
    first: list[list[Any]]


@dataclass(frozen=True)
class Result:
    """What a query gave: names of columns, and rows as plain values."""

    names: list[str]
    rows: list[tuple[Any, ...]]


class Database:
    """A file that is open for questions.

    Args:
        connection: A connection of sqlite3 or duckdb; both are used alike.
        failures: The exceptions that it fails with.
    """

    def __init__(self, connection: Any, failures: tuple[type[Exception], ...]) -> None:
        self._connection = connection
        self._failures = failures

    def ask(self, query: str, most: int = MOST_ROWS) -> Result:
        """The result of one query.

        Raises:
            ValueError: It fails, gives no rows, or more than are allowed.
        """
        try:
            cursor = self._connection.execute(query)
            rows = cursor.fetchmany(most + 1) if cursor is not None else []
            described = cursor.description if cursor is not None else None
        except self._failures as error:
            raise ValueError(f"the query fails: {' '.join(str(error).split())}") from error
        if described is None:
            raise ValueError("the query gives no rows; only SELECT makes sense here")
        if len(rows) > most:
            raise ValueError(f"the query gives more than {most:,} rows; add LIMIT, or sum them up")
        names = [str(column[0]) for column in described]
        return Result(names, [tuple(map(plain, row)) for row in rows])


@contextmanager
def opened(path: str) -> Iterator[Database]:
    """A file, open for questions as long as the block lasts.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is of no kind that can be asked, or broken.
        ImportError: The package that reads it is not installed.
    """
    with Path(path).open("rb") as file:
        start = file.read(16)
    suffix = Path(path).suffix.lower()
    if start.startswith(b"SQLite format 3\0"):
        address = f"{Path(path).resolve().as_uri()}?mode=ro&immutable=1"
        connection: Any = sqlite3.connect(address, uri=True)
        failures: tuple[type[Exception], ...] = (sqlite3.Error, sqlite3.Warning)
    elif suffix in _EXCEL:
        connection, failures = _excel(path), (sqlite3.Error, sqlite3.Warning)
    else:
        connection, failures = _duck(path, start, suffix)
    try:
        yield Database(connection, failures)
    finally:
        connection.close()


def _excel(path: str) -> sqlite3.Connection:
    """The sheets of a workbook as tables in memory."""
    connection = sqlite3.connect(":memory:")
    try:
        with sheets_of(Path(path).read_bytes()) as sheets:
            for title, rows in sheets:
                _fill(connection, title, rows())
    except ValueError as error:
        raise ValueError(f"{path} {error}") from error
    except (sqlite3.Error, OverflowError) as error:
        raise ValueError(f"{path} has a sheet that is no table of SQL: {error}") from error
    connection.execute("PRAGMA query_only = ON")
    return connection


def _fill(connection: sqlite3.Connection, title: str, rows: Iterator[list[Any]]) -> None:
    header = next((row for row in rows if any(cell is not None for cell in row)), None)
    if header is None:
        return
    names = unique_names(header, same=str.casefold)
    table, columns = quoted(title), ", ".join(map(quoted, names))
    connection.execute(f"CREATE TABLE {table} ({columns})")
    marks = ", ".join("?" * len(names))
    filled = (row for row in rows if any(cell is not None for cell in row))
    fitted = ([*map(plain, row), *[None] * len(names)][: len(names)] for row in filled)
    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", fitted)  # noqa: S608


def _duck(path: str, start: bytes, suffix: str) -> tuple[Any, tuple[type[Exception], ...]]:
    """DuckDB over its own file, or over a file of a table, which is called `data` then."""
    own = start[8:12] == b"DUCK"
    reader = "read_parquet" if start.startswith(b"PAR1") else _READERS.get(suffix)
    if reader is None and not own:
        raise ValueError(
            f"{path} is no file that SQL can be asked of: SQLite, DuckDB, Parquet, CSV, JSON, Excel"
        )
    try:
        import duckdb
    except ImportError as error:
        raise ImportError(
            "DuckDB, Parquet, CSV and JSON files need duckdb: pip install 'dynasaur[tools]'"
        ) from error
    try:
        connection = duckdb.connect(path, read_only=True) if own else duckdb.connect(":memory:")
        if not own:
            _view(connection, path, str(reader))
        connection.execute("SET autoinstall_known_extensions = false")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
    except duckdb.Error as error:
        said = " ".join(str(error).split())[:300]
        raise ValueError(f"{path} cannot be read: {said}") from error
    return connection, (duckdb.Error, RuntimeError)


def _view(connection: Any, path: str, reader: str) -> None:
    """The file as a view; no other file can be read from then on."""
    full = str(Path(path).resolve()).replace("'", "''")
    # What stands for other files in a pattern would be one for DuckDB.
    literal = re.sub(r"([*?\[])", r"[\1]", full)
    more = (
        ", sample_size = -1" if reader == "read_csv" and Path(path).stat().st_size < 2**26 else ""
    )
    connection.execute(f"SET allowed_paths = ['{full}', '{literal}']")
    connection.execute(f"CREATE VIEW data AS SELECT * FROM {reader}('{literal}'{more})")  # noqa: S608
    stem = Path(path).stem
    if stem.casefold() != "data":
        connection.execute(f"CREATE VIEW {quoted(stem)} AS SELECT * FROM data")  # noqa: S608


def tables_of(path: str) -> list[Table]:
    """The tables and views of a file.

    Raises:
        ValueError: It cannot be read.
    """
    with opened(path) as database:
        try:
            names = [row[0] for row in database.ask(_NAMES_LITE).rows]
        except ValueError:
            names = [row[0] for row in database.ask(_NAMES_DUCK).rows]
        if names == ["data"] or (len(names) == 2 and "data" in names):
            names = ["data"]
        return [_table(database, name) for name in names]


_NAMES_LITE = """SELECT name FROM sqlite_schema
WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"""
_NAMES_DUCK = """SELECT table_name FROM information_schema.tables ORDER BY table_name"""


def _table(database: Database, name: str) -> Table:
    table = quoted(name)
    count = database.ask(f"SELECT count(*) FROM {table}").rows[0][0]  # noqa: S608
    sample = database.ask(f"SELECT * FROM {table} LIMIT {_SAMPLE}")  # noqa: S608
    try:
        types = {row[1]: str(row[2]) for row in database.ask(f"PRAGMA table_info({table})").rows}
    except ValueError:
        types = {}
    columns = tuple((one, types.get(one, "")) for one in sample.names)
    return Table(name, columns, count, [list(sample.names), *map(list, sample.rows)])


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def plain(value: Any) -> Any:
    """A value as text, number, bool, None, or a list or dict of these."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    return value if isinstance(value, str | int | float | None) else str(value)
