"""Numbers of a column beside its rows: shared by the actions on tables."""

from typing import Any

from .column_values import column_values
from .to_number import to_number


def numbers_of(rows: list[dict[str, Any]], column: str) -> list[float | None]:
    """The column's number for each row, None where the cell is empty.

    Raises:
        KeyError: The table has no such column.
        ValueError: A cell of the column is not a number.
    """
    numbers = []
    for place, cell in enumerate(column_values(rows, column), start=1):
        try:
            numbers.append(to_number(cell))
        except ValueError as error:
            raise ValueError(f"column {column!r}, row {place}: {error}") from error
    return numbers
