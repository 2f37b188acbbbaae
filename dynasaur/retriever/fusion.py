"""Two rankings to one: by words, and by meaning, which an embedding model tells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from dynasaur.index import Document, Near
from dynasaur.types import Hit

EVEN = 60
"""Added to every rank before it is turned upside down (reciprocal-rank fusion's k)."""

WIDE = 50
"""So many of the nearest by meaning are fused with those found by words."""

_LONGEST_TEXT = 600


class Dense(Protocol):
    """Documents as vectors, kept in line with what there is."""

    def sync(
        self,
        stamps: Mapping[str, str],
        text: Callable[[str], str],
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Embed what is new or changed; raises a DynasaurError where that cannot be done."""

    def nearest(self, query: str, k: int) -> Near:
        """The documents whose vectors are nearest; raises the same."""


def text_of(document: Document | None) -> str:
    """A document as it is embedded: its name and docstring, or its body where there is none."""
    if document is None:
        return ""
    told = f"{document.summary} {document.docstring}".strip() or document.body
    return f"{document.name.replace('_', ' ')}. {told}"[:_LONGEST_TEXT]


def fused(by_words: Sequence[Hit], by_meaning: Sequence[Hit]) -> list[Hit]:
    """Two rankings of hits as one, best first, by the sum of their reciprocal ranks.

    An exact name in the query stays first: its score is 1.
    """
    hits = {hit.action.module: hit for hit in (*by_meaning, *by_words)}
    rankings = ([hit.action.module for hit in ranking] for ranking in (by_words, by_meaning))
    worth = reciprocal(*rankings)
    exact = {hit.action.module for hit in by_words if hit.score >= 1.0}
    found = [
        replace(hits[module], score=1.0 if module in exact else score)
        for module, score in worth.items()
    ]
    return sorted(found, key=lambda hit: (hit.action.module not in exact, -hit.score))


def reciprocal(*rankings: Iterable[str]) -> dict[str, float]:
    """By key the mean of its reciprocal ranks; 1 is first in all rankings."""
    worth: dict[str, float] = {}
    for ranking in rankings:
        for rank, key in enumerate(ranking, 1):
            worth[key] = worth.get(key, 0.0) + (EVEN + 1) / (EVEN + rank) / len(rankings)
    return worth
