"""Small files of the old Office formats and of RAR, as bytes: what no free program writes."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence

from tests.builders.ole import compound_file

_TEXT_AT = 0x400


def word(
    body: str, *, footnotes: str = "", locked: bool = False, repeated: int = 1, version: int = 0xC1
) -> bytes:
    """A .doc file whose text lies in two pieces, the first of one byte a character.

    Args:
        body: The text; `\\r` ends a paragraph.
        footnotes: Their text.
        locked: It says that it is encrypted.
        repeated: So many pieces tell of the second.
        version: Of the format; one below 0xC1 has its text in one stretch.
    """
    whole = body + footnotes
    half = len(whole) // 2
    first, second = whole[:half].encode("cp1252"), whole[half:].encode("utf-16-le")
    if version < 0xC1:
        first, second = whole.encode("cp1252"), b""
    main = bytearray(_TEXT_AT)
    struct.pack_into("<HH", main, 0, 0xA5EC, version)
    struct.pack_into("<H", main, 10, 0x0200 | (0x0100 if locked else 0))
    struct.pack_into("<II", main, 0x18, _TEXT_AT, _TEXT_AT + len(first))
    struct.pack_into("<2i", main, 0x4C, len(body), len(footnotes))
    places = [(_TEXT_AT * 2 | 0x40000000, half)]
    places += [(_TEXT_AT + len(first), len(whole) - half)] * repeated
    ends = [0]
    for _, length in places:
        ends.append(ends[-1] + length)
    table = struct.pack(f"<{len(ends)}I", *ends)
    table += b"".join(struct.pack("<HIH", 0, place, 0) for place, _ in places)
    clx = b"\1\2\0xx" + b"\2" + struct.pack("<I", len(table)) + table
    struct.pack_into("<II", main, 0x1A2, 0, len(clx))
    return compound_file(
        {"WordDocument": (bytes(main) + first + second).ljust(4096, b"\0"), "1Table": clx}
    )


def _record(kind: int, content: bytes, *, instance: int = 0, holds: bool = False) -> bytes:
    return struct.pack("<HHI", instance << 4 | (0xF if holds else 0), kind, len(content)) + content


def _text(kind: int, text: str) -> bytes:
    wide = any(ord(sign) > 255 for sign in text)
    data = text.encode("utf-16-le" if wide else "latin-1")
    return _record(0x0F9F, struct.pack("<I", kind)) + _record(0x0FA0 if wide else 0x0FA8, data)


def slides(
    shown: Sequence[tuple[str, str, str]], *, locked: bool = False, copies: int = 1
) -> bytes:
    """A .ppt file.

    Args:
        shown: For each slide its title, what a box on it says, and its notes.
        locked: It says that it is encrypted.
        copies: So many numbers point to each slide.
    """
    stream, places = b"", dict[int, int]()
    told: dict[int, bytes] = {0: b"", 2: b""}
    for number, (title, box, notes) in enumerate(shown, start=1):
        drawn = _record(0xF00D, _text(4, box), holds=True)
        notes_of = _record(0x03F1, struct.pack("<II", 255 + number, 0)) + _text(2, notes)
        for kind, content, list_of in (
            (0x03EE, _record(0x040C, drawn, holds=True), 0),
            (0x03F0, notes_of, 2),
        ):
            for _ in range(copies):
                places[len(places) + 2] = len(stream)
                atom = struct.pack("<IIIII", len(places) + 1, 0, 0, 255 + number, 0)
                told[list_of] += _record(0x03F3, atom)
                told[list_of] += _text(0, title) if list_of == 0 else b""
            stream += _record(kind, content, holds=True)
    lists = (_record(0x0FF0, told[one], instance=one, holds=True) for one in told)
    places[1] = len(stream)
    stream += _record(0x03E8, b"".join(lists), holds=True)
    order = sorted(places)
    table = struct.pack("<I", len(order) << 20 | 1)
    table += struct.pack(f"<{len(order)}I", *(places[one] for one in order))
    directory = len(stream)
    stream += _record(0x1772, table)
    edit = len(stream)
    stream += _record(0x0FF5, struct.pack("<IIIIIII", 0, 0, 0, directory, 1, 0, 0))
    user = _record(0x0FF6, struct.pack("<III", 20, 0xF3D1C4DF if locked else 0xE391C05F, edit))
    return compound_file(
        {"PowerPoint Document": stream.ljust(4096, b"\0"), "Current User": user.ljust(64, b"\0")}
    )


def rar(files: Mapping[str, bytes], *, sizes: Iterable[int] = ()) -> bytes:
    """A RAR archive (of version 4) whose files are stored as they are.

    Args:
        files: Content by path.
        sizes: What is said of their sizes once unpacked, where it is not the truth.
    """
    data = b"Rar!\x1a\x07\0" + _block(0x73, 0, b"\0" * 6)
    lies = [*sizes]
    for number, (name, content) in enumerate(files.items()):
        path = name.encode()
        size = lies[number] if lies else len(content)
        head = struct.pack("<IIBIIBBHI", len(content), size, 3, zlib.crc32(content), 0x5A216000, 29,
                           0x30, len(path), 0o100644)  # fmt: skip
        data += _block(0x74, 0x8000, head + path) + content
    return data + _block(0x7B, 0x4000, b"")


def _block(kind: int, flags: int, content: bytes) -> bytes:
    head = struct.pack("<BHH", kind, flags, 7 + len(content)) + content
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head
