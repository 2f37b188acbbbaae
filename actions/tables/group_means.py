# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Mean of a column for each group of rows."""

from statistics import fmean
from typing import Any

from ._numbers import numbers_of
from .column_values import column_values


def group_means(rows: list[dict[str, Any]], column: str, by: str) -> dict[Any, float]:
    """Mean (average) of a column for each group of rows of a table, such as price by region.

    Args:
        rows: The rows of the table.
        column: The column of numbers to average; empty cells are left out.
        by: The column to group by (per, for each): each of its values makes one group.

    Returns:
        From the group's value to its mean, in order of first appearance; groups without any
        number are left out.

    Raises:
        KeyError: The table has no such column.
        ValueError: A cell of the column is not a number.
        TypeError: The cells to group by are lists or dicts.

    Examples:
        >>> sales = [
        ...     {"region": "North", "price": 3},
        ...     {"region": "South", "price": 8},
        ...     {"region": "North", "price": 4},
        ... ]
        >>> group_means(sales, "price", by="region")
        {'North': 3.5, 'South': 8.0}
    """
    groups: dict[Any, list[float]] = {}
    numbers = numbers_of(rows, column)
    for key, number in zip(column_values(rows, by), numbers, strict=True):
        if number is not None:
            groups.setdefault(key, []).append(number)
    return {key: fmean(members) for key, members in groups.items()}
