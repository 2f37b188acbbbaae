"""The words of a library's texts, kept between reviews by each text's id in git."""

from __future__ import annotations

import os
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from dynasaur.fingerprint import Telling, telling
from dynasaur.repo.files import write_whole
from dynasaur.review.beside import by_two
from dynasaur.review.blobs import Contents

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

WORTH = 500
"""Texts from which on keeping is quicker than reading."""

MANY = 2000
"""Texts from which on a second process saves more time than it takes to start it."""


class Vocabulary:
    """Which words a library's texts hold.

    Args:
        paths: The files: path to mode and id; what lies in the work tree has no id.
        contents: The range's contents.
        file: Where words are kept from one review to the next, outside of every repository: one
            that came with it could hide a clone. None keeps none, nor is anything kept of what
            has no id: its path may stand for another text the next time.
        ahead: Reads what is missing until the nearest are asked for; None: it is read when they
            are, by two processes at once where there is much of it.

    Attributes:
        late: Much had to be read; whoever asked for it may have nothing left to do but to wait.
    """

    def __init__(
        self,
        paths: Mapping[str, tuple[str, str]],
        contents: Contents,
        file: Path | None,
        ahead: Executor | None = None,
    ) -> None:
        self._contents, self._listed = contents, paths
        self._paths: dict[str, list[str]] = {}
        for path, (_, id_) in paths.items():
            self._paths.setdefault(id_ or path, []).append(path)
        if len(paths) < WORTH or not all(id_ for _, id_ in paths.values()):
            file = None
        self._file = file
        self._table = _read(file) if file else Telling({})
        self._missing: list[str] | None = None
        self._coming: Future[Iterator[tuple[str, bytes]]] | None = None
        self._is_new = self.late = False
        if self._paths.keys() != {*self._table.keys}:
            kept = {*self._table.keys}
            self._missing = [same[0] for key, same in self._paths.items() if key not in kept]
            self._keys = {same[0]: key for key, same in self._paths.items()}
            self._coming = ahead.submit(contents.each, self._missing, paths) if ahead else None

    def read(self) -> None:
        """Reads what was not kept."""
        if self._missing is not None:
            self._table = self._made(self._missing)
            self.late = len(self._missing) >= MANY
            self._missing = None
            self._is_new = True

    def keep(self) -> None:
        """Keeps what was read, if anything was."""
        if self._file and self._is_new:
            _write(self._file, self._table)

    def nearest(self, texts: Sequence[str], limit: int) -> list[list[str]]:
        """For each text the paths of those that share the most telling words, best first."""
        self.read()
        own = [telling(text.encode("utf-8", "surrogatepass")) for text in texts]
        return [
            [path for key in near for path in self._paths[key]]
            for near in self._table.nearest(own, limit)
        ]

    def _made(self, missing: Sequence[str]) -> Telling:
        """The words of all, read where they are not kept; a file that is none has no words."""
        words = self._table.words()
        known: dict[str, Collection[int]] = {key: words.get(key, ()) for key in self._paths}
        for path, found in self._told(missing):
            known[self._keys[path]] = found
        return Telling(known)

    def _told(self, missing: Sequence[str]) -> Iterable[tuple[str, Collection[int]]]:
        if self._coming:
            return ((path, telling(data)) for path, data in self._coming.result())
        if len(missing) < MANY:
            return self._found(missing)
        return chain.from_iterable(by_two(self._found, missing[::2], missing[1::2]))

    def _found(self, paths: Sequence[str]) -> list[tuple[str, Collection[int]]]:
        each = self._contents.each(paths, self._listed)
        return [(path, array("I", telling(data))) for path, data in each]


def _read(file: Path) -> Telling:
    try:
        table = Telling.from_bytes(file.read_bytes())
        os.utime(file)  # `dynasaur cache gc` removes what is not used
    except (OSError, ValueError, TypeError, RecursionError):
        return Telling({})
    return table


def _write(file: Path, table: Telling) -> None:
    """Keep words; where that is not possible, the next review reads the texts again."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, table.to_bytes())
