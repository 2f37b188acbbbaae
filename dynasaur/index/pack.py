"""Documents to the bytes of a segment, and several segments to one."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeAlias

from dynasaur.index.segment import Layout, Segment

FEW = 50_000
"""Up to this many postings plain Python sorts them as fast as NumPy is imported."""

MOST_DOCUMENTS = 1 << 17
"""Largest number of documents in a segment: it bounds the memory that merging takes."""


@dataclass(frozen=True, slots=True)
class Row:
    """One document as it is stored: terms by their hashes, weights in units of 1/65535."""

    key: str
    stamp: str
    terms: Mapping[int, int]
    grams: array[int]


def pack(rows: Iterable[Row], dead: Iterable[tuple[int, int]] = ()) -> bytes:
    """The bytes of a segment of these documents.

    Args:
        rows: The documents, of different keys, in any order.
        dead: Segment number and row of each document elsewhere that is void from now on.
    """
    ordered = sorted(rows, key=lambda row: row.key)
    postings = _Postings(array("Q"), array("I"), array("H"))
    for number, row in enumerate(ordered):
        postings.hashes.extend(row.terms)
        postings.rows.extend([number] * len(row.terms))
        postings.weights.extend(row.terms.values())
    columns = _Columns(
        [row.key for row in ordered],
        [row.stamp for row in ordered],
        [row.grams for row in ordered],
    )
    return _layout(postings, columns, dead).pack()


def merge(
    segments: Sequence[tuple[Segment, Set[int]]], dead: Iterable[tuple[int, int]] = ()
) -> bytes:
    """The bytes of one segment with what is alive in several.

    Args:
        segments: Each segment with its void rows. A key is alive in one of them at most.
        dead: As in `pack`.
    """
    alive = sorted(
        (key, number, row)
        for number, (segment, void) in enumerate(segments)
        for row, key in enumerate(segment.keys())
        if row not in void
    )
    places = [array("i", [-1]) * len(segment) for segment, _ in segments]
    for place, (_, number, row) in enumerate(alive):
        places[number][row] = place
    stamps = [segment.stamps() for segment, _ in segments]
    columns = _Columns(
        [key for key, _, _ in alive],
        [stamps[number][row] for _, number, row in alive],
        [array("H", segments[number][0].grams(row)) for _, number, row in alive],
    )
    found = [segment for segment, _ in segments]
    total = sum(len(segment.rows) for segment in found)
    postings = (_moved if total <= FEW else _moved_by_numpy)(found, places)
    return _layout(postings, columns, dead).pack()


@dataclass(frozen=True, slots=True)
class _Postings:
    """One entry each for every pair of a document and a term, in any order."""

    hashes: array[int]
    rows: array[int]
    weights: array[int]


@dataclass(frozen=True, slots=True)
class _Columns:
    """What is stored of each document beside its postings, in the order of the keys."""

    keys: list[str]
    stamps: list[str]
    grams: list[array[int]]


def _moved(segments: Sequence[Segment], places: Sequence[array[int]]) -> _Postings:
    """The postings of several segments, with their rows in the new one; void ones left out."""
    moved = _Postings(array("Q"), array("I"), array("H"))
    for segment, place in zip(segments, places, strict=True):
        for term, hash_ in enumerate(segment.hashes):
            for posting in range(segment.starts[term], segment.starts[term + 1]):
                row = place[segment.rows[posting]]
                if row >= 0:
                    moved.hashes.append(hash_)
                    moved.rows.append(row)
                    moved.weights.append(segment.weights[posting])
    return moved


def _moved_by_numpy(segments: Sequence[Segment], places: Sequence[array[int]]) -> _Postings:
    import numpy as np

    moved = _Postings(array("Q"), array("I"), array("H"))
    for segment, place in zip(segments, places, strict=True):
        rows, weights = segment.numpy_postings()
        starts = np.frombuffer(segment.starts, dtype=np.uint32)
        lengths = starts[1:] - starts[:-1]
        hashes = np.repeat(np.frombuffer(segment.hashes, dtype=np.uint64), lengths)
        new = np.frombuffer(place, dtype=np.int32)[rows]
        alive = new >= 0
        moved.hashes.frombytes(hashes[alive].tobytes())
        moved.rows.frombytes(new[alive].astype(np.uint32).tobytes())
        moved.weights.frombytes(weights[alive].tobytes())
    return moved


def _layout(postings: _Postings, columns: _Columns, dead: Iterable[tuple[int, int]]) -> Layout:
    order = _ordered if len(postings.hashes) <= FEW else _ordered_by_numpy
    hashes, starts, peaks, rows, weights = order(postings)
    voids = list(dead)
    keys = [key.encode() for key in columns.keys]
    grams = array("H")
    for found in columns.grams:
        grams.extend(found)
    return Layout(
        hashes=hashes,
        starts=starts,
        peaks=peaks,
        rows=rows,
        weights=weights,
        gram_starts=_bounds(columns.grams),
        grams=grams,
        key_starts=_bounds(keys),
        dead_segments=array("Q", [segment for segment, _ in voids]),
        dead_rows=array("I", [row for _, row in voids]),
        keys=b"".join(keys),
        stamps="".join(f"{stamp}\0" for stamp in columns.stamps).encode(),
    )


def _bounds(items: Sequence[bytes] | Sequence[array[int]]) -> array[int]:
    return array("I", accumulate((len(item) for item in items), initial=0))


_Ordered: TypeAlias = "tuple[array[int], array[int], array[int], array[int], array[int]]"


def _ordered(postings: _Postings) -> _Ordered:
    """Hashes, starts, peaks, rows and weights, postings sorted by term and row."""
    found = sorted(zip(postings.hashes, postings.rows, postings.weights, strict=True))
    hashes, starts, peaks = array("Q"), array("I"), array("H")
    for place, (hash_, _, weight) in enumerate(found):
        if not hashes or hash_ != hashes[-1]:
            hashes.append(hash_)
            starts.append(place)
            peaks.append(weight)
        elif weight > peaks[-1]:
            peaks[-1] = weight
    starts.append(len(found))
    rows, weights = array("I", [row for _, row, _ in found]), array("H", [w for *_, w in found])
    return hashes, starts, peaks, rows, weights


def _ordered_by_numpy(postings: _Postings) -> _Ordered:
    """The same. A posting is packed into one number, so that one plain sort orders them all."""
    import numpy as np

    hashes = np.frombuffer(postings.hashes, dtype=np.uint64)
    unique, ranks = np.unique(hashes, return_inverse=True)
    packed = ranks.astype(np.uint64) << np.uint64(34)
    packed |= np.frombuffer(postings.rows, dtype=np.uint32).astype(np.uint64) << np.uint64(16)
    packed |= np.frombuffer(postings.weights, dtype=np.uint16)
    packed.sort()
    counts = np.bincount(ranks, minlength=len(unique))
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32)
    weights = (packed & np.uint64(0xFFFF)).astype(np.uint16)
    rows = ((packed >> np.uint64(16)) & np.uint64(0x3FFFF)).astype(np.uint32)
    peaks = np.maximum.reduceat(weights, starts[:-1].astype(np.intp))
    return (
        array("Q", unique.tobytes()),
        array("I", starts.tobytes()),
        array("H", peaks.tobytes()),
        array("I", rows.tobytes()),
        array("H", weights.tobytes()),
    )
