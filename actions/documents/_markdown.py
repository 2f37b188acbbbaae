"""Any file as a document: which reader reads which kind, and what is said of what none reads."""

import os
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path

from ._containers import (
    archive_document,
    database_document,
    letter_document,
    mailbox_document,
    whole_text,
    workbook_document,
)
from ._document import Document, Part
from ._kinds import kind_of
from ._media import audio_document, image_document
from ._office import docx_document, epub_document, feed_document, html_document, pptx_document
from ._old_slides import ppt_document
from ._old_word import doc_document
from ._opendocument import odf_document
from ._pdf import pdf_document
from ._plain import (
    csv_document,
    json_document,
    notebook_document,
    text_document,
    utf16_without_mark,
    xml_document,
)
from ._rich import rtf_document

MOST_BYTES = 512 * 1024 * 1024
"""Bytes of a file that is read."""

_Reader = Callable[[bytes, str], Document]
_READERS: dict[str, _Reader] = {
    "audio": audio_document,
    "csv": csv_document,
    "database": database_document,
    "doc": doc_document,
    "docx": docx_document,
    "eml": letter_document,
    "epub": epub_document,
    "feed": feed_document,
    "html": html_document,
    "image": image_document,
    "ipynb": notebook_document,
    "json": json_document,
    "mbox": mailbox_document,
    "msg": letter_document,
    "odf": odf_document,
    "pdf": pdf_document,
    "ppt": ppt_document,
    "pptx": pptx_document,
    "rtf": rtf_document,
    "text": text_document,
    "xls": workbook_document,
    "xlsx": workbook_document,
    "xml": xml_document,
}
_UNREAD = {
    "binary": "is neither text nor of a kind that is known",
    "locked office": "is encrypted: it needs a password",
    "old office": "is an old Office file of a kind that is not known",
    "program": "is a program, not a document",
    "video": "is a film, which is not read",
    "xlsb": "is a binary Excel workbook; save it as .xlsx",
}
_FALLBACK = ("csv", "feed", "json", "xml", "html", "eml", "mbox")
_DEEPEST = 3


def document_of(data: bytes, name: str, depth: int = 0) -> Document:
    """A file's content as a document.

    Args:
        data: The content.
        name: The file's name, or the last part of its address; the bytes count for more.
        depth: How many archives it lies in.

    Raises:
        ValueError: It cannot be read; the message goes on after the file's name: 'is encrypted'.
        ImportError: The package that reads it is not installed.
    """
    if not data.strip(b"\0 \t\r\n"):
        return Document("empty file", (Part("", ""),), "the file is empty")
    kind = kind_of(data, name)
    if kind == "binary":
        data = utf16_without_mark(data)
        kind = kind_of(data, name)
    if kind in _UNREAD:
        raise ValueError(_UNREAD[kind])
    if kind in ("zip", "archive"):
        if depth >= _DEEPEST:
            raise ValueError("is an archive in an archive in an archive, which is not opened")
        return archive_document(data, name, partial(document_of, depth=depth + 1))
    try:
        return _READERS[kind](data, name)
    except ValueError:
        if kind not in _FALLBACK:
            raise
        return text_document(data, name)


def markdown_of(data: bytes, name: str) -> str:
    """A file's content as one Markdown text.

    Args:
        data: The content.
        name: The file's name, or the last part of its address; the bytes count for more.

    Raises:
        ValueError: It cannot be read: broken, encrypted, or of no kind that is known.
        ImportError: The package that reads it is not installed.
    """
    try:
        return whole_text(document_of(data, name))
    except ValueError as error:
        raise ValueError(f"{name} {error}") from error


def open_document(path: str) -> Document:
    """A file as a document; what was read last is kept until the file changes.

    Raises:
        FileNotFoundError: There is no such file.
        IsADirectoryError: It is a folder.
        ValueError: It cannot be read.
        ImportError: The package that reads it is not installed.
    """
    if Path(path).is_dir():
        raise IsADirectoryError(f"{path} is a folder; list_files tells what lies in it")
    status = Path(path).stat()
    if status.st_size > MOST_BYTES:
        size = f"{status.st_size // 2**20:,} MiB"
        raise ValueError(f"{path} is too large to be read at once: {size}")
    return _opened(os.path.realpath(path), path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=8)
def _opened(place: str, path: str, changed: int, size: int) -> Document:  # noqa: ARG001
    """What lies at a place, as long as time and size stay what they are."""
    data = Path(place).read_bytes()
    try:
        return document_of(data, Path(path).name)
    except ValueError as error:
        raise ValueError(f"{path} {error}") from error
