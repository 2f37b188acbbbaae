# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Value at one place in JSON data."""

from typing import Any

from .json_values import json_values


def json_value(data: Any, key: str) -> Any:
    """Value of a key (field, place) in JSON data.

    Args:
        data: The JSON data: dicts, lists, texts, numbers.
        key: The path to the value, such as 'owner.name' or 'items[0].price'.

    Returns:
        The value there; a list of values where the path has the wildcard '*'.

    Raises:
        KeyError: No value is there.
        ValueError: The path cannot be read.

    Examples:
        >>> json_value({"owner": {"name": "Ann"}}, "owner.name")
        'Ann'
        >>> json_value({"owner": {"name": "Ann"}}, "owner.age")
        Traceback (most recent call last):
        ...
        KeyError: "no 'age' in 'owner.age': there is a dict with 'name'"
    """
    values = json_values(data, key)
    return values if "*" in key else values[0]
