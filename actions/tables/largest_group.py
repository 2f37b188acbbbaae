# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""The group with the largest number."""

from typing import Any


def largest_group(groups: dict[Any, float]) -> Any:
    """The group with the largest (highest, most, best) total, mean or count: which one it is.

    Such as the region that sold the most, or the user with the most events.

    Args:
        groups: From each group's value to its number, as group_totals gives it.

    Returns:
        The value of the group; the first one where several are equal.

    Raises:
        ValueError: There are no groups.

    Examples:
        >>> largest_group({"North": 7, "South": 8})
        'South'
    """
    if not groups:
        raise ValueError("there are no groups to choose from")
    return max(groups, key=groups.__getitem__)
