# /// script
# requires-python = ">=3.11"
# dependencies = ["duckdb>=1.2", "openpyxl>=3.1", "xlrd>=2"]
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Tables of a database file."""

from typing import Any

from ._database import tables_of


def database_tables(path: str) -> list[dict[str, Any]]:
    """Tables of a database (SQLite, DuckDB, Parquet) or workbook, with columns and row counts.

    Args:
        path: The file.

    Returns:
        One dict per table or view: 'table' (its name), 'columns' (from name to type, '' where
        the file tells none) and 'rows' (how many it has).

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is of no such kind, or broken.
        ImportError: duckdb, openpyxl or xlrd is needed and not installed.

    Examples:
        >>> import sqlite3, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with sqlite3.connect(f"{folder}/shop.db") as shop:
        ...         _ = shop.execute("CREATE TABLE sales (product TEXT, price REAL)")
        ...     shop.close()
        ...     database_tables(f"{folder}/shop.db")
        [{'table': 'sales', 'columns': {'product': 'TEXT', 'price': 'REAL'}, 'rows': 0}]
    """
    return [
        {"table": table.name, "columns": dict(table.columns), "rows": table.rows}
        for table in tables_of(path)
    ]
