"""Finish what a writer that died had begun.

The commits' branch is the turning point. Without it nothing had happened. With it, the save is
whole, and only its delivery may be missing: it is done again.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from pathlib import Path

from dynasaur.errors import StoreError
from dynasaur.repo.build import File
from dynasaur.repo.checkout import sweep
from dynasaur.repo.deliver import Move, deliver
from dynasaur.repo.git import Git
from dynasaur.repo.index import IndexCopy, copies, holds
from dynasaur.repo.journal import Entry, Journal
from dynasaur.repo.place import Place, find, open_git, read_head, unfinished

OUTLIVED_SECONDS = 2.0


def recover(place: Place, journal: Journal) -> None:
    """Roll the dead writer's save forward, and sweep up after it; only under the lock."""
    entry = journal.read()
    if entry is not None:
        with contextlib.suppress(StoreError):  # its work tree may be gone: the branch stays
            there = find(Path(entry.root))
            _finish(open_git(there.root)[0], there, entry)
            sweep(there)
        journal.clear()
    _settle_lock(place, moved=False)
    sweep(place)


def _free_branch(place: Place, branch: str) -> None:
    """Remove git's lock on our own branch; first give a git that outlived its writer time."""
    lock = place.common / "refs" / "heads" / f"{branch}.lock"
    until = time.monotonic() + OUTLIVED_SECONDS
    while lock.exists():
        if time.monotonic() > until:
            lock.unlink(missing_ok=True)
        time.sleep(0.01)


def _finish(git: Git, place: Place, entry: Entry) -> None:
    _free_branch(place, entry.branch)
    head = read_head(git, place)
    ref = f"refs/heads/{entry.branch}"
    tip = git.line("rev-parse", "--verify", "--quiet", ref, accept=(0, 1)) or None
    moved = tip is None or tip == head.commit
    lost = _settle_lock(place, moved=moved)
    if tip is not None and tip == head.commit:
        git.run("update-ref", "-d", ref, tip)
    wanted = entry.deliver == "merge" and not unfinished(place)
    if moved and lost and head.commit:
        files = files_between(git, place, entry.base or None, head.commit)
        _sync_index(git, place, files)
    elif (
        tip is not None and not moved and wanted and (head.commit or "") == entry.base and head.ref
    ):
        files = files_between(git, place, head.commit, tip)
        with IndexCopy(git, place, files) as index:
            deliver(git, place, Move(head.ref, head.commit, tip, entry.branch), files, index)


def _settle_lock(place: Place, *, moved: bool) -> bool:
    """The dead writer's index lock becomes the index, or goes, as the branch has moved or not.

    Returns:
        The new index may be lost: it was prepared, and did not come to its place.
    """
    prepared, held = copies(place), holds(place)
    lock, index = place.git_dir / "index.lock", place.git_dir / "index"
    numbers = {_inode(copy) for copy in prepared}
    owner = _inode(lock)
    if moved and owner in numbers - {None}:
        lock.replace(index)
    elif owner in numbers | {_inode(hold) for hold in held} - {None}:
        lock.unlink()
    lost = bool(prepared) and _inode(index) not in numbers
    for file in [*prepared, *held]:
        file.unlink(missing_ok=True)
    return lost


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


def _sync_index(git: Git, place: Place, files: Mapping[str, File]) -> None:
    with IndexCopy(git, place, files) as index:
        index.apply(files)
        with index.locked() as put:
            if index.unchanged():
                put()


def files_between(git: Git, place: Place, base: str | None, tip: str) -> dict[str, File]:
    """What lies between two commits, below the library's root."""
    trees = base or place.empty_tree, tip
    text = git.run("diff-tree", "-r", "-z", "--raw", "--no-renames", *trees).stdout
    parts = text.decode("utf-8", "surrogateescape").split("\0")
    found = {}
    for about, path in zip(parts[::2], parts[1::2], strict=False):
        _, _, before, after, _ = about.split(" ")
        data = None if after == place.zero else git.run("cat-file", "blob", after).stdout
        known = [None if name == place.zero else name for name in (before, after)]
        found[path.removeprefix(place.prefix)] = File(known[0], known[1], data)
    return found
