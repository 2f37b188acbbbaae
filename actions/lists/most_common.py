# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Most common items of a list."""

from collections import Counter
from typing import Any

from .unique import unique


def most_common(items: list[Any], n: int = 1) -> list[tuple[Any, int]]:
    """Most common (frequent) items of a list, such as words, with how often they occur.

    Args:
        items: The items; None is not counted.
        n: How many different items.

    Returns:
        At most n pairs of item and count, the most common first; the one that appears first
        where counts are equal.

    Raises:
        ValueError: n is negative.

    Examples:
        >>> most_common(["tea", "cup", "tea"], 2)
        [('tea', 2), ('cup', 1)]
    """
    if n < 0:
        raise ValueError(f"n is {n}, but must not be negative")
    present = [item for item in items if item is not None]
    try:
        return Counter(present).most_common(n)
    except TypeError:  # lists and dicts cannot be hashed
        counts = [(item, present.count(item)) for item in unique(present)]
        return sorted(counts, key=lambda pair: -pair[1])[:n]
