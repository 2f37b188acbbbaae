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
"""Whole text of a document."""

from ._containers import whole_text
from ._markdown import open_document

_RICH_PAGES = 60


def document_text(path: str) -> str:
    r"""Whole text of a document of any kind (PDF, Word, ...) as Markdown, for code to work on.

    To be read by eye, read_document gives it in pages. In a PDF of more than 60 pages tables are
    not laid out.

    Args:
        path: The file, of any kind that read_document reads.

    Returns:
        The text.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is broken, encrypted or of no kind that is known, or a PDF whose pages
            are pictures.
        ImportError: A package that reads this kind is not installed.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "page.xml")
        ...     _ = file.write_text("<tea>hot</tea>")
        ...     document_text(str(file))
        '<tea>hot</tea>'
    """
    document = open_document(path)
    if document.rich and len(document.parts) > _RICH_PAGES:
        text = "\n\n".join(part.text for part in document.parts if part.text)
    else:
        text = whole_text(document)
    if not text and document.kind == "PDF":
        raise ValueError(f"{path}: {document.note}")
    return text
