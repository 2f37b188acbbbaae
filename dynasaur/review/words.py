"""The words of a library's texts, kept between reviews by each text's id in git."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from dynasaur.fingerprint import Telling, telling
from dynasaur.repo.files import write_whole
from dynasaur.review.blobs import Contents

WORTH = 500
"""Texts from which on keeping is quicker than reading."""


class Vocabulary:
    """Which words a library's texts hold.

    Args:
        paths: The files: path to mode and id; what lies in the work tree has no id.
        contents: The range's contents.
        file: Where words are kept from one review to the next, outside of every repository: one
            that came with it could hide a clone. None keeps none, nor is anything kept of what
            has no id: its path may stand for another text the next time.
    """

    def __init__(
        self, paths: Mapping[str, tuple[str, str]], contents: Contents, file: Path | None
    ) -> None:
        self._paths: dict[str, list[str]] = {}
        for path, (_, id_) in paths.items():
            self._paths.setdefault(id_ or path, []).append(path)
        if len(paths) < WORTH or not all(id_ for _, id_ in paths.values()):
            file = None
        self._table = _read(file) if file else Telling({})
        if self._paths.keys() != {*self._table.keys}:
            self._table = self._made(self._table.words(), paths, contents)
            if file:
                _write(file, self._table)

    def nearest(self, text: str, limit: int) -> list[str]:
        """The paths of the texts that share the most telling words with one, best first."""
        near = self._table.nearest(telling(text), limit)
        return [path for key in near for path in self._paths[key]]

    def _made(
        self,
        kept: Mapping[str, frozenset[int]],
        paths: Mapping[str, tuple[str, str]],
        contents: Contents,
    ) -> Telling:
        """The words of all, read where they are not kept; a file that is none has no words."""
        missing = {same[0]: key for key, same in self._paths.items() if key not in kept}
        texts = contents.texts(missing, paths)
        read = {key: telling(texts.get(path, "")) for path, key in missing.items()}
        return Telling({key: read[key] if key in read else kept[key] for key in self._paths})


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
