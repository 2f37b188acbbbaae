# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Number of items of a list."""

from typing import Any


def count_items(items: list[Any]) -> int:
    """Number of items of a list: how many there are.

    Args:
        items: The items, such as lines, matches or the values of a column.

    Returns:
        The count, repeats included.

    Examples:
        >>> count_items(["tea", "cup", "tea"])
        3
    """
    return len(items)
