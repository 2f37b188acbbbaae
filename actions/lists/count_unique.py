# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Number of different items of a list."""

from typing import Any

from .unique import unique


def count_unique(items: list[Any]) -> int:
    """Number of unique (distinct, different) items of a list: how many without duplicates.

    Args:
        items: The items, such as the values of a column; None is not counted.

    Returns:
        The count.

    Examples:
        >>> count_unique(["tea", "cup", "tea", None])
        2
    """
    return len(unique([item for item in items if item is not None]))
