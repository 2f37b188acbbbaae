"""The best documents of a segment for weighted terms: exact, and no more work than that takes."""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from dynasaur.index.segment import Segment

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

FEW = 20_000
"""Up to this many postings a plain loop is over before NumPy would be imported."""

FEW_FOR_NUMPY = 2_000
"""Up to this many a plain loop is quicker than NumPy even where that has been imported."""

_SLACK = 1.0 - 1e-9
"""Bounds are sums in another order than scores: they may be off by the last bits."""


@dataclass(frozen=True, slots=True)
class Live:
    """A segment in use: its number, and the rows that later segments made void."""

    number: int
    segment: Segment
    void: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return len(self.segment) - len(self.void)

    def frequency(self, term: int) -> int:
        """How many living documents have a term, by its hash."""
        place = self.segment.find(term)
        if place < 0:
            return 0
        start, end = self.segment.starts[place], self.segment.starts[place + 1]
        return end - start - self._void_among(start, end)

    def _void_among(self, start: int, end: int) -> int:
        if not self.void:
            return 0
        if end - start <= FEW:
            return len(self.void.intersection(self.segment.rows[start:end]))
        import numpy as np

        rows, _ = self.segment.numpy_postings()
        return int(np.isin(rows[start:end], list(self.void)).sum())


Wanted = Sequence[tuple[int, float]]
"""Terms by their hashes with their weights, in the order in which they are summed."""

Place = tuple[int, int]
"""Where a document lies: its segment's number, and its row."""


@dataclass(frozen=True, slots=True)
class Found:
    """A document by its place, with its score."""

    score: float
    live: Live
    row: int

    @property
    def place(self) -> Place:
        """Where it lies."""
        return self.live.number, self.row


@dataclass(frozen=True, slots=True)
class _List:
    """The postings of one term: from `start` to `end`, worth at most `bound` each."""

    weight: float
    start: int
    end: int
    bound: float


def best_of(lives: tuple[Live, ...], wanted: Wanted, most: int) -> list[Found]:
    """The best of all segments; equal scores in the order of their keys."""
    found: list[Found] = []
    least = 0.0
    for live in sorted(lives, key=len, reverse=True):
        found += best(live, wanted, most, least)
        if len(found) > most:
            found.sort(key=lambda one: -one.score)
            least = found[most - 1].score
            found = [one for one in found if one.score >= least]
    found.sort(key=lambda one: (-one.score, one.live.segment.key(one.row)))
    return found[:most]


def score_of(live: Live, wanted: Wanted, row: int) -> float:
    """What terms are worth in one document."""
    segment, score = live.segment, 0.0
    for term, weight in wanted:
        place = segment.find(term)
        if place >= 0:
            end = segment.starts[place + 1]
            at = bisect_left(segment.rows, row, segment.starts[place], end)
            if at < end and segment.rows[at] == row:
                score += segment.weights[at] * weight
    return score


def best(live: Live, wanted: Wanted, most: int, least: float) -> list[Found]:
    """The documents of a segment with the greatest sums of weighted terms.

    Args:
        live: The segment.
        wanted: The terms.
        most: How many documents to give.
        least: Documents below this score are of no interest.

    Returns:
        The best first; equal scores in the order of their keys.
    """
    segment = live.segment
    lists = []
    for term, weight in wanted:
        place = segment.find(term)
        if place >= 0:
            start, end = segment.starts[place], segment.starts[place + 1]
            lists.append(_List(weight, start, end, weight * segment.peaks[place]))
    few = FEW_FOR_NUMPY if "numpy" in sys.modules else FEW
    if sum(found.end - found.start for found in lists) <= few:
        scores = _plain(live, lists)
    else:
        scores = _pruned(live, lists, most, least)
    if len(scores) > most:
        least = max(least, sorted(scores.values())[-most])
    chosen = [item for item in scores.items() if item[1] >= least]
    chosen.sort(key=lambda item: (-item[1], item[0]))
    return [Found(score, live, row) for row, score in chosen[:most]]


def _plain(live: Live, lists: Sequence[_List]) -> dict[int, float]:
    """Every document's row and score."""
    rows, weights = live.segment.rows, live.segment.weights
    scores: dict[int, float] = {}
    for found in lists:
        span = slice(found.start, found.end)
        for row, weight in zip(rows[span], weights[span], strict=True):
            scores[row] = scores.get(row, 0.0) + weight * found.weight
    for row in live.void:
        scores.pop(row, None)
    return scores


def _pruned(live: Live, lists: Sequence[_List], most: int, least: float) -> dict[int, float]:
    """Row and score of the best documents, some others among them (the MaxScore method).

    Terms come rarest first. Once what is left cannot lift a new document among the best, the long
    lists of the common terms are not read through: the few documents in question are looked up.
    """
    import numpy as np

    rows, weights = live.segment.numpy_postings()
    scores = np.zeros(len(live.segment))
    if live.void:
        scores[np.fromiter(live.void, dtype=np.intp)] = -np.inf
    left = [*accumulate(reversed([found.bound for found in lists]), initial=0.0)][::-1]
    number = 0
    while number < len(lists) and left[number] >= least * _SLACK:
        found = lists[number]
        span = rows[found.start : found.end]
        scores[span] += weights[found.start : found.end] * found.weight
        number += 1
        if left[0] - left[number] > left[number]:
            least = _raised(scores[span], most, least)
    near = np.flatnonzero(scores >= max(least * _SLACK - left[number], sys.float_info.min))
    near = near.astype(rows.dtype)  # of one type with `span`, or each search would convert that
    for found in lists[number:]:
        span = rows[found.start : found.end]
        places = np.minimum(np.searchsorted(span, near), len(span) - 1)
        hit = span[places] == near
        scores[near[hit]] += weights[found.start + places[hit]] * found.weight
    chosen = near[scores[near] >= _raised(scores[near], most, least) * _SLACK]
    return dict(zip(chosen.tolist(), scores[chosen].tolist(), strict=True))


def _raised(scores: npt.NDArray[np.float64], most: int, least: float) -> float:
    """The score that `most` documents reach, where it is above `least`."""
    import numpy as np

    above = scores[scores > least]
    if len(above) < most:
        return least
    return float(np.partition(above, len(above) - most)[len(above) - most])
