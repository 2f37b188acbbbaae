"""Which segments are merged, and when: in tiers, as a log-structured merge tree does it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dynasaur.index.pack import MOST_DOCUMENTS, merge
from dynasaur.index.scoring import Live

FANOUT = 8
"""This many segments of one tier are merged; a tier holds segments this many times larger."""

MOST_VOID = 0.2
"""A segment with a greater share of void rows is written anew."""


def merged(lives: Iterable[Live]) -> tuple[set[int], bytes] | None:
    """Merge what is due.

    Returns:
        The numbers of segments that are no longer needed and the bytes of the one that takes
        their place; None when nothing is due.
    """
    lives = list(lives)
    due = _due(lives)
    if not due:
        return None
    gone = {live.number for live in due}
    left = {live.number for live in lives} - gone
    deaths = [death for live in due for death in live.segment.deaths() if death[0] in left]
    return gone, merge([(live.segment, live.void) for live in due], deaths)


def _due(lives: Sequence[Live]) -> list[Live]:
    for live in lives:
        if len(live.void) > MOST_VOID * len(live.segment):
            return [live]
    tiers: dict[int, list[Live]] = {}
    for live in sorted(lives, key=len):
        tiers.setdefault(_tier(len(live)), []).append(live)
    for tier in tiers.values():
        if len(tier) >= FANOUT:
            fitting = _fitting(tier)
            if len(fitting) > 1:
                return fitting
    return []


def _tier(size: int) -> int:
    tier = 0
    while size >= FANOUT:
        size //= FANOUT
        tier += 1
    return tier


def _fitting(tier: Sequence[Live]) -> list[Live]:
    """As many of a tier, the smallest first, as a segment holds."""
    fitting: list[Live] = []
    total = 0
    for live in tier:
        total += len(live)
        if total > MOST_DOCUMENTS:
            break
        fitting.append(live)
    return fitting
