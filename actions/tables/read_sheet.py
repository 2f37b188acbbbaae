# /// script
# requires-python = ">=3.11"
# dependencies = ["openpyxl>=3.1", "xlrd>=2"]
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Rows of one sheet of a workbook."""

from pathlib import Path
from typing import Any

from ._records import records
from ._workbook import NoWorkbookError, sheets_of


def read_sheet(path: str, sheet: str) -> list[dict[str, Any]]:
    """Rows of one sheet of an Excel workbook (.xlsx, .xlsm, .xls), found by its name.

    The first row names the columns; dates become ISO text, formulas what they came to when the
    file was saved, empty cells None. Blank rows are skipped.

    Args:
        path: The workbook.
        sheet: The name of the sheet; upper and lower case are equal.

    Returns:
        One dict per row, from column name to cell.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is not a workbook, a broken one or encrypted, or the sheet is not there or
            empty.
        ImportError: openpyxl (xlrd for .xls) is not installed.

    Examples:
        >>> import tempfile
        >>> from openpyxl import Workbook
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     book = Workbook()
        ...     prices = book.create_sheet("Prices")
        ...     for row in (["product", "price"], ["tea", 2.5]):
        ...         prices.append(row)
        ...     book.save(f"{folder}/shop.xlsx")
        ...     read_sheet(f"{folder}/shop.xlsx", "prices")
        [{'product': 'tea', 'price': 2.5}]
    """
    wanted = sheet.strip().casefold()
    try:
        with sheets_of(Path(path).read_bytes()) as sheets:
            for title, rows in sheets:
                if title.strip().casefold() == wanted:
                    return records(enumerate(rows(), start=1), None, f"{path}, sheet {title}")
            names = ", ".join(repr(title) for title, _ in sheets)
    except NoWorkbookError as error:
        raise ValueError(f"{path} {error}") from error
    raise ValueError(f"{path} has no sheet {sheet!r}; it has {names}")
