# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Number of rows in each group of a table."""

from typing import Any

from .column_values import column_values


def group_counts(rows: list[dict[str, Any]], by: str) -> dict[Any, float]:
    """Number of rows of a table in each group: how many events per user, people by department.

    Args:
        rows: The rows of the table.
        by: The column to group by (per, for each): each of its values makes one group.

    Returns:
        From the group's value to its count, in order of first appearance.

    Raises:
        KeyError: The table has no such column.
        TypeError: The cells to group by are lists or dicts.

    Examples:
        >>> group_counts([{"region": "North"}, {"region": "South"}, {"region": "North"}], "region")
        {'North': 2, 'South': 1}
    """
    counts: dict[Any, float] = {}
    for key in column_values(rows, by):
        counts[key] = counts.get(key, 0) + 1
    return counts
