"""What the index answers: results, and why they rank where they do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

LETTERS = "letters"
"""The field of a reason that lies in the letter triples of name and summary."""

EXACT = "exact name"
"""The field of a reason that lies in the exact name being written in the query."""

ENOUGH = 10
"""Lists of so many and more have room for one whose name was only mentioned."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One result.

    Attributes:
        key: A document's key.
        score: How well it fits, between 0 and 1.
        mentioned: Its name stands in the query as plain words: see `names.mentions`.
    """

    key: str
    score: float
    mentioned: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """What one word of one field added to a document's score.

    Attributes:
        word: The word, stemmed; empty for the looks of the whole query.
        field: One of `FIELDS`, `LETTERS` or `EXACT`.
        score: What it added.
    """

    word: str
    field: str
    score: float


def in_sight(found: Sequence[T], k: int, mentioned: Callable[[T], bool]) -> list[T]:
    """The best k of some results, among them the best whose name was mentioned.

    It takes the last place where it would have none: who named an action must not lose it, and
    that place is worth the least. Lists of fewer than `ENOUGH` have no place to give away.

    Args:
        found: The results, best first, maybe more than k of them.
        k: How many are wanted.
        mentioned: Tells whether the query mentions a result's name.
    """
    shown = list(found[:k])
    if k >= ENOUGH and not any(map(mentioned, shown)):
        shown[k - 1 :] = [one for one in found[k - 1 :] if mentioned(one)][:1] or shown[k - 1 :]
    return shown
