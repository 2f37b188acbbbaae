# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Rows of a table where a column equals a value."""

import re
from typing import Any

from .column_values import column_values
from .to_number import to_number


def filter_rows(rows: list[dict[str, Any]], column: str, value: Any) -> list[dict[str, Any]]:
    """Rows of a table where a column equals (is, matches) a value, such as the sales in one region.

    Texts are equal whatever their case and surrounding space. Numbers are equal however they
    are written: 10, '10' and '10.0' are the same; but '007' is a text and not 7.

    Args:
        rows: The rows of the table.
        column: The column to compare.
        value: The value that the column must have; None or '' finds the empty cells.

    Returns:
        The rows that match, in their order; none of them is an empty list.

    Raises:
        KeyError: The table has no such column.

    Examples:
        >>> sales = [{"region": "North", "price": 10}, {"region": "South", "price": 12}]
        >>> filter_rows(sales, "region", "north")
        [{'region': 'North', 'price': 10}]
        >>> filter_rows(sales, "price", "12.0")
        [{'region': 'South', 'price': 12}]
    """
    wanted = _comparable(value)
    cells = column_values(rows, column)
    return [row for row, cell in zip(rows, cells, strict=True) if _comparable(cell) == wanted]


def _comparable(value: Any) -> Any:
    """Numbers as numbers, texts without case; True and 1 differ."""
    if isinstance(value, bool):
        return ("bool", value)
    if not isinstance(value, str):
        return value
    text = value.strip().casefold()
    if text in ("true", "false"):
        return ("bool", text == "true")
    try:
        number = None if re.match(r"0\d", text) else to_number(text)
    except ValueError:
        return text
    return (text or None) if number is None else number
