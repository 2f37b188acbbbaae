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
"""Table of contents of a document."""

from typing import Any

from ._markdown import open_document
from ._pages import page_of, pages_of


def document_outline(path: str) -> list[dict[str, Any]]:
    r"""Table of contents (outline, headings, slide titles, sheets) of a document of any kind.

    Args:
        path: The file, of any kind that read_document reads.

    Returns:
        One dict per heading in its order: 'page' (of read_document, from 1), 'level' (1 for the
        highest) and 'title'. Where a PDF has no bookmarks, each of its pages is an entry.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is broken, encrypted or of no kind that is known.
        ImportError: A package that reads this kind is not installed.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "notes.md")
        ...     _ = file.write_text("# Tea\n\nHot.\n\n## Green\n")
        ...     [(one["level"], one["title"]) for one in document_outline(str(file))]
        [(1, 'Tea'), (2, 'Green')]
    """
    document = open_document(path)
    pages = pages_of(document)
    return [
        {
            "page": page_of(pages, one.part, one.offset),
            "level": one.level,
            "title": one.title,
        }
        for one in document.headings()
    ]
