# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Numbers of one column of a table."""

from typing import Any

from ._numbers import numbers_of


def numeric_column(rows: list[dict[str, Any]], column: str) -> list[float]:
    """Numbers of one column of a table, such as prices, amounts, ages, salaries or temperatures.

    Empty cells are left out; 'n/a', 'null', '-' and NaN count as empty. Texts such as '$1,234.50',
    '45%' (45) and '(12)' (-12) are read as numbers.

    Args:
        rows: The rows of the table.
        column: The name of the column of numbers.

    Returns:
        The numbers in the order of the rows; whole numbers stay int.

    Raises:
        KeyError: The table has no such column.
        ValueError: A cell of the column is not a number.

    Examples:
        >>> numeric_column([{"price": 2.5}, {"price": None}, {"price": "$1,200"}], "price")
        [2.5, 1200]
    """
    return [number for number in numbers_of(rows, column) if number is not None]
