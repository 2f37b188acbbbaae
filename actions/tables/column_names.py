# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Names of the columns of a table."""

from typing import Any


def column_names(rows: list[dict[str, Any]]) -> list[str]:
    """Names of the columns (headers, fields) of a table.

    Args:
        rows: The rows of the table.

    Returns:
        The names in the order in which they first appear.

    Examples:
        >>> column_names([{"product": "tea", "price": 2.5}, {"product": "cup", "size": "L"}])
        ['product', 'price', 'size']
    """
    return list(dict.fromkeys(name for row in rows for name in row))
