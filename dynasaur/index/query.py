"""A query as the index sees it: terms with their weights, exact names, and how it looks."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from dynasaur.index.document import FULL, gram_term, name_term
from dynasaur.index.names import Name, mentions, names
from dynasaur.index.words import grams, grams_of_stem, hash_of, terms

LOOKS = 0.2
"""Share of the score that goes by letter triples; the rest goes by terms."""

ALIKE = 0.6
"""A document that has this share of an unknown word's letter triples may mean that word."""

TYPO = 0.4
"""What a word counts for when only its letters match."""

SHORTEST = 5
"""Shorter unknown words are alike to too much."""

MOST_STRANGE = 4
"""With more unknown words than this none of them is taken for a typo."""


@dataclass(frozen=True, slots=True)
class Strange:
    """A word of the query that the index does not hold: a typo, a compound, or just unknown.

    Attributes:
        word: The word, stemmed.
        grams: Its letter triples.
        weight: What it would add to the score at most.
    """

    word: str
    grams: frozenset[int]
    weight: float

    def worth(self, other: Collection[int]) -> float:
        """What it adds to the score of a document with these letter triples."""
        share = len(self.grams.intersection(other)) / len(self.grams)
        return self.weight * share if share >= ALIKE else 0.0


@dataclass(frozen=True, slots=True)
class Query:
    """A query, weighed against what the index holds.

    Attributes:
        weights: What each known term adds to a document's score for each unit of its weight
            there, in the order in which they are summed: the greatest first.
        names: What of it is the name of some action.
        mentions: Its plain words that are the name of some action.
        grams: Its letter triples.
        strange: Its words that the index does not hold.
    """

    weights: Mapping[str, float]
    names: tuple[Name, ...]
    mentions: tuple[Name, ...]
    grams: frozenset[int]
    strange: tuple[Strange, ...]

    @classmethod
    def of(cls, text: str, frequency: Callable[[int], int], total: int) -> Query:
        """Weigh a query.

        Args:
            text: The query.
            frequency: How many documents have a term, by its hash.
            total: How many documents there are.
        """

        def known(found: Iterable[Name]) -> tuple[Name, ...]:
            return tuple(name for name in found if frequency(hash_of(name_term(name.text))))

        weights: dict[str, float] = {}
        unknown: dict[str, float] = {}
        everything = 0.0
        for term, count in Counter(terms(text)).items():
            found = frequency(hash_of(term))
            rarity = math.log(1.0 + (total - found + 0.5) / (found + 0.5))
            weight = rarity * (1.0 + math.log(count))
            everything += weight
            (weights if found else unknown)[term] = weight
        unit = (1.0 - LOOKS) / FULL / everything if everything else 0.0
        ordered = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
        return cls(
            weights={term: weight * unit for term, weight in ordered},
            names=known(names(text)),
            mentions=known(mentions(text)),
            grams=frozenset(grams(text)),
            strange=_strange(unknown, unit * FULL * TYPO),
        )

    def letters(self) -> list[tuple[int, float]]:
        """Terms by which documents are found whose names look like the unknown words.

        None where the known words weigh more: they find the documents, whose letters then tell.
        """
        unknown = sum(strange.weight for strange in self.strange) / TYPO
        if unknown <= sum(self.weights.values()) * FULL:
            return []
        found = {gram_term(gram) for strange in self.strange for gram in strange.grams}
        return [(term, 1.0) for term in sorted(found)]

    def may_mean(self, other: Collection[int]) -> bool:
        """Whether an unknown word may mean a document with these letter triples."""
        return any(strange.worth(other) for strange in self.strange)

    def alike(self, other: Collection[int]) -> dict[str, float]:
        """What letters add to the score of a document with these letter triples.

        Returns:
            By `""` what the looks of the whole query add, at most `LOOKS`; by each unknown word
            what its own letters add. Nothing where nothing is added.
        """
        if not self.grams or not other:
            return {}
        shared = len(self.grams.intersection(other))
        added = {"": LOOKS * shared / math.sqrt(len(self.grams) * len(other))} if shared else {}
        for strange in self.strange:
            if worth := strange.worth(other):
                added[strange.word] = worth
        return added


def _strange(unknown: Mapping[str, float], unit: float) -> tuple[Strange, ...]:
    """The unknown words that may be typos: a query full of them is about something else."""
    words = [word for word in unknown if len(word) >= SHORTEST and not word.isdigit()]
    if len(words) > MOST_STRANGE:
        return ()
    return tuple(Strange(word, grams_of_stem(word), unknown[word] * unit) for word in words)
