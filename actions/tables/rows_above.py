# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Rows of a table where a number is above a limit."""

from typing import Any

from ._numbers import numbers_of


def rows_above(rows: list[dict[str, Any]], column: str, value: float) -> list[dict[str, Any]]:
    """Rows of a table where a column is above (greater, more, higher than, over) a number.

    Args:
        rows: The rows of the table.
        column: The column of numbers to compare; rows where it is empty are left out.
        value: The limit; it does not itself count as above.

    Returns:
        The rows above the limit, in their order.

    Raises:
        KeyError: The table has no such column.
        ValueError: A cell of the column is not a number.

    Examples:
        >>> rows_above([{"price": 10}, {"price": 12}, {"price": None}], "price", 10)
        [{'price': 12}]
    """
    numbers = numbers_of(rows, column)
    return [
        row
        for row, number in zip(rows, numbers, strict=True)
        if number is not None and number > value
    ]
