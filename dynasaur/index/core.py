"""The index itself: kept in line with its documents, searched, and told to explain."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from dynasaur.index.document import FIELDS, Document, contributions, row_of, weight_of
from dynasaur.index.folder import Folder
from dynasaur.index.merging import merged
from dynasaur.index.pack import Row, pack
from dynasaur.index.query import Query
from dynasaur.index.scoring import Found, Live, best
from dynasaur.index.segment import Segment
from dynasaur.index.words import hash_of

LOOKED_AT = 50
"""How many of the best by their terms are ranked anew by how they look."""

BATCH = 4096
"""How many documents are held in memory while the index is built."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One result: a document's key, and how well it fits, between 0 and 1."""

    key: str
    score: float


@dataclass(frozen=True, slots=True)
class Reason:
    """What one word of one field added to a document's score."""

    word: str
    field: str
    score: float


class Index:
    """Documents, found by the words of their fields.

    It is derived and disposable. Each change adds a small segment, and segments are merged in
    tiers, so that a change costs its own length whatever the index holds. Several processes may
    read and write at once. What is torn or of another version on disk is built anew; where the
    folder cannot be written, the index lives in memory alone.

    Args:
        folder: Where the index is kept between processes; None keeps it in memory.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = None if folder is None else Folder(folder)
        self._lives: tuple[Live, ...] = ()
        self._known: dict[str, str] | None = {}
        if self._folder is not None:
            self._take(self._folder.read())

    def __len__(self) -> int:
        return sum(map(len, self._lives))

    def sync(self, stamps: Mapping[str, str], read: Callable[[str], Document | None]) -> None:
        """Bring the index in line with the documents that exist.

        Args:
            stamps: Each document's key and stamp.
            read: Gives the document of a key; called for new and changed ones alone. None
                leaves it out of all results until its stamp changes.
        """
        if self._folder is not None and self._folder.changed():
            self._take(self._folder.read())
        if self._stamps() == stamps:
            return
        if self._folder is None:
            self._change(stamps, read)
            return
        with self._folder.writing() as allowed:
            if allowed:
                self._take(self._folder.read())
            self._change(stamps, read)
            if allowed:
                with contextlib.suppress(OSError):  # a full disk: memory will do
                    self._folder.write({live.number: live.segment for live in self._lives})

    def search(self, query: str, k: int = 10) -> list[Scored]:
        """The best documents for a query, best first; equal scores in the order of their keys.

        Documents whose exact name is written in the query come first, the longest name before
        the others.
        """
        lives = self._lives
        asked = _ask(query, lives)
        wanted = [(hash_of(term), weight) for term, weight in asked.weights.items()]
        places = {
            (found.live.number, found.row): found
            for found in _best(lives, wanted, max(k, LOOKED_AT))
        }
        named = {}
        for term, length in asked.names.items():
            for found in _best(lives, [(hash_of(term), 1.0)], k):
                named[found.live.number, found.row] = length
                places.setdefault((found.live.number, found.row), Found(0.0, found.live, found.row))
        ranked = []
        for place, found in places.items():
            segment = found.live.segment
            looks = asked.looks_like(segment.grams(found.row))
            scored = Scored(segment.key(found.row), found.score + looks)
            ranked.append((-named.get(place, 0), -scored.score, scored.key, scored))
        return [scored for *_, scored in sorted(ranked, key=lambda item: item[:3])[:k]]

    def explain(self, query: str, document: Document) -> tuple[Reason, ...]:
        """Which words of which fields made a document rank, the weightiest first.

        The scores add up to that of the document.
        """
        asked = _ask(query, self._lives)
        found = [part for part in contributions(document) if part[1] in asked.weights]
        worth: dict[str, float] = {}
        for _, term, value in found:
            worth[term] = worth.get(term, 0.0) + value
        reasons = [
            Reason(term, field, asked.weights[term] * weight_of(worth[term]) * value / worth[term])
            for field, term, value in found
        ]
        looks = asked.looks_like(row_of(document).grams)
        if looks:
            reasons.append(Reason("letters", "name, summary", looks))
        order = {name: place for place, name in enumerate(FIELDS)}
        return tuple(sorted(reasons, key=lambda r: (-r.score, r.word, order.get(r.field, -1))))

    def _take(self, segments: Mapping[int, Segment]) -> None:
        """Go on with these segments."""
        self._lives = _lives(segments)
        self._known = None

    def _stamps(self) -> dict[str, str]:
        """Each document's key and stamp."""
        if self._known is None:
            self._known = {}
            for live in self._lives:
                segment = live.segment
                pairs = zip(segment.keys(), segment.stamps(), strict=True)
                self._known.update(pair for row, pair in enumerate(pairs) if row not in live.void)
        return self._known

    def _change(self, stamps: Mapping[str, str], read: Callable[[str], Document | None]) -> None:
        known = self._stamps()
        changed = [key for key, stamp in stamps.items() if known.get(key) != stamp]
        void = [key for key in changed if key in known] + list(known.keys() - stamps.keys())
        deaths = list(self._places(void))
        segments = {live.number: live.segment for live in self._lives}
        rows = (_row(key, stamps[key], read(key)) for key in changed)
        while batch := list(islice(rows, BATCH)):
            segments[_number()] = _segment(pack(batch, deaths))
            deaths = []
        if deaths:
            segments[_number()] = _segment(pack([], deaths))
        self._lives = _lives(segments)
        while (again := merged(self._lives)) is not None:
            gone, data = again
            kept = {n: segment for n, segment in segments.items() if n not in gone}
            segments = {**kept, _number(): _segment(data)}
            self._lives = _lives(segments)
        self._known = dict(stamps)

    def _places(self, keys: Iterable[str]) -> Iterator[tuple[int, int]]:
        """Segment number and row of each of these documents."""
        for key in keys:
            for live in self._lives:
                row = live.segment.row(key)
                if row >= 0 and row not in live.void:
                    yield live.number, row
                    break


def _lives(segments: Mapping[int, Segment]) -> tuple[Live, ...]:
    """The segments, each with the rows that others made void."""
    void: dict[int, set[int]] = {number: set() for number in segments}
    for segment in segments.values():
        for number, row in segment.deaths():
            if number in void:
                void[number].add(row)
    return tuple(
        Live(number, segment, frozenset(void[number])) for number, segment in segments.items()
    )


def _ask(query: str, lives: tuple[Live, ...]) -> Query:
    def frequency(term: int) -> int:
        return sum(live.frequency(term) for live in lives)

    return Query.of(query, frequency, sum(map(len, lives)))


def _best(lives: tuple[Live, ...], wanted: list[tuple[int, float]], most: int) -> list[Found]:
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


def _row(key: str, stamp: str, document: Document | None) -> Row:
    """A document as it is stored; one that cannot be read has no terms."""
    found = row_of(document or Document(key, stamp, ""))
    return Row(key, stamp, found.terms if document else {}, found.grams)


def _segment(data: bytes) -> Segment:
    return Segment(memoryview(data))


def _number() -> int:
    """A new segment's number: random, so that no file ever changes under its name."""
    return secrets.randbits(63)
