"""Keep git quick: each save leaves one small pack behind, and history grows."""

from __future__ import annotations

import contextlib
import os

from dynasaur.errors import StoreError
from dynasaur.repo.git import Git
from dynasaur.repo.place import Place

PACKS = 24
"""From so many packs on they are joined: git's own limit, where it starts to collect, is 50."""

GRAPH = ("--reachable", "--changed-paths", "--max-new-filters=1000", "--split", "--no-progress")


def keep_up(git: Git, place: Place) -> None:
    """Join small packs, and note for git which commits touch which paths.

    Large packs stay as they are, and nothing is thrown away.

    A partial clone is left to git, which keeps the objects that it promised apart.
    """
    with contextlib.suppress(OSError, StoreError):
        names = os.listdir(place.common / "objects" / "pack")  # noqa: PTH208 (names are enough)
        endings = [name.rpartition(".")[2] for name in names]
        if endings.count("pack") >= PACKS and "promisor" not in endings:
            git.run("repack", "--geometric=2", "-d", "-l", "--quiet")
            git.run("commit-graph", "write", *GRAPH)
