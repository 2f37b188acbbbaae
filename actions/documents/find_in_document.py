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
"""Places in a document that hold a phrase."""

import re
from typing import Any

from ._markdown import open_document
from ._pages import page_of, pages_of

_AROUND = 100
_MOST = 1_000


def find_in_document(path: str, phrase: str) -> list[dict[str, Any]]:
    r"""Find a phrase in a document of any kind: on which page, slide or sheet, and what is around.

    Upper and lower case are equal, and so are a space and a line break.

    Args:
        path: The file, of any kind that read_document reads.
        phrase: The words to find.

    Returns:
        One dict per place, at most 1,000: 'page' (of read_document, from 1), 'part' (the page,
        slide, sheet or file of the document, such as 'slide 3'; '' where it has none) and 'text'
        (the phrase with what stands around it).

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The phrase is empty, or the file is broken, encrypted or of no kind that is
            known.
        ImportError: A package that reads this kind is not installed.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "notes.txt")
        ...     _ = file.write_text("Black tea.\nGreen\ntea.\n")
        ...     find_in_document(str(file), "green tea")
        [{'page': 1, 'part': '', 'text': 'Black tea. Green tea.'}]
    """
    words = phrase.split()
    if not words:
        raise ValueError("the phrase is empty")
    pattern = re.compile(r"\s+".join(map(re.escape, words)), re.IGNORECASE)
    document = open_document(path)
    pages = pages_of(document)
    found: list[dict[str, Any]] = []
    for number, part in enumerate(document.parts):
        for match in pattern.finditer(part.text):
            around = part.text[max(match.start() - _AROUND, 0) : match.end() + _AROUND]
            page = page_of(pages, number, match.start())
            found.append({"page": page, "part": part.label, "text": " ".join(around.split())})
            if len(found) >= _MOST:
                return found
    return found
