"""The index itself: kept in line with its documents, searched, and told to explain."""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from dynasaur.index.answers import EXACT, LETTERS, Reason, Scored, in_sight
from dynasaur.index.changes import changed_by, opened, replaced
from dynasaur.index.document import FIELDS, Document, contributions, name_term, row_of, weight_of
from dynasaur.index.folder import Folder
from dynasaur.index.merging import due, merged
from dynasaur.index.names import Name, folded
from dynasaur.index.pack import Row
from dynasaur.index.query import Query
from dynasaur.index.scoring import Found, Live, Place, best_of, score_of
from dynasaur.index.words import hash_of, terms

LOOKED_AT = 50
"""How many of the best by their terms are ranked anew by how they look."""


NOISE = 0.06
"""The least score worth offering, for a query of one word, by the logarithm of the size."""


class Index:
    """Documents, found by the words of their fields.

    It is derived and disposable. Each change adds a small segment, so that it costs its own
    length whatever the index holds; `merge` merges segments in tiers, beside all that goes on.
    Several threads and processes may read and write at once. What is torn or of another version
    on disk is built anew; where the folder cannot be written, the index lives in memory alone.

    Args:
        folder: Where the index is kept between processes; None keeps it in memory.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = None if folder is None else Folder(folder)
        self._lives: tuple[Live, ...] = ()
        self._known: dict[str, str] | None = {}
        self._seen = ""
        self._guard = threading.RLock()
        self.refresh()

    def __len__(self) -> int:
        return sum(map(len, self._lives))

    def refresh(self) -> None:
        """Go on with what other processes have written."""
        with self._guard:
            segments = None if self._folder is None else self._folder.read()
            if segments is not None:
                self._lives = opened(segments)
                self._known = None
            if self._folder is not None:
                self._seen = self._folder.seen

    def stands_at(self, seen: str) -> bool:
        """Whether it is in line with what `sync` was last told was seen. Costs one small file."""
        with self._guard:
            self.refresh()
            return bool(seen) and self._seen == seen

    def sync(
        self,
        stamps: Mapping[str, str],
        read: Callable[[str], Document | None],
        progress: Callable[[int, int], None] | None = None,
        seen: str = "",
    ) -> None:
        """Bring the index in line with the documents that exist.

        Args:
            stamps: Each document's key and stamp.
            read: Gives the document of a key; called for new and changed ones alone. None
                leaves it out of all results until its stamp changes.
            progress: Told after each of these how many are done, and how many there are.
            seen: Stands for all the stamps, and was taken before them: see `stands_at`.
        """
        with self._guard:
            self.refresh()
            if self._stamps() == stamps and seen in ("", self._seen):
                return
        with self._writing():
            known = self._stamps()
            changed = [key for key, stamp in stamps.items() if known.get(key) != stamp]
            gone = [key for key in known if key not in stamps]
            self._known = None  # read anew, should this be interrupted
            self._seen = ""
            rows = (_row(key, stamps[key], read(key)) for key in changed)
            told = rows if progress is None else _told(rows, progress, len(changed))
            self._lives = changed_by(self._lives, told, gone)
            self._known = dict(stamps)
            self._seen = seen

    def update(self, documents: Iterable[Document], gone: Iterable[str] = ()) -> None:
        """Add or replace some documents and remove others; all the others stay.

        The cost does not depend on how many these are. `sync` does the same where it is not
        known what has changed.
        """
        with self._writing():
            known, self._known = self._known, None  # read anew, should this be interrupted
            self._seen = ""
            stamps: dict[str, str] = {}
            out = list(gone)
            self._lives = changed_by(self._lives, _rows(documents, stamps), out)
            if known is not None:
                for key in out:
                    known.pop(key, None)
                known.update(stamps)
            self._known = known

    def merge(self) -> None:
        """Merge segments until nothing is due.

        For a thread of its own, or a quiet moment: it holds nobody up, for the work is done
        before the right to write is asked for, and loses nothing when it is killed.
        """
        self.refresh()
        while some := due(self._lives):
            data = merged(some, self._lives)
            with self._writing():
                self._lives = replaced(self._lives, some, data)

    def wants_merging(self) -> bool:
        """There is something for `merge` to do."""
        return bool(due(self._lives))

    def search(self, query: str, k: int = 10) -> list[Scored]:
        """The best documents for a query, best first; equal scores in the order of their keys.

        Documents whose exact name stands in the query (`names` says what counts as one) come
        first, with a score of 1, those whose place stands there, too, before the others. Of those
        whose name is mentioned as plain words the best is there, too: see `in_sight`.
        """
        return in_sight(self.ranked(query, k), k, lambda one: one.mentioned)

    def ranked(self, query: str, k: int) -> list[Scored]:
        """The best k documents for a query, and after them those whose name is mentioned."""
        if k < 1:
            return []
        lives = self._lives
        asked = _ask(query, lives)
        wanted = [(hash_of(term), weight) for term, weight in asked.weights.items()]
        places = {found.place: found for found in best_of(lives, wanted, max(k, LOOKED_AT))}
        named: dict[Place, int] = {}
        for name in asked.names:
            for found in _named(lives, name):
                named[found.place] = max(named.get(found.place, 0), 1 + len(name.places))
                _also(places, found, wanted)
        mentioned = [found for name in asked.mentions for found in _named(lives, name)]
        for found in mentioned[:LOOKED_AT]:
            _also(places, found, wanted)
        for found in best_of(lives, asked.letters(), LOOKED_AT):
            if asked.may_mean(found.live.segment.grams(found.row)):
                _also(places, found, wanted)
        ranked = []
        sought = {found.place for found in mentioned}
        for place, found in places.items():
            segment = found.live.segment
            looks = sum(asked.alike(segment.grams(found.row)).values())
            rank = -named.get(place, 0), -found.score - looks, segment.key(found.row)
            ranked.append((*rank, place in sought))
        ranked.sort()
        kept = [*ranked[:k], *(one for one in ranked[k:] if one[-1])]
        return [Scored(key, 1.0 if name else -score, also) for name, score, key, also in kept]

    def noise(self, query: str) -> float:
        """The score below which results are more often noise than what the query means.

        It falls with the number of the query's words, which are never all found in one document
        when they are many, and rises with the number of documents, among which there is always
        one that fits by chance. Calibrated by tests/benchmarks/retrieval_parts.py.
        """
        asked = len(set(terms(query)))
        return NOISE * math.log(1 + len(self)) / math.sqrt(max(1, asked))

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
        looks = asked.alike(row_of(document).grams)
        reasons += [Reason(word, LETTERS, worth) for word, worth in looks.items()]
        name = folded(document.name)
        if any(one.text == name and one.means(document.key) for one in asked.names):
            reasons.append(Reason(name, EXACT, 1.0 - sum(reason.score for reason in reasons)))
        order = {name: place for place, name in enumerate(FIELDS)}
        return tuple(sorted(reasons, key=lambda r: (-r.score, r.word, order.get(r.field, -1))))

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """Change the index as the only one who does, and keep the change."""
        if self._folder is None:
            with self._guard:
                yield
            return
        with self._guard, self._folder.writing() as allowed:
            if allowed:
                self.refresh()
            yield
            if allowed:
                with contextlib.suppress(OSError):  # a full disk: memory will do
                    self._folder.write({one.number: one.segment for one in self._lives}, self._seen)

    def _stamps(self) -> dict[str, str]:
        """Each document's key and stamp."""
        if self._known is None:
            self._known = {}
            for live in self._lives:
                segment = live.segment
                pairs = zip(segment.keys(), segment.stamps(), strict=True)
                self._known.update(pair for row, pair in enumerate(pairs) if row not in live.void)
        return self._known


