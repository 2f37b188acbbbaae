# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Rows of a table whose date lies in a period."""

from typing import Any

from ..dates.parse_date import parse_date
from .column_values import column_values


def rows_between_dates(
    rows: list[dict[str, Any]], column: str, start: str, end: str
) -> list[dict[str, Any]]:
    """Rows of a table where a date column lies between two dates (from, since, until, in a period).

    Args:
        rows: The rows of the table.
        column: The column of dates; rows where it is empty are left out.
        start: The first date of the period.
        end: The last date of the period; it belongs to the period.

    Returns:
        The rows in the period, in their order.

    Raises:
        KeyError: The table has no such column.
        ValueError: A cell, the start or the end is not a date.

    Examples:
        >>> sales = [{"date": "2024-01-31", "price": 3}, {"date": "2024-02-01", "price": 4}]
        >>> rows_between_dates(sales, "date", "2024-02-01", "2024-02-29")
        [{'date': '2024-02-01', 'price': 4}]
    """
    first, last = parse_date(start), parse_date(end)
    cells = column_values(rows, column)
    return [
        row
        for row, cell in zip(rows, cells, strict=True)
        if cell is not None and first <= parse_date(str(cell)) <= last
    ]
