# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "charset-normalizer>=3", "duckdb>=1.2", "libarchive-c>=5", "lxml>=5", "mammoth>=1.10",
#   "markitdown>=0.1.2", "olefile>=0.47", "openpyxl>=3.1", "pdfplumber>=0.11", "pillow>=10",
#   "pypdfium2>=4", "python-pptx>=1", "striprtf>=0.0.26", "tinytag>=2", "xlrd>=2",
# ]
#
# [tool.dynasaur]
# origin = "initial"
# ///
"""One page of a document as Markdown."""

from ._document import Document
from ._markdown import open_document
from ._pages import Piece, page_of, page_text, pages_of

_MOST_ENTRIES = 40
_MOST_CHARACTERS = 2_000


def read_document(path: str, page: int = 1) -> str:
    r"""Read any document (PDF, Word, Excel, PowerPoint, HTML, e-book, ...) as Markdown, in pages.

    Read are PDF, DOCX, DOC, PPTX, PPT, XLSX, XLS, ODT, ODS, ODP, RTF, HTML, EPUB, CSV, JSON, XML,
    feeds, notebooks, e-mail (EML, MSG, MBOX), archives (ZIP, tar, gz, 7z, RAR: each file in them),
    SQLite, DuckDB, Parquet, plain text and source code in any encoding; of pictures and sound what
    the file says of itself (EXIF, size, length, tags). The kind is told by the content, not by the
    suffix. A long document comes in pages of about 6,000 characters, the first with a table of
    contents.

    Args:
        path: The file.
        page: Which page, from 1.

    Returns:
        The page. Where there are several, a line above it says how many, and comments in it tell
        which pages or slides of the file it holds.

    Raises:
        FileNotFoundError: There is no such file.
        IsADirectoryError: The path is a folder.
        ValueError: The file is broken, encrypted or of no kind that is known, or has no such page.
        ImportError: A package that reads this kind is not installed.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "prices.csv")
        ...     _ = file.write_text("product;price\ntea;2.5\n")
        ...     print(read_document(str(file)))
        | product | price |
        | --- | --- |
        | tea | 2.5 |
    """
    document = open_document(path)
    pages = pages_of(document)
    if not 1 <= page <= len(pages):
        raise ValueError(f"{path} has no page {page}; it has pages 1 to {len(pages)}")
    text = page_text(document, pages[page - 1])
    lines = []
    if len(pages) > 1:
        lines.append(f"[{path}: {document.kind}, page {page} of {len(pages)}]")
    if document.note and page == 1:
        lines.append(f"[{document.note}]")
    if len(pages) > 1 and page == 1:
        lines += _contents(document, pages)
    return "\n".join([*lines, "", text]) if lines else text


def _contents(document: Document, pages: list[list[Piece]]) -> list[str]:
    """The table of contents, no longer than a reader takes in."""
    headings = document.headings()
    for most in (6, 3, 2, 1):
        shown = [heading for heading in headings if heading.level <= most]
        if len(shown) <= _MOST_ENTRIES:
            break
    if not shown:
        return []
    lines: list[str] = []
    for one in shown[:_MOST_ENTRIES]:
        page = page_of(pages, one.part, one.offset)
        lines.append(f"{'  ' * (one.level - 1)}- {one.title[:80]} (page {page})")
        if sum(map(len, lines)) > _MOST_CHARACTERS:
            break
    more = len(headings) - len(lines)
    return ["Contents:", *lines, *([f"... and {more} more: see document_outline"] if more else [])]
