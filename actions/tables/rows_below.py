# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Rows of a table where a number is below a limit."""

from typing import Any

from ._numbers import numbers_of


def rows_below(rows: list[dict[str, Any]], column: str, value: float) -> list[dict[str, Any]]:
    """Rows of a table where a column is below (less, fewer, lower than, under) a number.

    Args:
        rows: The rows of the table.
        column: The column of numbers to compare; rows where it is empty are left out.
        value: The limit; it does not itself count as below.

    Returns:
        The rows below the limit, in their order.

    Raises:
        KeyError: The table has no such column.
        ValueError: A cell of the column is not a number.

    Examples:
        >>> rows_below([{"price": 10}, {"price": 8}, {"price": None}], "price", 10)
        [{'price': 8}]
    """
    numbers = numbers_of(rows, column)
    return [
        row
        for row, number in zip(rows, numbers, strict=True)
        if number is not None and number < value
    ]
