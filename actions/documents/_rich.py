"""Rich text (RTF): its text."""

import re

from ._document import Document, Part

_CODE_PAGE = re.compile(rb"\\ansicpg(\d{3,5})")
_PICTURE = re.compile(rb"[0-9A-Fa-f\r\n]{512,}")
_NOTE = re.compile(r"(?:\\\*)?\\footnote\b ?")
_BAR = re.compile(r"\|[ \t]*$", re.MULTILINE)


def rtf_document(data: bytes, _name: str) -> Document:
    """The text of an RTF file; the cells of a table are parted by bars."""
    try:
        from striprtf.striprtf import rtf_to_text
    except ImportError as error:
        raise ImportError("RTF files need striprtf: pip install 'dynasaur[tools]'") from error
    told = _CODE_PAGE.search(data[:4096])
    page = f"cp{int(told[1])}" if told else "cp1252"
    try:
        # A footnote stands where its mark is; striprtf alone leaves it out.
        marked = _NOTE.sub(" ", _PICTURE.sub(b"", data).decode("latin-1"))
        text = rtf_to_text(marked, encoding=page, errors="replace")
    except (LookupError, ValueError, IndexError, KeyError, TypeError, RecursionError) as error:
        raise ValueError("is a broken RTF file") from error
    return Document("rich text", (Part("", _BAR.sub("", text).replace("\0", "").strip()),))
