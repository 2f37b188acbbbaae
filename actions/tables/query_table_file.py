# /// script
# requires-python = ">=3.11"
# dependencies = ["duckdb>=1.2", "openpyxl>=3.1", "xlrd>=2"]
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Result of an SQL query over a file."""

from typing import Any

from ._database import opened


def query_table_file(path: str, sql: str) -> list[dict[str, Any]]:
    r"""Result of an SQL query (SELECT) over a SQLite, DuckDB, Parquet, CSV, JSON or Excel file.

    The table of a CSV, JSON or Parquet file is called `data`, and also as the file is, without
    its suffix; those of a workbook are called as its sheets. SQLite and Excel files understand
    SQLite's SQL, the others DuckDB's. Nothing is changed, and no other file is read.

    Args:
        path: The file.
        sql: The query.

    Returns:
        One dict per row; dates as ISO text, decimal numbers as int or float.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is of no such kind or broken, or the query fails or gives more than
            100,000 rows.
        ImportError: duckdb, openpyxl or xlrd is needed and not installed.

    Examples:
        >>> import sqlite3, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with sqlite3.connect(f"{folder}/shop.db") as shop:
        ...         _ = shop.execute("CREATE TABLE sales (product TEXT, price REAL)")
        ...         _ = shop.execute("INSERT INTO sales VALUES ('tea', 2.5), ('cup', 8)")
        ...     shop.close()
        ...     query_table_file(f"{folder}/shop.db", "SELECT max(price) AS most FROM sales")
        [{'most': 8.0}]
    """
    with opened(path) as database:
        result = database.ask(sql)
    return [dict(zip(result.names, row, strict=True)) for row in result.rows]
