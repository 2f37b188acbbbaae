# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Items of a list without repeats."""

from typing import Any


def unique(items: list[Any]) -> list[Any]:
    """Unique (distinct, different) items of a list, without duplicates.

    Args:
        items: The items; None is an item too.

    Returns:
        Each item once, in order of first appearance.

    Examples:
        >>> unique(["tea", "cup", "tea"])
        ['tea', 'cup']
    """
    try:
        return list(dict.fromkeys(items))
    except TypeError:  # lists and dicts cannot be hashed
        return [item for index, item in enumerate(items) if item not in items[:index]]
