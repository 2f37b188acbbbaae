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
"""Texts of a document's own pages, slides, sheets or files."""

from ._markdown import open_document


def document_parts(path: str) -> list[str]:
    r"""Texts of a document's own pages (PDF), slides, sheets, messages or files (in an archive).

    Args:
        path: The file, of any kind that read_document reads.

    Returns:
        The plain text of each in its order, '' for one without text; a document that has no
        such parts, such as a Word file, is one.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is broken, encrypted or of no kind that is known.
        ImportError: A package that reads this kind is not installed.

    Examples:
        >>> import tempfile, zipfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with zipfile.ZipFile(f"{folder}/a.zip", "w") as file:
        ...         file.writestr("one.txt", "tea")
        ...         file.writestr("two.txt", "cup")
        ...     document_parts(f"{folder}/a.zip")
        ['## File: one.txt\n\ntea', '## File: two.txt\n\ncup']
    """
    return [part.text for part in open_document(path).parts]
