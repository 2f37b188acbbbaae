"""Two rankings to one: by words, and by meaning, which an embedding model tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
    """Two rankings as one, by the sum of their reciprocal ranks; 1 is first in both.

    An exact name in the query stays first: its score is 1.
    """
    worth: dict[str, float] = {}
    hits: dict[str, Hit] = {}
    exact = {hit.action.module for hit in by_words if hit.score >= 1.0}
    for ranking in (by_words, by_meaning):
        for rank, hit in enumerate(ranking, 1):
            module = hit.action.module
            hits.setdefault(module, hit)
            worth[module] = worth.get(module, 0.0) + (EVEN + 1) / (EVEN + rank) / 2
    found = [
        replace(hit, score=1.0 if module in exact else worth[module])
        for module, hit in hits.items()
    ]
    return sorted(found, key=lambda hit: (hit.action.module not in exact, -hit.score))
