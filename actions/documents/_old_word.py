"""Word documents of the old format (.doc): their text.

Source: the published description of the format, [MS-DOC], sections 2.5 (Fib) and 2.8.35 (PlcPcd).
"""

import re
from struct import error as StructError  # noqa: N812
from struct import unpack_from

from ._compound import streams_of
from ._document import Document, Part

_LOCKED, _SECOND_TABLE = 0x0100, 0x0200
_LENGTHS, _CLX = 0x4C, 0x1A2
_WORD_97 = 0xC1
_PLACES = ("", "Footnotes", "", "", "Comments", "Endnotes", "Text boxes")
_FIELD = re.compile(r"\x13[^\x13\x14\x15]*(?:\x14([^\x13\x14\x15]*))?\x15")
_ENDS = str.maketrans({"\r": "\n", "\x0b": "\n", "\x0c": "\n\n", "\x1e": "-", "\xa0": " "})
_MARKS = re.compile(r"[\x00-\x06\x08\x0e-\x1f]")


def doc_document(data: bytes, _name: str) -> Document:
    """The text of a Word document of the old format; a table's row is a line, ' | ' in it.

    Raises:
        ValueError: It is encrypted or broken.
    """
    streams = streams_of(data, ("WordDocument", "0Table", "1Table"))
    try:
        text = _text(streams)
    except (StructError, KeyError, IndexError) as error:
        raise ValueError("is a broken Word document of the old format (.doc)") from error
    note = "the old Word format: the text, without headings; saved as .docx it is read better"
    return Document("old Word document", (Part("", text),), note)


def _text(streams: dict[str, bytes]) -> str:
    main = streams["WordDocument"]
    version, flags = unpack_from("<H", main, 2)[0], unpack_from("<H", main, 10)[0]
    if flags & _LOCKED:
        raise ValueError("is encrypted: it needs a password")
    if version < _WORD_97:
        start, end = unpack_from("<II", main, 0x18)
        return _plain(main[start:end].decode("cp1252", "replace"))
    lengths = unpack_from("<7i", main, _LENGTHS)
    place, size = unpack_from("<II", main, _CLX)
    pieces = _pieces(streams["1Table" if flags & _SECOND_TABLE else "0Table"][place : place + size])
    if sum(length for _, length in pieces) > len(main) or any(n < 0 for _, n in pieces):
        raise IndexError("pieces that overlap")  # else a small file could tell of a huge text
    text = "".join(_piece(main, *piece) for piece in pieces)
    shown, start = [], 0
    for title, length in zip(("body", *_PLACES[1:]), lengths, strict=True):
        part = _plain(text[start : start + length])
        start += max(length, 0)
        if part and title:
            shown.append(part if title == "body" else f"## {title}\n\n{part}")
    return "\n\n".join(shown)


def _pieces(clx: bytes) -> list[tuple[int, int]]:
    """Where each piece of the text lies, and how many characters it has."""
    at = 0
    while clx[at] == 1:
        at += 3 + int(unpack_from("<H", clx, at + 1)[0])
    size = int(unpack_from("<I", clx, at + 1)[0])
    count = (size - 4) // 12
    ends = unpack_from(f"<{count + 1}I", clx, at + 5)
    first = at + 5 + 4 * (count + 1)
    places = [int(unpack_from("<I", clx, first + 8 * n + 2)[0]) for n in range(count)]
    return [(place, ends[n + 1] - ends[n]) for n, place in enumerate(places)]


def _piece(main: bytes, place: int, length: int) -> str:
    if place & 0x40000000:
        start = (place & 0x3FFFFFFF) // 2
        return main[start : start + length].decode("cp1252", "replace")
    return main[place : place + 2 * length].decode("utf-16-le", "replace")


def _plain(text: str) -> str:
    """Text without its marks: fields give what they show, cells are parted by bars."""
    before = ""
    while before != text:
        before, text = text, _FIELD.sub(r"\1", text)
    text = text.replace("\x07\x07", "\r").replace("\x07", " | ")
    lines = _MARKS.sub("", text.translate(_ENDS)).split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()
