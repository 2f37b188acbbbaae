# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Values of one column of a table."""

from typing import Any

from .column_names import column_names


def column_values(rows: list[dict[str, Any]], column: str) -> list[Any]:
    """Values (cells) of one column of a table, such as names, users, products or regions.

    Args:
        rows: The rows of the table.
        column: The column's name. Where no column has exactly this name, the one that differs
            only in case, spaces, hyphens or underscores is taken.

    Returns:
        One cell for each row, in their order; None where a cell is empty.

    Raises:
        KeyError: The table has no such column.

    Examples:
        >>> column_values([{"product": "tea"}, {"product": "cup"}], "product")
        ['tea', 'cup']
        >>> column_values([{"Unit Price": 2.5}, {"Unit Price": None}], "unit_price")
        [2.5, None]
    """
    if not rows:
        return []
    names = column_names(rows)
    alike = [name for name in names if _folded(name) == _folded(column)]
    if column not in names and len(alike) != 1:
        raise KeyError(f"no column {column!r}; the columns are {', '.join(map(repr, names))}")
    name = column if column in names else alike[0]
    return [row.get(name) for row in rows]


def _folded(name: str) -> str:
    return "".join(name.casefold().replace("_", " ").replace("-", " ").split())
