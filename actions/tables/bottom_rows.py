# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Rows of a table with the smallest values of a column."""

from typing import Any

from .sort_rows import sort_rows


def bottom_rows(rows: list[dict[str, Any]], column: str, n: int = 1) -> list[dict[str, Any]]:
    """Rows of a table with the smallest (lowest, least, bottom, minimum) values of a column.

    Args:
        rows: The rows of the table.
        column: The column to rank by.
        n: How many rows.

    Returns:
        At most n rows, the smallest first; the earlier row first where they are equal.

    Raises:
        KeyError: The table has no such column.
        ValueError: n is negative.

    Examples:
        >>> sales = [{"product": "tea", "price": 3}, {"product": "cup", "price": 8}]
        >>> bottom_rows(sales, "price")
        [{'product': 'tea', 'price': 3}]
    """
    if n < 0:
        raise ValueError(f"n is {n}, but must not be negative")
    return sort_rows(rows, column)[:n]
