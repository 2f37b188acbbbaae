"""The index itself: kept in line with its documents, searched, and told to explain."""

from __future__ import annotations

import contextlib
import hashlib
import heapq
import json
import math
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from dynasaur.index.document import FIELDS, SATURATION, Document, contributions, weigh
from dynasaur.index.words import names, terms

FORMAT = 1
"""Version of the file and of how words are cut and weighed: another one is built anew."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One result: a document's key and how well it fits (higher is better)."""

    key: str
    score: float


@dataclass(frozen=True, slots=True)
class Reason:
    """What one word of one field added to a document's score."""

    word: str
    field: str
    score: float


@dataclass(frozen=True, slots=True)
class _Entry:
    stamp: str
    name: str
    weights: dict[str, float]


class Index:
    """Documents as weighted terms, kept in memory and in one folder.

    Args:
        folder: Where the index lives between processes; None keeps it in memory alone. What
            lies there and cannot be read is built anew.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._file = None if folder is None else folder / "index.json"
        self._entries = {} if self._file is None else _read(self._file)
        self._postings: dict[str, dict[str, float]] = {}
        self._names: dict[str, set[str]] = {}
        for key, entry in self._entries.items():
            self._post(key, entry)

    def __len__(self) -> int:
        return len(self._entries)

    def sync(self, stamps: Mapping[str, str], read: Callable[[str], Document | None]) -> None:
        """Bring the index in line with the documents that exist.

        Args:
            stamps: Each document's key and stamp.
            read: Gives the document of a key; called for new and changed ones alone. None
                leaves it out until its stamp changes.
        """
        gone = self._entries.keys() - stamps.keys()
        changed = [
            key
            for key, stamp in stamps.items()
            if key not in self._entries or self._entries[key].stamp != stamp
        ]
        for key in gone:
            self._drop(key)
        for key in changed:
            self._drop(key)
            document = read(key)
            if document is None:
                entry = _Entry(stamps[key], "", {})
            else:
                entry = _Entry(stamps[key], document.name.casefold(), weigh(document))
            self._entries[key] = entry
            self._post(key, entry)
        if (gone or changed) and self._file is not None:
            with contextlib.suppress(OSError):  # a folder that cannot be written: memory will do
                _write(self._file, self._entries)

    def search(self, query: str, k: int = 10) -> list[Scored]:
        """The best documents for a query, best first; equal scores in the order of their keys.

        Documents whose exact name stands in the query come first, whatever their score.
        """
        scores: dict[str, float] = {}
        for term, weight in self._weights_of(query).items():
            for key, share in self._postings[term].items():
                scores[key] = scores.get(key, 0.0) + weight * share
        named = self._named(query)
        for key in named:
            scores[key] = named[key] + scores.get(key, 0.0)
        best = heapq.nsmallest(k, scores.items(), key=lambda item: (-item[1], item[0]))
        return [Scored(key, score) for key, score in best]

    def explain(self, query: str, document: Document) -> tuple[Reason, ...]:
        """Which words of which fields made a document rank, the weightiest first."""
        weights = self._weights_of(query)
        found = [part for part in contributions(document) if part[1] in weights]
        worth: dict[str, float] = {}
        for _, term, value in found:
            worth[term] = worth.get(term, 0.0) + value
        reasons = [
            Reason(term, field, weights[term] * value / (worth[term] + SATURATION))
            for field, term, value in found
        ]
        order = {name: place for place, name in enumerate(FIELDS)}
        return tuple(sorted(reasons, key=lambda r: (-r.score, r.word, order[r.field])))

    def _weights_of(self, query: str) -> dict[str, float]:
        """What each term of the query is worth: how rare it is, how often it is asked for."""
        total = len(self._entries)
        weights = {}
        for term, count in Counter(terms(query)).items():
            found = len(self._postings.get(term, ()))
            if found:
                rarity = math.log(1.0 + (total - found + 0.5) / (found + 0.5))
                weights[term] = rarity * (1.0 + math.log(count))
        return weights

    def _named(self, query: str) -> dict[str, float]:
        bonus = 1000.0
        return {
            key: bonus + len(name)
            for name in set(names(query))
            for key in self._names.get(name, ())
        }

    def _post(self, key: str, entry: _Entry) -> None:
        for term, weight in entry.weights.items():
            self._postings.setdefault(term, {})[key] = weight
        if entry.name:
            self._names.setdefault(entry.name, set()).add(key)

    def _drop(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is None:
            return
        for term in entry.weights:
            holders = self._postings[term]
            del holders[key]
            if not holders:
                del self._postings[term]
        if entry.name:
            self._names[entry.name].discard(key)


def _read(file: Path) -> dict[str, _Entry]:
    """What the file holds; nothing where it is absent, torn or of another format."""
    try:
        head, body = file.read_text("utf-8").split("\n", 1)
        if head != _head(body):
            return {}
        rows = json.loads(body)
    except (OSError, ValueError):
        return {}
    return {key: _Entry(stamp, name, weights) for key, stamp, name, weights in rows}


def _write(file: Path, entries: Mapping[str, _Entry]) -> None:
    """Put the entries in place of the file, whole or not at all."""
    body = json.dumps([[key, e.stamp, e.name, e.weights] for key, e in entries.items()])
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(file.with_suffix(".lock")):
        handle, name = tempfile.mkstemp(dir=file.parent, prefix="index-", suffix=".new")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(f"{_head(body)}\n{body}")
            Path(name).replace(file)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise


def _head(body: str) -> str:
    digest = hashlib.blake2b(body.encode(), digest_size=16).hexdigest()
    return f"dynasaur-index {FORMAT} {digest}"
