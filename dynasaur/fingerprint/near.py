"""An index of near clones, for libraries of any size."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from dynasaur.fingerprint.shingles import blended, shingles

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Row: TypeAlias = NDArray[np.uint32]
    Weights: TypeAlias = NDArray[np.float64]

DEFAULT_THRESHOLD = 0.8
"""In a library of 100,000: nine of ten actions that got a line more are linked to the old one, and
one of eleven unrelated actions to some other."""
_BUDGET = 20_000
"""How many entries of features a query reads, those of the rarest features first."""

_CANDIDATES = 40
_RECENT = 100
_MAGIC = b"dynasaur near 1\n"


@dataclass(frozen=True, slots=True)
class Near:
    """An action that is much like another: its key, and how much (0 to 1)."""

    key: str
    score: float


@dataclass(frozen=True, slots=True)
class _Postings:
    """Features in order, and beside each the row that has it."""

    keys: list[str]
    features: Row
    rows: Row
    totals: dict[str, float]

    def spans(self, features: Row) -> list[tuple[int, int]]:
        """Where each of the features stands."""
        import numpy as np

        first = np.searchsorted(self.features, features, "left")
        last = np.searchsorted(self.features, features, "right")
        return list(zip(first.tolist(), last.tolist(), strict=True))

    def weights(self, features: Row) -> Weights:
        """How telling each of the features is, by how many actions have it."""
        import numpy as np

        first = np.searchsorted(self.features, features, "left")
        counts = np.searchsorted(self.features, features, "right") - first
        return _weights(counts, len(self.keys))


class NearIndex:
    """Finds the actions that share the most telling features with a text.

    The score is that of `blended`, where a feature weighs the more, the fewer actions have it.
    Only actions that share one of the text's rarest features are looked at, so that a query does
    not grow with the library. What was added since the features were last put in order is looked
    through whole; they are put in order again when that is more than a hundredth of all.
    """

    def __init__(self) -> None:
        self._features: dict[str, Row] = {}
        self._recent: dict[str, Row] = {}
        self._postings: _Postings | None = None

    def __len__(self) -> int:
        return len(self._features)

    def __contains__(self, key: object) -> bool:
        return key in self._features

    def __iter__(self) -> Iterator[str]:
        return iter(self._features)

    def add(self, key: str, source: str, name: str = "") -> None:
        """Add an action, in place of what the key stood for before.

        Args:
            key: What a query gives back.
            source: A module, or one function.
            name: The function that is the action; without it the last public one.
        """
        self.remove(key)
        self._features[key] = self._recent[key] = _row(shingles(source, name))

    def remove(self, key: str) -> None:
        """Forget an action; one that is not known is no error."""
        self._features.pop(key, None)
        self._recent.pop(key, None)

    def query(
        self,
        source: str,
        *,
        name: str = "",
        limit: int = 5,
        at_least: float = DEFAULT_THRESHOLD,
        ignore: Iterable[str] = (),
    ) -> list[Near]:
        """The actions nearest to a text, best first.

        Args:
            source: A module, or one function.
            name: The function that is the action; without it the last public one.
            limit: How many at most.
            at_least: The lowest score that counts.
            ignore: Keys that are not wanted (the text's own, say).
        """
        wanted = _row(shingles(source, name))
        postings = self._ordered()
        weights = postings.weights(wanted)
        keys = self._gathered(postings, wanted, weights) | self._lately(wanted)
        found: list[Near] = []
        for key in keys & self._features.keys() - set(ignore):
            score = self._score(postings, wanted, weights, key)
            if score >= at_least:
                found.append(Near(key, round(score, 4)))
        return sorted(found, key=lambda near: (-near.score, near.key))[:limit]

    def _score(self, postings: _Postings, wanted: Row, weights: Weights, key: str) -> float:
        import numpy as np

        row = self._features[key]
        shared = float(weights[np.isin(wanted, row, assume_unique=True)].sum())
        recent = key in self._recent
        other = float(postings.weights(row).sum()) if recent else postings.totals[key]
        return blended(shared, float(weights.sum()), other, math.log(len(postings.keys) + 2.0))

    def _gathered(self, postings: _Postings, wanted: Row, weights: Weights) -> set[str]:
        """The actions that share most with the text, by its rarest features."""
        import numpy as np

        spans = sorted(
            (last - first, first, weight)
            for (first, last), weight in zip(postings.spans(wanted), weights.tolist(), strict=True)
            if first < last
        )
        read = 0
        taken: list[tuple[Row, float]] = []
        for length, first, weight in spans:
            read += length
            if taken and read > _BUDGET:
                break
            taken.append((postings.rows[first : first + length], weight))
        if not taken:
            return set()
        rows = np.concatenate([rows for rows, _ in taken])
        each = np.repeat([weight for _, weight in taken], [len(rows) for rows, _ in taken])
        unique, where = np.unique(rows, return_inverse=True)
        best = np.argsort(-np.bincount(where, weights=each))[:_CANDIDATES]
        return {postings.keys[row] for row in unique[best]}

    def _lately(self, wanted: Row) -> set[str]:
        """Those that share most among the ones that are not yet in order."""
        import numpy as np

        if len(self._recent) <= _CANDIDATES:
            return set(self._recent)
        keys, rows = list(self._recent), list(self._recent.values())
        owners = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        shared = np.bincount(owners[np.isin(np.concatenate(rows), wanted)], minlength=len(rows))
        return {keys[index] for index in np.argsort(-shared)[:_CANDIDATES]}

    def _ordered(self) -> _Postings:
        """The features in order, but for a few recent ones."""
        import numpy as np

        postings = self._postings
        if postings is not None and len(self._recent) <= _RECENT + len(self._features) // 100:
            return postings
        keys = list(self._features)
        lengths = [len(row) for row in self._features.values()]
        features = np.concatenate([*self._features.values(), np.empty(0, np.uint32)]).astype(
            np.uint32
        )
        rows = np.repeat(np.arange(len(keys), dtype=np.uint32), lengths)
        order = np.argsort(features, kind="stable")
        features, rows = features[order], rows[order]
        ends = np.flatnonzero(np.append(features[1:] != features[:-1], True)) + 1
        counts = np.diff(ends, prepend=0)
        weights = np.repeat(_weights(counts, len(keys)), counts)
        totals = np.bincount(rows, weights=weights[: len(rows)], minlength=len(keys)).tolist()
        self._postings = _Postings(keys, features, rows, dict(zip(keys, totals, strict=True)))
        self._recent = {}
        return self._postings

    def to_bytes(self) -> bytes:
        """The index as bytes, to be kept in a file."""
        keys = [[key, len(row)] for key, row in self._features.items()]
        head = json.dumps(keys).encode()
        rows = b"".join(row.astype("<u4").tobytes() for row in self._features.values())
        return _MAGIC + len(head).to_bytes(8, "little") + head + rows

    @classmethod
    def from_bytes(cls, data: bytes) -> NearIndex:
        """The index that `to_bytes` wrote.

        Raises:
            ValueError: The bytes are something else, or damaged.
        """
        import numpy as np

        body = len(_MAGIC) + 8
        size = int.from_bytes(data[len(_MAGIC) : body], "little")
        try:
            lengths: dict[str, int] = dict(json.loads(data[body : body + size]))
            features = np.frombuffer(data[body + size :], dtype="<u4").astype(np.uint32)
            whole = len(features) == sum(lengths.values())
        except (ValueError, TypeError):
            whole = False
        if not whole or not data.startswith(_MAGIC):
            raise ValueError("these bytes are no index of near clones, or a damaged one")
        made = cls()
        at = 0
        for key, length in lengths.items():
            made._features[key] = made._recent[key] = features[at : at + length]
            at += length
        return made


def _row(features: Iterable[int]) -> Row:
    import numpy as np

    return np.array(sorted(features), dtype=np.uint32)


def _weights(counts: NDArray[np.intp], total: int) -> Weights:
    import numpy as np

    floor = 1.0 / (1.0 + math.log(total + 1.0))
    telling: Weights = np.log((total + 1.0) / (counts + 1.0)).clip(0.0) + floor
    return telling
