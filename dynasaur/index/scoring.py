"""The best documents of a segment for weighted terms: exact, and no more work than that takes."""

from __future__ import annotations

import heapq
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from dynasaur.index.segment import Segment

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.unsignedinteger | np.signedinteger]

FEW = 20_000
"""Up to this many postings a plain loop is over before NumPy would be imported."""

_SLACK = 1.0 - 1e-9
"""Bounds are sums in another order than scores: they may be off by the last bits."""


@dataclass(frozen=True, slots=True)
class Live:
    """A segment in use: its number, and the rows that later segments made void."""

    number: int
    segment: Segment
    void: Set[int] = field(default_factory=frozenset)

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
            return len(self.void.intersection(self.segment.rows[start:end]))  # type: ignore[attr-defined]
        import numpy as np

        rows, _ = self.segment.numpy_postings()
        return int(np.isin(rows[start:end], list(self.void)).sum())


@dataclass(frozen=True, slots=True)
class Found:
    """A document by its place, with its score."""

    score: float
    live: Live
    row: int


@dataclass(frozen=True, slots=True)
class _List:
    """The postings of one term: from `start` to `end`, worth at most `bound` each."""

    weight: float
    start: int
    end: int
    bound: float


def best(live: Live, wanted: Sequence[tuple[int, float]], most: int, least: float) -> list[Found]:
    """The documents of a segment with the greatest sums of weighted terms.

    Args:
        live: The segment.
        wanted: Terms by their hashes with their weights, in the order in which they are summed.
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
    if sum(found.end - found.start for found in lists) <= FEW:
        scores = _plain(live, lists)
    else:
        scores = _pruned(live, lists, most, least)
    chosen = heapq.nsmallest(most, scores, key=lambda item: (-item[1], item[0]))
    return [Found(score, live, row) for row, score in chosen if score >= least]


def _plain(live: Live, lists: Sequence[_List]) -> list[tuple[int, float]]:
    """Every document's row and score."""
    rows, weights = live.segment.rows, live.segment.weights
    scores: dict[int, float] = {}
    for found in lists:
        span = slice(found.start, found.end)
        for row, weight in zip(rows[span], weights[span], strict=True):
            scores[row] = scores.get(row, 0.0) + weight * found.weight
    return [item for item in scores.items() if item[0] not in live.void]


def _pruned(live: Live, lists: Sequence[_List], most: int, least: float) -> list[tuple[int, float]]:
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
    seen: list[Ints] = []
    number = 0
    for number, found in enumerate(lists):
        if left[number] < least * _SLACK:
            break
        span = rows[found.start : found.end]
        scores[span] += weights[found.start : found.end] * found.weight
        seen.append(span)
        least = max(least, _threshold(scores, seen, most))
    else:
        number = len(lists)
    rest = lists[number:]
    near = _at_least(scores, seen, least * _SLACK - left[number])
    for found in rest:
        span = rows[found.start : found.end]
        places = np.minimum(np.searchsorted(span, near), len(span) - 1)
        hit = span[places] == near
        scores[near[hit]] += weights[found.start + places[hit]] * found.weight
    chosen = near[scores[near] >= max(least, _threshold(scores, [near], most)) * _SLACK]
    return list(zip(chosen.tolist(), scores[chosen].tolist(), strict=True))


def _threshold(scores: Floats, seen: Sequence[Ints], most: int) -> float:
    """A score that `most` documents reach for certain.

    A document stands in `seen` once for each of its terms at most, so that many of its places
    are allowed for.
    """
    import numpy as np

    rank = most * len(seen)
    values = scores[np.concatenate(seen)]
    if len(values) < rank:
        return 0.0
    return float(np.partition(values, len(values) - rank)[len(values) - rank])


def _at_least(scores: Floats, seen: Sequence[Ints], score: float) -> Ints:
    """The rows among `seen` that reach a score, each once."""
    import numpy as np

    if not seen:
        return np.zeros(0, dtype=np.intp)
    rows = np.concatenate(seen)
    return np.unique(rows[scores[rows] >= score])
