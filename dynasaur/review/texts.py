"""Two sets of files as the two sides of a range, without any repository."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping

from dynasaur.config import PACKAGE
from dynasaur.review.blobs import Difference, Pair
from dynasaur.review.values import Blob


class Texts:
    """The contents of two sets of files.

    Args:
        before: Path below the library's root to content.
        after: The same, afterwards.
    """

    def __init__(self, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> None:
        self._before, self._after = before, after

    def difference(self) -> Difference:
        """The files that differ."""
        differ = [
            path
            for path in sorted({*self._before, *self._after})
            if self._before.get(path) != self._after.get(path)
        ]
        inside = [path for path in differ if path.startswith(f"{PACKAGE}/")]
        pairs = tuple(Pair(_blob(self._before, one), _blob(self._after, one)) for one in inside)
        listed = {path: ("100644", "") for path in self._after if path.startswith(f"{PACKAGE}/")}
        return Difference(pairs, len(differ) - len(inside), listed)

    def texts(self, paths: Iterable[str], listed: Mapping[str, tuple[str, str]]) -> dict[str, str]:
        """The texts of files as they are afterwards."""
        found = self.each(paths, listed)
        return {path: data.decode("utf-8-sig", "replace") for path, data in found}

    def each(
        self, paths: Iterable[str], listed: Mapping[str, tuple[str, str]]
    ) -> Iterator[tuple[str, bytes]]:
        """Some files as they are afterwards: path and content."""
        return ((path, self._after[path]) for path in paths if path in listed)

    def mentioning(self, words: Iterable[str]) -> list[str]:
        """The Python files, as they are afterwards, that hold one of some words."""
        wanted = {word.encode() for word in words}
        return [
            path
            for path, data in self._after.items()
            if path.endswith(".py") and not wanted.isdisjoint(re.findall(rb"\w+", data))
        ]


def _blob(files: Mapping[str, bytes], path: str) -> Blob | None:
    if path not in files:
        return None
    return Blob(path, "100644", hashlib.sha256(files[path]).hexdigest(), files[path])