def _ask(query: str, lives: tuple[Live, ...]) -> Query:
    def frequency(term: int) -> int:
        return sum(live.frequency(term) for live in lives)

    return Query.of(query, frequency, sum(map(len, lives)))


def _also(places: dict[Place, Found], found: Found, wanted: Sequence[tuple[int, float]]) -> None:
    """Take in a document that was not found by its terms, with what these are worth in it."""
    if found.place not in places:
        score = score_of(found.live, wanted, found.row)
        places[found.place] = Found(score, found.live, found.row)


def _named(lives: tuple[Live, ...], name: Name) -> list[Found]:
    """The documents that a name means, all of them: a few."""
    found = best_of(lives, [(hash_of(name_term(name.text)), 1.0)], sum(map(len, lives)))
    return [one for one in found if name.means(one.live.segment.key(one.row))]


def _rows(documents: Iterable[Document], stamps: dict[str, str]) -> Iterator[Row]:
    """Documents as they are stored, one at a time; their stamps are noted."""
    for document in documents:
        stamps[document.key] = document.stamp
        yield _row(document.key, document.stamp, document)


def _told(rows: Iterable[Row], progress: Callable[[int, int], None], total: int) -> Iterator[Row]:
    """The same rows, of which someone is told."""
    for done, row in enumerate(rows, 1):
        progress(done, total)
        yield row


def _row(key: str, stamp: str, document: Document | None) -> Row:
    """A document as it is stored; one that cannot be read has no terms."""
    found = row_of(document or Document(key, stamp, ""))
    return Row(key, stamp, found.terms if document else {}, found.grams)
