"""Finish what a writer that died had begun.

The commits' branch is the turning point. Without it nothing had happened. With it, the save is
whole, and only its delivery may be missing: it is done again.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from dynasaur.errors import StoreError
from dynasaur.repo.build import File
from dynasaur.repo.checkout import sweep
from dynasaur.repo.deliver import Move, deliver, empty_tree, private_indexes, take_index
from dynasaur.repo.git import Git
from dynasaur.repo.journal import Entry, Journal
from dynasaur.repo.place import Place, find, read_head, unfinished


def recover(journal: Journal) -> None:
    """Roll the dead writer's save forward; only under the lock."""
    entry = journal.read()
    if entry is None:
        return
    with contextlib.suppress(StoreError):  # its work tree may be gone: the branch stays
        place = find(Path(entry.root))
        _finish(Git(place.root), place, entry)
        sweep(place)
    journal.clear()


def _finish(git: Git, place: Place, entry: Entry) -> None:
    head = read_head(git, place)
    ref = f"refs/heads/{entry.branch}"
    tip = git.line("rev-parse", "--verify", "--quiet", ref, accept=(0, 1)) or None
    moved = tip is None or tip == head.commit
    prepared = private_indexes(place)
    if prepared:
        _settle_index(git, place, entry, moved=moved, head=head.commit)
    for index in prepared:
        index.unlink(missing_ok=True)
    if tip is None:
        return
    if moved:
        git.run("update-ref", "-d", ref, tip)
        return
    if entry.deliver != "merge" or unfinished(place) or (head.commit or "") != entry.base:
        return
    if head.ref is not None:
        move = Move(head.ref, head.commit, tip, entry.branch)
        deliver(git, place, move, files_between(git, place, head.commit, tip))


def _settle_index(git: Git, place: Place, entry: Entry, *, moved: bool, head: str | None) -> None:
    """The dead writer's index lock becomes the index, or goes, as the branch has moved or not."""
    lock = place.git_dir / "index.lock"
    with contextlib.suppress(FileNotFoundError):
        number = lock.stat().st_ino
        if any(index.stat().st_ino == number for index in private_indexes(place)):
            if moved:
                lock.replace(place.git_dir / "index")
            else:
                lock.unlink()
            return
    if moved and head is not None:
        take_index(git, place, Move("HEAD", entry.base or None, head, entry.branch))


def files_between(git: Git, place: Place, base: str | None, tip: str) -> dict[str, File]:
    """What lies between two commits, below the library's root."""
    trees = base or empty_tree(place), tip
    text = git.run("diff-tree", "-r", "-z", "--raw", "--no-renames", *trees).stdout
    parts = text.decode("utf-8", "surrogateescape").split("\0")
    found = {}
    for about, path in zip(parts[::2], parts[1::2], strict=False):
        _, _, before, after, _ = about.split(" ")
        data = None if after == place.zero else git.run("cat-file", "blob", after).stdout
        known = [None if name == place.zero else name for name in (before, after)]
        found[path.removeprefix(place.prefix)] = File(known[0], known[1], data)
    return found
