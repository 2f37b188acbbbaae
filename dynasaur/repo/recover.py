"""Finish what a writer that died had begun.

The journal's entry that names the commits is the turning point. Without it nothing had happened.
With it, the save is whole, and only its delivery may be missing: it is done again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

from dynasaur.errors import StoreError
from dynasaur.repo.build import File, blob_id
from dynasaur.repo.checkout import KeptBackError, MovedError, sweep
from dynasaur.repo.deliver import Move, deliver, name_branch
from dynasaur.repo.files import read_plain, real_folders, write_whole
from dynasaur.repo.git import Git
from dynasaur.repo.index import IndexCopy, copies, holds
from dynasaur.repo.journal import Entry, Journal
from dynasaur.repo.look import Questions, staged_of
from dynasaur.repo.place import Head, Place, find, read_head, unfinished
from dynasaur.repo.settings import read_settings
from dynasaur.repo.sync import Sync


def recover(place: Place, journal: Journal, shared: int) -> str:
    """Roll the dead writer's save forward, and sweep up after it; only under the lock.

    Returns:
        One line for the user when the save could not be merged; else empty.
    """
    entry = journal.read()
    note = ""
    if entry is not None:
        try:
            there = find(Path(entry.root))
            git = Git(there.root, read_settings(Git(there.root)).filters_off)
            git.inherited = (shared,)
            _finish(git, there, entry)
            _sweep_index(there)
            sweep(there)
            sweep_reports(there, journal)
        except IndexBusyError:
            raise
        except StoreError as error:  # its checkout is gone, or has changed: a branch stays
            with contextlib.suppress(StoreError):
                _take_back(find(Path(entry.root)), entry)
            note = _leave(Git(place.root), place, entry, str(error))
        journal.clear()
    _settle_lock(place)
    _sweep_index(place)
    sweep(place)
    return note


def sweep_reports(place: Place, journal: Journal) -> None:
    """Remove what `git fast-import` leaves behind when it fails, since the journal was written."""
    for report in place.git_dir.glob("fast_import_crash_*"):
        with contextlib.suppress(FileNotFoundError):
            if report.stat().st_mtime_ns >= journal.path.stat().st_mtime_ns:
                report.unlink()


def _finish(git: Git, place: Place, entry: Entry) -> None:
    branch_lock = place.common / "refs" / "heads" / f"{entry.branch}.lock"
    branch_lock.unlink(missing_ok=True)  # ours alone, and no git of the dead writer's lives
    head = read_head(git, place)
    named = _commit(git, f"refs/heads/{entry.branch}")
    tip = entry.tip if named or not entry.tip else _commit(git, entry.tip)
    moved = bool(entry.merge and tip and head.commit) and _follows(git, head.commit or "", tip)
    lost = _settle_lock(place)
    if moved and lost and head.commit == tip:
        sync_index(git, place, files_between(git, place, entry.base or None, tip))
    if tip and entry.merge and not moved:
        _merge(git, place, entry, head, named=bool(named))


def _commit(git: Git, name: str) -> str:
    """The id of a commit; empty when there is none."""
    asked = f"{name}^{{commit}}"
    return git.line("rev-parse", "--verify", "--quiet", asked, accept=(0, 1, 128))


def _follows(git: Git, new: str, old: str) -> bool:
    done = git.run("merge-base", "--is-ancestor", old, new, accept=(0, 1, 128))
    return done.returncode == 0


def _merge(git: Git, place: Place, entry: Entry, head: Head, *, named: bool) -> None:
    if head.ref is None or unfinished(place) or (head.commit or "") != entry.base:
        raise KeptBackError("the checkout has moved on")
    files = files_between(git, place, head.commit, entry.tip)
    move = Move(head.ref, head.commit, entry.tip, entry.branch, named)
    with IndexCopy(git, place, hold=True) as index:
        deliver(git, place, move, files, index, Sync(place))


def _take_back(place: Place, entry: Entry) -> None:
    """Files of a delivery that cannot be finished: as they were, where nobody has taken them up.

    Raises:
        StoreError: git fails.
    """
    git = Git(place.root)
    with Questions(git, {}) as ask:
        for path, (before, after) in entry.files.items():
            known = ask(f"HEAD:./{path}")[0], staged_of(ask, path)
            target = real_folders(place.root, path, make=False)
            data = read_plain(target)
            now = None if data is None else blob_id(place.hash_name, data)
            if now != after or after in known:
                continue
            if before is None:
                target.unlink()
            else:
                write_whole(target, git.run("cat-file", "blob", before).stdout)


def _leave(git: Git, place: Place, entry: Entry, why: str) -> str:
    """Let commits that cannot be merged wait on their branch: one line for the user."""
    name = entry.branch
    if not _commit(git, f"refs/heads/{name}"):
        if not entry.tip or not _commit(git, entry.tip):
            return ""
        Sync(place).wait()
        name_branch(git, place, name, entry.tip)
    note = f"an earlier save waits on branch {name}: take it with `git merge {name}`"
    return f"{note} ({why})" if why else note


def _settle_lock(place: Place) -> bool:
    """The dead writer's lock on the index goes.

    Returns:
        The new index is lost: it was prepared, and did not come to its place.
    """
    lock = place.git_dir / "index.lock"
    if _inode(lock) in {_inode(hold) for hold in holds(place)} - {None}:
        lock.unlink()
    return bool(copies(place))


def _sweep_index(place: Place) -> None:
    """Remove the dead writer's copies; while they are there, the index may need mending."""
    for file in [*copies(place), *holds(place)]:
        file.unlink(missing_ok=True)


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


def sync_index(git: Git, place: Place, files: Mapping[str, File]) -> None:
    """Bring into the index what the branch and the disk have already.

    Raises:
        StoreError: Another git holds the index.
    """
    try:
        with IndexCopy(git, place, hold=True) as index:
            index.apply(files)
            with index.locked() as put:
                put()
    except KeptBackError:  # the person has staged these very files since: theirs counts
        pass
    except MovedError:
        lock = place.git_dir / "index.lock"
        raise IndexBusyError(f"{lock} is in the way: when no git is running, remove it") from None


class IndexBusyError(StoreError):
    """The index needs mending, and another git holds it: nothing may be saved before."""


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
