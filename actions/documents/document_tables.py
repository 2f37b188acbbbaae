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
"""Tables in a document."""

from typing import Any

from ._grids import grids_of
from ._markdown import open_document


def document_tables(path: str) -> list[list[dict[str, Any]]]:
    r"""Tables in a document (PDF, Word, PowerPoint, HTML, Excel, Markdown, ...) as rows.

    The first row of each names its columns. Plain numbers become int or float, other cells stay
    text, and empty ones become None. A table of one row is left out. In a PDF, tables with lines
    are found, on its first 200 pages.

    Args:
        path: The file, of any kind that read_document reads.

    Returns:
        For each table in the order of the document its rows, one dict per row.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is broken, encrypted or of no kind that is known.
        ImportError: A package that reads this kind is not installed.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "shop.html")
        ...     _ = file.write_text("<table><tr><th>tea</th></tr><tr><td>3</td></tr></table>")
        ...     document_tables(str(file))
        [[{'tea': 3}]]
    """
    return grids_of(open_document(path), path)
