# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Number of items of a list, or of rows of a table."""

from typing import Any


def count_items(items: list[Any]) -> int:
    """Number of items of a list, or rows (records, entries) of a table: how many there are.

    Args:
        items: The items, such as lines, matches, rows, or the values of a column.

    Returns:
        The count, repeats included; the header of a table is not a row.

    Examples:
        >>> count_items(["tea", "cup", "tea"])
        3
    """
    return len(items)
