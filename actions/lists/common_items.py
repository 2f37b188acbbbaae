# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Items that two lists share."""

from typing import Any

from .unique import unique


def common_items(items: list[Any], others: list[Any]) -> list[Any]:
    """Items that two lists have in common (intersection, in both, shared).

    Args:
        items: The first list.
        others: The second list.

    Returns:
        Each item of the first list that the second has too, once, in the first list's order.

    Examples:
        >>> common_items(["tea", "cup", "pot"], ["pot", "tea"])
        ['tea', 'pot']
    """
    try:
        present: Any = set(others)
    except TypeError:  # lists and dicts cannot be hashed
        present = others
    return [item for item in unique(items) if item in present]
