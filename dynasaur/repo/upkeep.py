"""Keep git quick: each save leaves one small pack behind, and history grows."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Collection
from pathlib import Path

from dynasaur.errors import StoreError
from dynasaur.repo.git import Git
from dynasaur.repo.place import Place

CHAIN = "commit-graph-chain.lock"

PACKS = 24
"""From so many packs on they are joined: git's own limit, where it starts to collect, is 50."""

STALE = 60.0
"""Seconds from which a lock of a git of ours that was killed is no living git's."""

GRAPH = ("--stdin-commits", "--changed-paths", "--max-new-filters=1000", "--split", "--no-progress")


def keep_up(git: Git, place: Place) -> None:
    """Join small packs. Large packs stay as they are, and nothing is thrown away.

    A partial clone is left to git, which keeps the objects that it promised apart.
    """
    with contextlib.suppress(OSError, StoreError):
        kinds = _kinds(place)
        if kinds.count("pack") >= PACKS and "promisor" not in kinds:
            git.run("repack", "--geometric=2", "-d", "-l", "--quiet")


def note_paths(git: Git, place: Place, tips: Collection[str]) -> None:
    """Note for git which paths some commits and those below touch; only under the lock.

    Not those of all branches and tags: there may be a hundred thousand of them to be looked at.
    What is noted already stays: a small layer comes on top, and git joins layers as they grow.
    Where git has no use for it (a shallow clone) it writes nothing. A partial clone lacks what
    would have to be read.
    """
    chain, own = place.common / "objects/info/commit-graphs" / CHAIN, place.own / "upkeep"
    with contextlib.suppress(OSError, StoreError):
        if own.exists() and not _sweep(chain, own):
            return
        if not chain.exists() and "promisor" not in _kinds(place):
            own.touch()
            told = "".join(f"{tip}\n" for tip in tips).encode()
            git.run("commit-graph", "write", *GRAPH, stdin=told)
            own.unlink()


def _kinds(place: Place) -> list[str]:
    """The endings of what lies among the packs."""
    names = os.listdir(place.common / "objects" / "pack")  # noqa: PTH208 (names are enough)
    return [name.rpartition(".")[2] for name in names]


def _sweep(chain: Path, own: Path) -> bool:
    """Take away the lock that a killed git of ours has left: whether it is gone."""
    try:
        age = time.time() - chain.stat().st_mtime
        ours = chain.stat().st_mtime >= own.stat().st_mtime
    except FileNotFoundError:
        age, ours = 0.0, False
    if ours and age < STALE:
        return False
    if ours:
        chain.unlink(missing_ok=True)
    own.unlink()
    return True
