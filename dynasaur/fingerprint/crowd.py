"""The coarse look for clones of many texts at once: with numpy, whose loading is worth it then."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator, Sequence

LEAST = 0.5
"""The share of the smaller text's words that two have in common at least."""

MANY = 200
"""Texts that are looked for, from which on numpy is quicker, its loading included."""


def nearest_rows(
    flat: array[int], sizes: Sequence[int], wanted: Sequence[Collection[int]], limit: int
) -> Iterator[list[int]]:
    """For each of some texts the rows of those that share the most words with it, best first.

    Args:
        flat: The words (32 bits) of all texts, one text after the other, each word once in it.
        sizes: How many words each text has.
        wanted: The words of each text that is looked for.
        limit: How many rows at most.
    """
    import numpy as np

    words = np.frombuffer(flat, np.uint32)
    order = np.argsort(words, kind="stable")
    words = words[order]
    of_each = np.asarray(sizes, np.int64)
    rows = np.repeat(np.arange(len(of_each), dtype=np.int64), of_each)[order]
    for own in wanted:
        asked = np.fromiter(own, np.uint32, len(own))
        spans = zip(
            np.searchsorted(words, asked), np.searchsorted(words, asked, "right"), strict=True
        )
        found = [rows[start:end] for start, end in spans]
        met = np.concatenate(found) if found else rows[:0]
        shared = np.bincount(met, minlength=len(of_each))
        enough = (shared >= LEAST * len(own)) | (shared >= LEAST * of_each)
        near = np.flatnonzero((shared > 0) & enough)
        both, size = shared[near], of_each[near]
        scores = both / np.minimum(size, len(own)) + both / (size + len(own) - both)
        yield near[np.argsort(-scores, kind="stable")[:limit]].tolist()
