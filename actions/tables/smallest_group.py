# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""The group with the smallest number."""

from typing import Any


def smallest_group(groups: dict[Any, float]) -> Any:
    """The group with the smallest (lowest, least, worst) total, mean or count: which one it is.

    Such as the region that sold the least, or the user with the fewest events.

    Args:
        groups: From each group's value to its number, as group_totals gives it.

    Returns:
        The value of the group; the first one where several are equal.

    Raises:
        ValueError: There are no groups.

    Examples:
        >>> smallest_group({"North": 7, "South": 8})
        'North'
    """
    if not groups:
        raise ValueError("there are no groups to choose from")
    return min(groups, key=groups.__getitem__)
