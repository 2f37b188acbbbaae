"""One immutable piece of the index: documents and their postings, read where they lie.

A segment is one block of bytes, in a file or in memory: a head, then arrays that are read in
place, so that opening one costs the same whatever its size. Documents are in the order of their
keys and terms in the order of their hashes, so that both are found by bisection; a row is a
document's place in that order.
"""

from __future__ import annotations

import struct
import sys
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

MAGIC = b"dynasaur-index 3 " + sys.byteorder[:1].encode()
"""Layout, how words are cut and weighed, and byte order: a segment of another one is not read."""

CHECKED_BYTES = 8 << 20
"""Segments up to this size are checked whole when opened; larger ones by their head alone."""

_HEAD = struct.Struct("<24sQII")


@dataclass(frozen=True, slots=True)
class Layout:
    """The arrays of a segment, in the order in which they are stored.

    Attributes:
        hashes: Of each term, ascending.
        starts: Where each term's postings begin, and the end of the last.
        peaks: The greatest weight among each term's postings.
        rows: Of each posting, ascending within a term.
        weights: Of each posting, in units of 1/65535.
        gram_starts: Where each document's grams begin, and the end of the last.
        grams: Hashes of letter triples, ascending within a document.
        key_starts: Where each document's key begins in `keys`, and the end of the last.
        dead_segments: Numbers of the segments in which this one replaces or removes a row.
        dead_rows: Those rows.
        keys: The documents' keys, UTF-8.
        stamps: The documents' stamps, UTF-8, each ended by a zero byte.
    """

    hashes: array[int]
    starts: array[int]
    peaks: array[int]
    rows: array[int]
    weights: array[int]
    gram_starts: array[int]
    grams: array[int]
    key_starts: array[int]
    dead_segments: array[int]
    dead_rows: array[int]
    keys: bytes
    stamps: bytes

    def pack(self) -> bytes:
        """The segment's bytes."""
        parts = [bytes(getattr(self, name)) for name in _TYPES]
        sizes = struct.pack(f"<{len(parts)}Q", *map(len, parts))
        body = sizes + b"".join(part + bytes(-len(part) % 8) for part in parts)
        length = _HEAD.size + len(body)
        return _HEAD.pack(MAGIC, length, zlib.crc32(body), zlib.crc32(sizes)) + body


_TYPES = {
    "hashes": "Q",
    "starts": "I",
    "peaks": "H",
    "rows": "I",
    "weights": "H",
    "gram_starts": "I",
    "grams": "H",
    "key_starts": "I",
    "dead_segments": "Q",
    "dead_rows": "I",
    "keys": "B",
    "stamps": "B",
}
assert list(_TYPES) == [field.name for field in fields(Layout)]


class Segment:
    """A segment's bytes, opened for reading.

    Args:
        data: The bytes: of a file mapped into memory, or held in memory.

    Raises:
        ValueError: The bytes are torn, or no segment of this version.
    """

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self._arrays = _sections(data)
        self.hashes = self._ints("hashes")
        self.starts = self._ints("starts")
        self.peaks = self._ints("peaks")
        self.rows = self._ints("rows")
        self.weights = self._ints("weights")
        self._gram_starts = self._ints("gram_starts")
        self._grams = self._ints("grams")
        self._key_starts = self._ints("key_starts")
        self._keys = self._arrays["keys"]
        self._numpy: tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint16]] | None = None

    def __len__(self) -> int:
        return len(self._key_starts) - 1

    @property
    def data(self) -> memoryview:
        """All its bytes."""
        return self._data

    def find(self, term: int) -> int:
        """The place of a term by its hash; -1 when no document has it."""
        place = bisect_left(self.hashes, term)
        return place if place < len(self.hashes) and self.hashes[place] == term else -1

    def numpy_postings(self) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint16]]:
        """`rows` and `weights` as NumPy arrays over the same memory."""
        if self._numpy is None:
            import numpy as np

            rows = np.frombuffer(self._arrays["rows"], dtype=np.uint32)
            weights = np.frombuffer(self._arrays["weights"], dtype=np.uint16)
            self._numpy = rows, weights
        return self._numpy

    def grams(self, row: int) -> memoryview[int]:
        """Hashes of a document's letter triples."""
        return self._grams[self._gram_starts[row] : self._gram_starts[row + 1]]

    def key(self, row: int) -> str:
        """A document's key."""
        start, end = self._key_starts[row], self._key_starts[row + 1]
        return bytes(self._keys[start:end]).decode()

    def row(self, key: str) -> int:
        """The row of a key; -1 when the segment does not hold it."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self.key(middle) < key:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self) and self.key(low) == key else -1

    def keys(self) -> list[str]:
        """All keys, in order."""
        text = bytes(self._keys)
        return [text[start:end].decode() for start, end in pairwise(self._key_starts)]

    def stamps(self) -> list[str]:
        """All stamps, in the order of their documents."""
        return bytes(self._arrays["stamps"]).decode().split("\0")[:-1]

    def deaths(self) -> Sequence[tuple[int, int]]:
        """Segment number and row of each document elsewhere that this segment makes void."""
        segments, rows = self._ints("dead_segments"), self._ints("dead_rows")
        return list(zip(segments, rows, strict=True))

    def _ints(self, name: str) -> memoryview[int]:
        return cast("memoryview[int]", self._arrays[name].cast(_TYPES[name]))  # type: ignore[call-overload]


def _sections(data: memoryview) -> dict[str, memoryview]:
    """Each array's bytes, by name."""
    try:
        magic, length, whole, sizes_check = _HEAD.unpack_from(data)
        sizes_end = _HEAD.size + 8 * len(_TYPES)
        sizes_bytes = data[_HEAD.size : sizes_end]
        sizes = struct.unpack(f"<{len(_TYPES)}Q", sizes_bytes)
    except struct.error:
        raise ValueError("not a segment: too short") from None
    if (
        magic.rstrip(b"\0") != MAGIC
        or length != len(data)
        or sizes_check != zlib.crc32(sizes_bytes)
    ):
        raise ValueError("not a segment of this version")
    if length <= CHECKED_BYTES and whole != zlib.crc32(data[_HEAD.size :]):
        raise ValueError("a damaged segment")
    found = {}
    place = sizes_end
    for name, size in zip(_TYPES, sizes, strict=True):
        found[name] = data[place : place + size]
        place += size + -size % 8
    return found
