"""What is indexed of one action, and how much each of its words weighs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from dynasaur.index.names import folded
from dynasaur.index.pack import Row
from dynasaur.index.words import grams, hash_of, terms


@dataclass(frozen=True, slots=True)
class Document:
    """One action as text, field by field; absent fields are empty.

    Attributes:
        key: Unique and stable; ties are ranked by it.
        stamp: Equal stamps mean an unchanged document.
        name: The action's name, an identifier.
        summary: The first line of its docstring.
        docstring: The whole docstring.
        parameters: Names and types of its parameters and its return type.
        body: Its source.
        task: The task that gave birth to it.
    """

    key: str
    stamp: str
    name: str
    summary: str = ""
    docstring: str = ""
    parameters: str = ""
    body: str = ""
    task: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """How one field counts.

    Attributes:
        weight: What one occurrence of a term is worth.
        length: The field's usual length in terms: a fixed number, not the library's live average,
            so that a new document changes no old weight.
        slope: How far a longer field thins its terms out (0 not at all, 1 in proportion).
    """

    weight: float
    length: float
    slope: float


FIELDS = {
    "name": Field(2.0, 5.0, 0.75),
    "summary": Field(1.5, 7.0, 0.75),
    "docstring": Field(1.0, 15.0, 0.5),
    "parameters": Field(0.25, 4.0, 0.5),
    "body": Field(0.5, 40.0, 0.9),
    "task": Field(0.5, 15.0, 0.8),
}

SATURATION = 1.8
"""Half the greatest weight is reached at this many occurrences of worth 1 (BM25's k1)."""


FULL = 0xFFFF
"""The stored weight that stands for 1."""


def row_of(document: Document) -> Row:
    """A document as it is stored.

    Nothing but the document goes into it: how rare a term is counts at query time.
    """
    totals: dict[str, float] = {}
    for _, term, worth in contributions(document):
        totals[term] = totals.get(term, 0.0) + worth
    weights = {hash_of(term): weight_of(worth) for term, worth in totals.items()}
    weights[hash_of(name_term(document.name))] = FULL
    weights |= dict.fromkeys(map(gram_term, grams(document.name)), FULL)
    looks = grams(f"{document.name} {document.summary}")
    return Row(document.key, document.stamp, weights, looks)


def weight_of(worth: float) -> int:
    """What a term of this worth weighs in its document: saturated, between 1 and `FULL`."""
    return max(1, round(FULL * worth / (worth + SATURATION)))


def gram_term(gram: int) -> int:
    """Hash of the term by which an action is found by a letter triple of its name."""
    return hash_of(f"~{gram}")


def name_term(name: str) -> str:
    """The term by which an action is found by its exact name."""
    return f"={folded(name)}"


def contributions(document: Document) -> Iterator[tuple[str, str, float]]:
    """What each field adds to each term: (field, term, worth), before saturation."""
    for name, field in FIELDS.items():
        found = terms(getattr(document, name))
        thinning = 1.0 - field.slope + field.slope * len(found) / field.length
        for term, count in Counter(found).items():
            yield name, term, field.weight * count / thinning
