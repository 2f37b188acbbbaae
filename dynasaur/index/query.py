"""A query as the index sees it: terms with their weights, exact names, and how it looks."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from dynasaur.index.document import FULL, name_term
from dynasaur.index.words import grams, hash_of, names, terms

LOOKS = 0.2
"""Share of the score that goes by letter triples; the rest goes by terms."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query, weighed against what the index holds.

    Attributes:
        weights: What each known term adds to a document's score for each unit of its weight
            there, in the order in which they are summed: the greatest first.
        names: Terms of the exact names in it, by their length.
        grams: Its letter triples.
    """

    weights: Mapping[str, float]
    names: Mapping[str, int]
    grams: frozenset[int]

    @classmethod
    def of(cls, text: str, frequency: Callable[[int], int], total: int) -> Query:
        """Weigh a query.

        Args:
            text: The query.
            frequency: How many documents have a term, by its hash.
            total: How many documents there are.
        """
        weights = {}
        everything = 0.0
        for term, count in Counter(terms(text)).items():
            found = frequency(hash_of(term))
            rarity = math.log(1.0 + (total - found + 0.5) / (found + 0.5))
            weight = rarity * (1.0 + math.log(count))
            everything += weight
            if found:
                weights[term] = weight
        unit = (1.0 - LOOKS) / FULL / everything if everything else 0.0
        ordered = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
        return cls(
            weights={term: weight * unit for term, weight in ordered},
            names={name_term(name): len(name) for name in names(text)},
            grams=frozenset(grams(text)),
        )

    def looks_like(self, other: Collection[int]) -> float:
        """What alikeness in letter triples adds to the score: at most `LOOKS`."""
        if not self.grams or not other:
            return 0.0
        shared = len(self.grams.intersection(other))
        return LOOKS * shared / math.sqrt(len(self.grams) * len(other))
