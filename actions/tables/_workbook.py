"""Sheets of Excel workbooks as plain rows: shared by the actions on them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from io import BytesIO, StringIO
from typing import Any

Sheet = tuple[str, Callable[[], Iterator[list[Any]]]]
"""The name of a sheet, and what gives its rows."""


class NoWorkbookError(ValueError):
    """It is no workbook; the message goes on after the file's name: 'is encrypted'."""


@contextmanager
def sheets_of(data: bytes) -> Iterator[list[Sheet]]:
    """The sheets of a workbook, .xlsx or .xls, as long as it is open.

    Raises:
        NoWorkbookError: It is no workbook, broken or encrypted.
        ImportError: The package that reads it is not installed.
    """
    if data.startswith(b"PK"):
        with _new_format(data) as sheets:
            yield sheets
    else:
        yield _old_format(data)


@contextmanager
def _new_format(data: bytes) -> Iterator[list[Sheet]]:
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise ImportError("Excel files need openpyxl: pip install 'dynasaur[excel]'") from error
    try:
        book = load_workbook(BytesIO(data), read_only=True, data_only=True)
    except Exception as error:  # of openpyxl, of lxml, of zipfile, ...
        raise NoWorkbookError("is not an Excel workbook, or a broken one") from error
    try:
        yield [(sheet.title, _rows_of(sheet)) for sheet in book.worksheets]
    finally:
        book.close()


def _rows_of(sheet: Any) -> Callable[[], Iterator[list[Any]]]:
    def rows() -> Iterator[list[Any]]:
        try:
            sheet.reset_dimensions()
            for row in sheet.iter_rows(values_only=True):
                yield [tidy(cell) for cell in row]
        except Exception as error:
            raise NoWorkbookError(f"has a broken sheet: {sheet.title}") from error

    return rows


def _old_format(data: bytes) -> list[Sheet]:
    try:
        import xlrd
    except ImportError as error:
        raise ImportError("old Excel files need xlrd: pip install 'dynasaur[tools]'") from error
    try:
        book = xlrd.open_workbook(file_contents=data, logfile=StringIO(), on_demand=True)
        return [(sheet.name, _old_rows(book, sheet)) for sheet in book.sheets()]
    except Exception as error:
        said = str(error)
        why = "is encrypted" if "encrypted" in said else "is not an Excel workbook, or a broken one"
        raise NoWorkbookError(why) from error


def _old_rows(book: Any, sheet: Any) -> Callable[[], Iterator[list[Any]]]:
    def rows() -> Iterator[list[Any]]:
        for number in range(sheet.nrows):
            yield [_old_cell(book, cell) for cell in sheet.row(number)]

    return rows


def _old_cell(book: Any, cell: Any) -> Any:
    """The value of a cell; its kind is a number of xlrd's."""
    from xlrd import error_text_from_code, xldate

    if cell.ctype == 3:
        try:
            return tidy(xldate.xldate_as_datetime(cell.value, book.datemode))
        except (xldate.XLDateError, OverflowError, ValueError):
            return cell.value
    if cell.ctype == 4:
        return bool(cell.value)
    if cell.ctype == 5:
        return error_text_from_code.get(cell.value, "#ERROR")
    if cell.ctype == 2 and float(cell.value).is_integer() and abs(cell.value) < 1e15:
        return int(cell.value)
    return tidy(cell.value)


def tidy(cell: Any) -> Any:
    """A cell: text without space around it, None where it is empty, dates as ISO text."""
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, datetime) and cell.time() == time():
        cell = cell.date()
    return cell.isoformat() if isinstance(cell, date | time) else cell
