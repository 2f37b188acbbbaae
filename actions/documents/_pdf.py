"""PDF files: each page by itself, quickly as text, and with tables laid out on request."""

import warnings
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from typing import Any

from ._document import Document, Heading, Part

_MOST_PAGES = 5_000
_MOST_ENTRIES = 1_000


def pdf_document(data: bytes, _name: str) -> Document:
    """A PDF file: one part for each page.

    Raises:
        ValueError: It is encrypted or broken.
    """
    try:
        import pypdfium2
    except ImportError as error:
        raise ImportError("PDF files need pypdfium2: pip install 'dynasaur[tools]'") from error
    try:
        file = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower() or "security" in str(error).lower()
        why = "is encrypted: it needs a password" if locked else f"is a broken PDF: {error}"
        raise ValueError(why) from error
    count = min(len(file), _MOST_PAGES)
    texts = [_quick(file, number) for number in range(count)]
    notes = []
    if len(file) > count:
        notes.append(f"only the first {count:,} of {len(file):,} pages are read")
    if empty := sum(not text for text in texts):
        which = "its pages hold" if empty == count else f"{empty} of its {count} pages hold"
        notes.append(f"{which} no text: they are pictures or empty; text in them needs OCR")

    @lru_cache(maxsize=512)
    def rich(number: int) -> str:
        return (_laid_out(file, number) if texts[number] else "") or texts[number]

    parts = tuple(Part(f"page {number}", text) for number, text in enumerate(texts, start=1))
    return Document("PDF", parts, "; ".join(notes), tuple(_contents(file, count)), rich)


def _quick(file: Any, number: int) -> str:
    """The text of one page in the order in which it is drawn; empty where it is broken."""
    from pypdfium2 import PdfiumError

    try:
        page = file[number]
        text = page.get_textpage().get_text_range()
    except PdfiumError:
        return ""
    return str(text).replace("\r\n", "\n").replace("\ufffe", "-").replace("\0", "").strip()


def _laid_out(file: Any, number: int) -> str:
    """One page as Markdown; empty where the converter fails on it."""
    try:
        import pypdfium2
        from markitdown import StreamInfo
        from markitdown.converters import PdfConverter

        one, stream = pypdfium2.PdfDocument.new(), BytesIO()
        one.import_pages(file, [number])
        one.save(stream)
        stream.seek(0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            text = PdfConverter().convert(stream, StreamInfo(extension=".pdf")).markdown
    except Exception:  # noqa: BLE001 - missing, or failing: the quick text is there
        return ""
    return str(text).replace("\f", "").strip()


def _contents(file: Any, pages: int) -> Iterator[Heading]:
    """The bookmarks that lead to a page."""
    from pypdfium2 import PdfiumError

    try:
        for number, entry in enumerate(file.get_toc()):
            if number >= _MOST_ENTRIES:
                return
            target = entry.get_dest()
            page = target.get_index() if target is not None else None
            if page is not None and page < pages and entry.get_title().strip():
                yield Heading(entry.level + 1, " ".join(entry.get_title().split()), page)
    except PdfiumError:
        return
