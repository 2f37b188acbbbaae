"""Segments under change: each change adds a small one and voids rows of others."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from dynasaur.index.merging import compactable, due, merged, pressing
from dynasaur.index.pack import Row, pack
from dynasaur.index.scoring import Live
from dynasaur.index.segment import Segment

BATCH = 4096
"""How many documents are held in memory while the index is built."""


def opened(segments: Mapping[int, Segment]) -> tuple[Live, ...]:
    """Segments as they are used, without the rows that others made void."""
    lives = [Live(number, segment) for number, segment in segments.items()]
    deaths = [death for segment in segments.values() for death in segment.deaths()]
    return tuple(_without(lives, deaths).values())


def changed_by(lives: Iterable[Live], rows: Iterable[Row], gone: Iterable[str]) -> tuple[Live, ...]:
    """Segments after a change; those given stay as they are.

    A small change merges nothing but what presses; the rest is `Index.merge`'s.

    Args:
        lives: The segments before.
        rows: Documents that are new, or take the place of those of the same key.
        gone: Keys to remove.
    """
    now = {live.number: live for live in lives}
    remaining = iter(rows)
    out = list(gone)
    batches = 0
    while True:
        batch = {row.key: row for row in islice(remaining, BATCH)}
        deaths = list(_places(now.values(), [*batch, *out]))
        if not batch and not deaths:
            break
        now = _without(now.values(), deaths)
        _add(now, pack(batch.values(), deaths))
        out = []
        batches += 1
        _merge(now, due if batches > 1 else pressing)
    if batches > 1:
        _merge(now, compactable)
    return tuple(now.values())


def replaced(lives: Iterable[Live], some: Sequence[Live], data: bytes) -> tuple[Live, ...]:
    """Segments after some of them were merged, whatever happened to them meanwhile.

    Args:
        lives: The segments as they are now.
        some: Those that were merged, as they were then.
        data: What came of it.

    Returns:
        The segments as they are now where someone else has merged one of these, too.
    """
    now = {live.number: live for live in lives}
    if not all(live.number in now for live in some):
        return tuple(now.values())
    late = [live.segment.key(row) for live in some for row in now[live.number].void - live.void]
    for live in some:
        del now[live.number]
    whole = _add({}, data)
    deaths = list(_places([whole], late))
    now |= _without([whole], deaths)
    if deaths:
        _add(now, pack([], deaths))
    return tuple(now.values())


def _merge(lives: dict[int, Live], choose: Callable[[Iterable[Live]], list[Live]]) -> None:
    """Merge what is chosen, until nothing is."""
    while some := choose(lives.values()):
        data = merged(some, lives.values())
        for live in some:
            del lives[live.number]
        _add(lives, data)


def _places(lives: Iterable[Live], keys: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Segment number and row of each of these documents."""
    largest_first = sorted(lives, key=len, reverse=True)
    for key in keys:
        for live in largest_first:
            row = live.segment.row(key)
            if row >= 0 and row not in live.void:
                yield live.number, row
                break


def _without(lives: Iterable[Live], deaths: Iterable[tuple[int, int]]) -> dict[int, Live]:
    """Segments by their numbers, with some more rows made void."""
    kept = {live.number: live for live in lives}
    void: dict[int, set[int]] = {}
    for number, row in deaths:
        void.setdefault(number, set()).add(row)
    for number in void.keys() & kept.keys():
        live = kept[number]
        kept[number] = Live(number, live.segment, live.void | void[number])
    return kept


def _add(lives: dict[int, Live], data: bytes) -> Live:
    """Add a segment under a number of its own: no file ever changes under its name."""
    number = secrets.randbits(63)
    lives[number] = Live(number, Segment(memoryview(data)))
    return lives[number]
