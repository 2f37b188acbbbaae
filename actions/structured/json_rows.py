# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Rows of the records in JSON data."""

from typing import Any

from .json_values import json_values


def json_rows(data: Any, key: str) -> list[dict[str, Any]]:
    """Rows (a table) of the records that lie in a list at a key of JSON data.

    Args:
        data: The JSON data: dicts, lists, texts, numbers.
        key: The path to the list of records, such as 'store.items' or 'stores[*].items'; ''
            where the data itself is the list.

    Returns:
        One dict per record, in their order.

    Raises:
        KeyError: No value is there.
        ValueError: What is there is not records.

    Examples:
        >>> json_rows({"items": [{"name": "tea"}, {"name": "cup"}]}, "items")
        [{'name': 'tea'}, {'name': 'cup'}]
    """
    rows = []
    for value in json_values(data, key):
        rows += value if isinstance(value, list) else [value]
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError(f"the values at {key!r} are not records (JSON objects)")
    return rows
