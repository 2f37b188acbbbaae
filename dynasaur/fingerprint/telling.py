"""A coarse look for clones: the words of a text that stay when names and layout are changed.

Nothing is parsed, so that ten thousand texts are looked through while a few are read for certain.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Words: TypeAlias = NDArray[np.uint32]

LEAST = 0.5
"""The share of the smaller text's words that two have in common at least."""

FORM = "dynasaur words 1\n"
"""Of what is kept of words; it changes with what counts as one."""

_KEPT = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.('"
_TABLE = {code: " " for code in range(128) if chr(code) not in _KEPT} | {ord('"'): "'"}
_FIRST, _LAST = frozenset(".'0123456789"), frozenset("('")
"""By what a word begins with or ends with: a method, a call, a text, a number."""


def telling(text: str) -> frozenset[int]:
    """Hashes (32 bits) of a text's telling words; what stands in triple quotes is left out."""
    bare = " ".join(text.split('"""')[::2]).translate(_TABLE)
    words = set(bare.replace(".", " .").replace("(", "( ").split())
    return frozenset(
        zlib.crc32(word.encode("utf-8", "replace"))
        for word in words
        if word[0] in _FIRST or word[-1] in _LAST
    )


class Telling:
    """The telling words of many texts.

    Args:
        words: Key to words.
    """

    def __init__(self, words: Mapping[str, frozenset[int]]) -> None:
        import numpy as np

        self.keys = sorted(words)
        self._sizes = np.array([len(words[key]) for key in self.keys], np.int64)
        listed = (one for key in self.keys for one in words[key])
        self._flat: Words = np.fromiter(listed, np.uint32, int(self._sizes.sum()))

    def nearest(self, own: frozenset[int], limit: int) -> list[str]:
        """The keys of the texts that share the most words with one, best first.

        Args:
            own: The one's words.
            limit: How many at most.
        """
        import numpy as np

        if not own or not self.keys:
            return []
        wanted = np.fromiter(own, np.uint32, len(own))
        hits = np.concatenate(([0], np.cumsum(np.isin(self._flat, wanted))))
        ends = np.cumsum(self._sizes)
        shared = hits[ends] - hits[ends - self._sizes]
        smaller = np.maximum(np.minimum(self._sizes, len(own)), 1)
        union = np.maximum(self._sizes + len(own) - shared, 1)
        score = shared / smaller + shared / union
        fit = np.flatnonzero(shared >= LEAST * smaller)
        best = fit[np.argsort(-score[fit], kind="stable")[:limit]]
        return [self.keys[int(row)] for row in best]

    def words(self) -> dict[str, frozenset[int]]:
        """Key to words, as they were given."""
        found, at = {}, 0
        flat = self._flat.tolist()
        for key, size in zip(self.keys, self._sizes.tolist(), strict=True):
            found[key] = frozenset(flat[at : at + size])
            at += size
        return found

    def to_bytes(self) -> bytes:
        """All of it, to be kept; `from_bytes` reads it."""
        import numpy as np

        head = json.dumps([self.keys, self._sizes.tolist()])
        return f"{FORM}{head}\n".encode() + self._flat.astype(np.dtype("<u4")).tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Telling:
        """What was kept.

        Raises:
            ValueError: It is torn, or of another version.
        """
        import numpy as np

        if not data.startswith(FORM.encode()):
            raise ValueError("another form")
        head, _, rest = data[len(FORM) :].partition(b"\n")
        keys, sizes = json.loads(head)
        made = cls({})
        made.keys, made._sizes = keys, np.array(sizes, np.int64)
        made._flat = np.frombuffer(rest, np.dtype("<u4"))
        if len(keys) != len(sizes) or made._sizes.sum() != len(made._flat):
            raise ValueError("torn")
        return made
