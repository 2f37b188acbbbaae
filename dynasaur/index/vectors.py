"""Documents as vectors: each content embedded once and kept in a file, the nearest ones found.

One SQLite file for each embedding model. It is derived and disposable as the index is: a torn one
is made anew. What was embedded stays when the process is stopped.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dynasaur.errors import StoreError
from dynasaur.index.answers import Scored

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Embed = Callable[[Sequence[str]], Sequence[Sequence[float]]]
"""Texts to vectors, one each, all of one length."""

BATCH = 64
"""So many texts are embedded at once, and kept before the next ones are."""

STANDS_OUT = 3.5
"""So many standard deviations above the mean likeness of all documents lies what fits.

Calibrated as the bound on words is: see tests/benchmarks/README.md.
"""

_SPARE = 10_000
"""So many vectors of contents that no document has any more are kept, should they come back."""

_TABLES = (
    "CREATE TABLE IF NOT EXISTS vector_1 (hash BLOB PRIMARY KEY, vector BLOB)",
    "CREATE TABLE IF NOT EXISTS place_1 (key TEXT PRIMARY KEY, stamp TEXT, hash BLOB)",
)
_BUSY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Near:
    """The documents nearest to a query.

    Attributes:
        found: The best first; scores are cosines.
        least: The cosine from which on a document stands out from all others.
    """

    found: tuple[Scored, ...] = ()
    least: float = 1.0


class Vectors:
    """Documents, found by what they mean.

    Args:
        folder: Where vectors are kept; None keeps them in memory.
        model: Which model `embed` asks: another one's vectors are never mixed with its.
        embed: Turns texts into vectors; what it raises is passed on.
    """

    def __init__(self, folder: Path | None, model: str, embed: Embed) -> None:
        name = hashlib.sha256(model.encode()).hexdigest()[:12]
        self._file = None if folder is None else folder / f"vectors-{name}.sqlite"
        self._embed = embed
        self._guard = threading.Lock()
        self._base = self._open()
        self._keys: list[str] = []
        self._matrix: npt.NDArray[np.float32] | None = None

    def sync(
        self,
        stamps: Mapping[str, str],
        text: Callable[[str], str],
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Embed what is new or changed, and forget what is gone.

        Args:
            stamps: Each document's key and stamp.
            text: Gives the text of a key; called for new and changed ones alone.
            progress: Told how many are done, and how many there are.

        Raises:
            StoreError: The file cannot be read or written any more.
        """
        with self._using():
            self._sync(stamps, text, progress)

    def nearest(self, query: str, k: int) -> Near:
        """The k documents whose vectors lie nearest to a query's.

        Raises:
            StoreError: The file cannot be read any more.
        """
        with self._using():
            return self._nearest(query, k)

    @contextmanager
    def _using(self) -> Iterator[None]:
        """One thread at a time, and SQLite's errors as ours."""
        with self._guard:
            try:
                yield
            except (sqlite3.Error, ValueError) as error:
                self._matrix = None
                raise StoreError(f"{self._file or 'vectors'}: {error}; delete it") from error

    def _sync(
        self,
        stamps: Mapping[str, str],
        text: Callable[[str], str],
        progress: Callable[[int, int], None] | None,
    ) -> None:
        known: dict[str, str] = dict(self._base.execute("SELECT key, stamp FROM place_1"))
        gone = known.keys() - stamps.keys()
        changed = [key for key, stamp in stamps.items() if known.get(key) != stamp]
        if gone or changed:
            self._matrix = None
        for start in range(0, len(changed), BATCH):
            some = changed[start : start + BATCH]
            self._put({key: text(key) for key in some}, stamps)
            if progress:
                progress(start + len(some), len(changed))
        with self._base:
            self._base.executemany("DELETE FROM place_1 WHERE key = ?", [(key,) for key in gone])
        self._forget()

    def _nearest(self, query: str, k: int) -> Near:
        import numpy as np

        matrix = self._loaded()
        if not len(matrix):
            return Near()
        (vector,) = self._embed([query])
        likeness = matrix @ _normal(np.asarray([vector], dtype=np.float32))[0]
        best = np.argsort(-likeness, kind="stable")[:k]
        least = float(likeness.mean() + STANDS_OUT * likeness.std())
        found = (Scored(self._keys[place], float(likeness[place])) for place in best)
        return Near(tuple(found), least)

    def _put(self, texts: Mapping[str, str], stamps: Mapping[str, str]) -> None:
        """Keep some documents, embedding those contents that are new."""
        hashes = {key: hashlib.sha256(text.encode()).digest()[:16] for key, text in texts.items()}
        missing = {hash_: texts[key] for key, hash_ in hashes.items() if not self._has(hash_)}
        vectors = self._embed(list(missing.values())) if missing else ()
        rows = [(h, array("f", v).tobytes()) for h, v in zip(missing, vectors, strict=True)]
        with self._base:
            self._base.executemany("INSERT OR REPLACE INTO vector_1 VALUES (?, ?)", rows)
            places = [(key, stamps[key], hash_) for key, hash_ in hashes.items()]
            self._base.executemany("INSERT OR REPLACE INTO place_1 VALUES (?, ?, ?)", places)

    def _has(self, hash_: bytes) -> bool:
        found = self._base.execute("SELECT 1 FROM vector_1 WHERE hash = ?", (hash_,)).fetchone()
        return found is not None

    def _forget(self) -> None:
        spare = "FROM vector_1 WHERE hash NOT IN (SELECT hash FROM place_1)"
        (count,) = self._base.execute(f"SELECT count(*) {spare}").fetchone()
        if count > _SPARE:
            with self._base:
                self._base.execute(f"DELETE {spare}")

    def _loaded(self) -> npt.NDArray[np.float32]:
        """All vectors, of length 1, in the order of their keys."""
        import numpy as np

        if self._matrix is None:
            rows = self._base.execute(
                "SELECT key, vector FROM place_1 JOIN vector_1 USING (hash) ORDER BY key"
            ).fetchall()
            self._keys = [key for key, _ in rows]
            data = np.frombuffer(b"".join(vector for _, vector in rows), dtype=np.float32)
            self._matrix = _normal(data.reshape(len(rows), -1) if rows else data.reshape(0, 0))
        return self._matrix

    def _open(self) -> sqlite3.Connection:
        """The file; made anew where it is torn, and in memory where it cannot be written."""
        if self._file is not None:
            for _ in range(2):
                try:
                    self._file.parent.mkdir(parents=True, exist_ok=True)
                    return _connected(self._file)
                except sqlite3.OperationalError:
                    break
                except sqlite3.DatabaseError:
                    with suppress(OSError):
                        self._file.unlink()
                except OSError:
                    break
        return _connected(":memory:")


def _connected(file: Path | str) -> sqlite3.Connection:
    base = sqlite3.connect(file, timeout=_BUSY_SECONDS, check_same_thread=False)
    try:
        for table in _TABLES:
            base.execute(table)
        if base.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("damaged")
    except sqlite3.Error:
        base.close()
        raise
    return base


def _normal(matrix: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Each row divided by its length."""
    import numpy as np

    lengths = np.linalg.norm(matrix, axis=1, keepdims=True) if matrix.size else 1.0
    result: npt.NDArray[np.float32] = (matrix / np.maximum(lengths, 1e-12)).astype(np.float32)
    return result
