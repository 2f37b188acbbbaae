"""Which segments are merged, and when: in tiers, as a log-structured merge tree does it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dynasaur.index.pack import MOST_DOCUMENTS, merge
from dynasaur.index.scoring import Live

FANOUT = 8
"""This many segments of one tier are merged; a tier holds segments this many times larger."""

MOST_VOID = 0.2
"""A segment with a greater share of void rows is written anew."""


PRESSING = 4
"""So many times as much must be due before a writer merges instead of leaving it to a run."""


def due(lives: Iterable[Live]) -> list[Live]:
    """The segments to merge next; none when nothing is due."""
    return _due(lives, FANOUT, MOST_VOID)


def pressing(lives: Iterable[Live]) -> list[Live]:
    """The same, only where there is so much due that it costs every search."""
    return _due(lives, PRESSING * FANOUT, PRESSING * MOST_VOID)


def _due(lives: Iterable[Live], fanout: int, most_void: float) -> list[Live]:
    tiers: dict[int, list[Live]] = {}
    for live in sorted(lives, key=len):
        if len(live.void) > most_void * len(live.segment):
            return [live]
        tiers.setdefault(_tier(len(live)), []).append(live)
    for tier in tiers.values():
        if len(tier) >= fanout:
            fitting = _fitting(tier)
            if len(fitting) > 1:
                return fitting
    return []


def compactable(lives: Iterable[Live]) -> list[Live]:
    """The segments to merge next, where as few as possible are wanted."""
    fitting = _fitting(sorted(lives, key=len))
    return fitting if len(fitting) > 1 else []


def merged(some: Sequence[Live], lives: Iterable[Live]) -> bytes:
    """The bytes of the segment that takes the place of some of all segments in use."""
    left = {live.number for live in lives} - {live.number for live in some}
    deaths = [death for live in some for death in live.segment.deaths() if death[0] in left]
    return merge([(live.segment, live.void) for live in some], deaths)


def _tier(size: int) -> int:
    tier = 0
    while size >= FANOUT:
        size //= FANOUT
        tier += 1
    return tier


def _fitting(tier: Sequence[Live]) -> list[Live]:
    """As many segments, the smallest first, as one holds."""
    fitting: list[Live] = []
    total = 0
    for live in tier:
        total += len(live)
        if total > MOST_DOCUMENTS:
            break
        fitting.append(live)
    return fitting
