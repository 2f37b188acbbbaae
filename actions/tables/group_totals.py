# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Total of a column for each group of rows."""

import math
from typing import Any

from ._numbers import numbers_of
from .column_values import column_values


def group_totals(rows: list[dict[str, Any]], column: str, by: str) -> dict[Any, float]:
    """Total (sum) of a column for each group of rows of a table, such as sales by region.

    Args:
        rows: The rows of the table.
        column: The column of numbers to add up; empty cells count as nothing.
        by: The column to group by (per, for each): each of its values makes one group.

    Returns:
        From the group's value to its total, in order of first appearance.

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
        >>> group_totals(sales, "price", by="region")
        {'North': 7, 'South': 8}
    """
    groups: dict[Any, list[float]] = {}
    numbers = numbers_of(rows, column)
    for key, number in zip(column_values(rows, by), numbers, strict=True):
        groups.setdefault(key, []).extend([] if number is None else [number])
    return {key: _total(members) for key, members in groups.items()}


def _total(numbers: list[float]) -> float:
    """Exact for whole numbers, correctly rounded for others."""
    whole = all(isinstance(number, int) for number in numbers)
    return sum(numbers) if whole else math.fsum(numbers)
