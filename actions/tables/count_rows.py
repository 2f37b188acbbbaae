# /// script
# requires-python = ">=3.11"
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Number of rows of a table."""

from typing import Any


def count_rows(rows: list[dict[str, Any]]) -> int:
    """Number of rows (records, entries) of a table: how many there are.

    Args:
        rows: The rows of the table.

    Returns:
        The count; the header is not a row.

    Examples:
        >>> count_rows([{"product": "tea"}, {"product": "cup"}])
        2
    """
    return len(rows)
