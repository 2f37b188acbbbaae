"""A coarse look for clones: the words of a text that stay when names and layout are changed.

Nothing is parsed, so that ten thousand texts are looked through while a few are read for certain;
nor is numpy loaded for a few, which takes longer than to look.
"""

from __future__ import annotations

import heapq
import json
import sys
import zlib
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate, repeat

from dynasaur.fingerprint.crowd import LEAST, MANY, nearest_rows

FORM = "dynasaur words 2\n"
"""Of what is kept of words; it changes with what counts as one."""

_BOM = b"\xef\xbb\xbf"
_KEPT = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.('"
_SPACED = bytes(
    code if code >= 128 or code in _KEPT else ord("'") if code == ord('"') else ord(" ")
    for code in range(256)
)
_FIRST, _LAST = frozenset(b".'0123456789"), frozenset(b"('")
"""By what a word begins with or ends with: a method, a call, a text, a number."""

_AT_ONCE = 16
"""Texts that are looked for in one pass."""

_NONE = -1
_MOST_WORDS = 500_000


class _Hashes(dict[bytes, int]):
    """A word's hash, made once; `_NONE` for a word that is not telling."""

    def __missing__(self, word: bytes) -> int:
        if len(self) > _MOST_WORDS:
            self.clear()
        telling = word[0] in _FIRST or word[-1] in _LAST
        value = self[word] = zlib.crc32(word) if telling else _NONE
        return value


_HASHES = _Hashes()


def telling(text: bytes) -> set[int]:
    """Hashes (32 bits) of a text's telling words; what stands in triple quotes is left out.

    Args:
        text: In UTF-8, as it lies in its file.
    """
    bare = b" ".join(text.removeprefix(_BOM).split(b'"""')[::2]).translate(_SPACED)
    words = set(bare.replace(b".", b" .").replace(b"(", b"( ").split())
    found = set(map(_HASHES.__getitem__, words))
    found.discard(_NONE)
    return found


class Telling:
    """The telling words of many texts.

    Args:
        words: Key to words, each once.
    """

    def __init__(self, words: Mapping[str, Collection[int]]) -> None:
        self.keys = sorted(words)
        self._sizes = [len(words[key]) for key in self.keys]
        self._flat = array("I")
        for key in self.keys:
            self._flat.extend(words[key])

    def nearest(self, wanted: Sequence[Collection[int]], limit: int) -> list[list[str]]:
        """For each of some texts the keys of those that share the most words with it, best first.

        Args:
            wanted: The words of each.
            limit: How many keys at most.
        """
        if len(wanted) >= MANY:
            rows = nearest_rows(self._flat, self._sizes, wanted, limit)
            return [[self.keys[row] for row in near] for near in rows]
        found = []
        for first in range(0, len(wanted), _AT_ONCE):
            some = wanted[first : first + _AT_ONCE]
            shared = self._shared(some)
            for number, own in enumerate(some):
                scores = self._scores(shared[number :: len(some)], len(own))
                best = heapq.nsmallest(limit, scores)
                found.append([self.keys[row] for _, row in best])
        return found

    def _shared(self, wanted: Sequence[Collection[int]]) -> array[int]:
        """How many words each text shares with each of some others: those of one text together.

        One sum counts for all: every one of them has 32 bits of the number to itself.
        """
        counted: dict[int, int] = {}
        for number, own in enumerate(wanted):
            for word in own:
                counted[word] = counted.get(word, 0) + (1 << 32 * number)
        sums = []
        at = 0
        for size in self._sizes:
            told = sum(map(counted.get, self._flat[at : at + size], repeat(0)))
            sums.append(told.to_bytes(4 * len(wanted), "little"))
            at += size
        return _ordered(array("I", b"".join(sums)))

    def _scores(self, shared: array[int], own: int) -> Iterator[tuple[float, int]]:
        """The score of each text that shares enough, less than 0, and its row.

        Args:
            shared: How many words each text shares with the one looked for.
            own: How many words that one has.
        """
        enough = LEAST * own
        for row, (both, size) in enumerate(zip(shared, self._sizes, strict=True)):
            if both and (both >= enough or both >= LEAST * size):
                yield -(both / min(size, own) + both / (size + own - both)), row

    def words(self) -> dict[str, Collection[int]]:
        """Key to words, as they were given."""
        ends = accumulate(self._sizes)
        return {
            key: self._flat[end - size : end]
            for key, size, end in zip(self.keys, self._sizes, ends, strict=True)
        }

    def to_bytes(self) -> bytes:
        """All of it, to be kept; `from_bytes` reads it."""
        head = json.dumps([self.keys, self._sizes])
        return f"{FORM}{head}\n".encode() + _ordered(self._flat).tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Telling:
        """What was kept.

        Raises:
            ValueError: It is torn, or of another version.
        """
        if not data.startswith(FORM.encode()):
            raise ValueError("another form")
        head, _, rest = data[len(FORM) :].partition(b"\n")
        made = cls({})
        made.keys, made._sizes = json.loads(head)
        made._flat.frombytes(rest)
        made._flat = _ordered(made._flat)
        whole = len({*made.keys}) == len(made._sizes) and sum(made._sizes) == len(made._flat)
        if not whole or min(made._sizes, default=0) < 0:
            raise ValueError("torn")
        return made


def _ordered(flat: array[int]) -> array[int]:
    """From this machine's order of bytes to the file's (little end first), or back."""
    if sys.byteorder == "big":
        flat = flat[:]
        flat.byteswap()
    return flat
