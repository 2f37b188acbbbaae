# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Items of one list that another lacks."""

from typing import Any

from .unique import unique


def missing_items(items: list[Any], others: list[Any]) -> list[Any]:
    """Items of one list that are missing from (not in, absent in) another (difference).

    Args:
        items: The list whose items are looked for.
        others: The list that may lack some of them.

    Returns:
        Each item of the first list that the second lacks, once, in the first list's order.

    Examples:
        >>> missing_items(["tea", "cup", "pot"], ["pot", "tea"])
        ['cup']
    """
    try:
        present: Any = set(others)
    except TypeError:  # lists and dicts cannot be hashed
        present = others
    return [item for item in unique(items) if item not in present]
