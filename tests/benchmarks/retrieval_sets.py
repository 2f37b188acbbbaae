"""The retrieval sets and the measures, shared by the benchmarks.

A set is a folder with `corpus.jsonl` (id, name, signature, docstring, code), `queries.jsonl`
(id, text) and `qrels.tsv` (query id, document id, 1). They are not part of the repository: name
their parent folder by `--data DIR` or `DYNASAUR_RETRIEVAL_DATA`.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dynasaur.index import Document, Index

VARIABLE = "DYNASAUR_RETRIEVAL_DATA"

Search = Callable[[str, int], list[str]]
"""A query and k to the ids of the best k documents, best first."""


@dataclass(frozen=True)
class Set:
    """A collection of functions, and queries with the functions that serve them."""

    name: str
    corpus: Sequence[Document]
    queries: Mapping[str, str]
    right: Mapping[str, frozenset[str]]

    def sample(self, most: int) -> Set:
        """The same with at most so many queries, always the same ones."""
        kept = sorted(self.queries)
        random.Random(0).shuffle(kept)
        return Set(
            self.name, self.corpus, {key: self.queries[key] for key in kept[:most]}, self.right
        )


def arguments(description: str | None) -> argparse.ArgumentParser:
    """A parser with `--data`."""
    parser = argparse.ArgumentParser(description=(description or "").split("\n", 1)[0])
    parser.add_argument(
        "--data", type=Path, default=os.environ.get(VARIABLE), help=f"default: ${VARIABLE}"
    )
    parser.add_argument("--queries", type=int, default=10_000, help="at most so many of each set")
    return parser


def load(data: Path | None, most: int = 10_000) -> list[Set]:
    """All sets of a folder; ends the program with a clear message where there are none."""
    folders = sorted(path.parent for path in Path(data).glob("*/corpus.jsonl")) if data else []
    if not folders:
        sys.stdout.write(f"skipped: no retrieval sets; give --data DIR or set {VARIABLE}\n")
        raise SystemExit(0)
    return [_set(folder).sample(most) for folder in folders]


def _set(folder: Path) -> Set:
    right: dict[str, set[str]] = {}
    for line in (folder / "qrels.tsv").read_text("utf-8").splitlines():
        query, document, _ = line.split("\t")
        right.setdefault(query, set()).add(document)
    return Set(
        name=folder.name,
        corpus=[_document(row) for row in _rows(folder / "corpus.jsonl")],
        queries={row["id"]: row["text"] for row in _rows(folder / "queries.jsonl")},
        right={query: frozenset(documents) for query, documents in right.items()},
    )


def _rows(file: Path) -> Iterator[dict[str, str]]:
    return (json.loads(line) for line in file.read_text("utf-8").splitlines())


def _document(row: Mapping[str, str]) -> Document:
    """A function as the index takes it; the task that it was made for would give it away."""
    summary, _, docstring = row["docstring"].partition("\n")
    return Document(
        key=row["id"],
        stamp="1",
        name=row["name"],
        summary=summary,
        docstring=docstring,
        parameters=row["signature"],
        body=row["code"],
    )


def ours(corpus: Sequence[Document]) -> Search:
    """The index of this package, in memory."""
    index = Index()
    index.update(corpus)
    return lambda query, k: [scored.key for scored in index.search(query, k)]


def measure(found: Sequence[str], right: frozenset[str]) -> tuple[float, float, float, float]:
    """Recall@1, Recall@5, MRR@10 and nDCG@10 of one ranking."""
    places = [place for place, key in enumerate(found[:10]) if key in right]
    ideal = sum(1 / math.log2(place + 2) for place in range(min(10, len(right))))
    return (
        sum(place < 1 for place in places) / len(right),
        sum(place < 5 for place in places) / len(right),
        1 / (places[0] + 1) if places else 0.0,
        sum(1 / math.log2(place + 2) for place in places) / ideal,
    )


def evaluate(search: Search, data: Set) -> list[tuple[float, float, float, float]]:
    """The measures of each query, in the order of the queries."""
    return [measure(search(text, 10), data.right[key]) for key, text in data.queries.items()]


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean."""
    return sum(values) / len(values)
