# /// script
# requires-python = ">=3.11"
# dependencies = ["openpyxl>=3.1", "xlrd>=2"]
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""Names of the sheets of a workbook."""

from pathlib import Path

from ._workbook import NoWorkbookError, sheets_of


def list_sheets(path: str) -> list[str]:
    """Names of the sheets of an Excel workbook (.xlsx, .xlsm, .xls).

    Args:
        path: The workbook.

    Returns:
        The names in their order.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is not a workbook, a broken one or encrypted.
        ImportError: openpyxl (xlrd for .xls) is not installed.

    Examples:
        >>> import tempfile
        >>> from openpyxl import Workbook
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     book = Workbook()
        ...     book.active.title = "Prices"
        ...     book.save(f"{folder}/shop.xlsx")
        ...     list_sheets(f"{folder}/shop.xlsx")
        ['Prices']
    """
    try:
        with sheets_of(Path(path).read_bytes()) as sheets:
            return [title for title, _ in sheets]
    except NoWorkbookError as error:
        raise ValueError(f"{path} {error}") from error
