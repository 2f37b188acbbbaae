"""New objects on the disk for good, while other work goes on.

A sync waits for the disk, not for the processor: all files at once cost what one costs.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dynasaur.repo.place import Place

ENDINGS = (".pack", ".idx")


def packs(place: Place) -> frozenset[str]:
    """The names of the files that hold packed objects."""
    try:
        names = os.listdir(place.common / "objects" / "pack")  # noqa: PTH208 (names are enough)
    except FileNotFoundError:
        return frozenset()
    return frozenset(name for name in names if name.endswith(ENDINGS))


class Sync:
    """Packs on their way to the disk.

    Args:
        place: Where the library lies.
        known: Names of those that need no sync.
    """

    def __init__(self, place: Place, known: frozenset[str] = frozenset()) -> None:
        folder = place.common / "objects" / "pack"
        files = [folder / name for name in sorted(packs(place) - known)]
        self._pool = ThreadPoolExecutor(max_workers=4)
        self._tasks = [self._pool.submit(_sync, file) for file in files]

    def wait(self) -> None:
        """Until all of them are there.

        Raises:
            OSError: One cannot be written.
        """
        try:
            for task in self._tasks:
                task.result()
        finally:
            self._pool.shutdown()


def _sync(file: Path) -> None:
    try:
        handle = os.open(file, os.O_RDONLY)
    except FileNotFoundError:  # a person's git has just joined it with others, and synced those
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
