# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Rows of a table in the order of a column."""

from typing import Any

from .column_values import column_values
from .to_number import to_number


def sort_rows(
    rows: list[dict[str, Any]], column: str, descending: bool = False
) -> list[dict[str, Any]]:
    """Rows of a table sorted (ordered) by a column.

    Numbers come in order of size and before texts, texts in alphabetical order whatever their
    case; rows where the column is empty come last. Rows that are equal keep their order.

    Args:
        rows: The rows of the table.
        column: The column to sort by.
        descending: Whether the largest comes first.

    Returns:
        The rows in a new list.

    Raises:
        KeyError: The table has no such column.

    Examples:
        >>> sort_rows([{"price": 12}, {"price": None}, {"price": 9.5}], "price")
        [{'price': 9.5}, {'price': 12}, {'price': None}]
        >>> sort_rows([{"price": 9.5}, {"price": None}, {"price": 12}], "price", descending=True)
        [{'price': 12}, {'price': 9.5}, {'price': None}]
    """
    keys = [_key(cell) for cell in column_values(rows, column)]
    filled = [index for index, key in enumerate(keys) if key is not None]
    empty = [index for index, key in enumerate(keys) if key is None]
    filled.sort(key=lambda index: keys[index], reverse=descending)
    return [rows[index] for index in filled + empty]


def _key(cell: Any) -> Any:
    """What sorts the cell among others of any type; None where it is empty."""
    try:
        number = to_number(cell)
    except ValueError:
        return (1, 0, str(cell).casefold())
    return None if number is None else (0, number, "")
