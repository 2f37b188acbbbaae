"""One save: the commits, their way into the checkout, and what is told of it."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import shlex
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dynasaur.errors import StoreError
from dynasaur.repo.after import files_of, what_became
from dynasaur.repo.build import Plan, build, plan
from dynasaur.repo.checkout import MovedError
from dynasaur.repo.deliver import Move, deliver, name_branch
from dynasaur.repo.git import Git
from dynasaur.repo.index import IndexCopy, state
from dynasaur.repo.journal import Entry, Journal
from dynasaur.repo.look import Look, look
from dynasaur.repo.place import Head, Place, unfinished
from dynasaur.repo.recover import sweep_reports, sync_index
from dynasaur.repo.settings import Settings
from dynasaur.repo.sign import sign
from dynasaur.repo.sync import Sync, packs
from dynasaur.repo.values import Change, Deliver, Delivery

LATE_TRIES = 2
"""So often is the index locked as late as can be; then it is held from the start."""

PATIENCE = 5.0
"""Seconds to wait for a person's git that is at work in the same moment."""


@dataclass(frozen=True, slots=True)
class _Save:
    """Commits, why they are not to be merged, and why they are not signed.

    Those that are to be merged have no branch yet: they get one when they have to wait.
    """

    seen: Look
    wanted: Plan
    commits: tuple[str, ...]
    wait: str
    unsigned: str = ""
    sync: Sync | None = None


class Saving:
    """Saves the changes of a run; only under the lock.

    Args:
        git: git in the library's root.
        place: Where the library lies.
        journal: Where it is written down what is about to be done.
        settings: git's configuration.
    """

    def __init__(self, git: Git, place: Place, journal: Journal, settings: Settings) -> None:
        self._git, self._place = git, place
        self._journal, self._settings = journal, settings

    def save(self, run: str, changes: Sequence[Change], how: Deliver, refused: str) -> Delivery:
        """Commit and deliver.

        Args:
            run: The run's id.
            changes: One commit each.
            how: What becomes of the commits.
            refused: Why they have to wait on their branch in any case; empty when they do not.

        Raises:
            StoreError: Nothing was committed, and why.
            OSError: Nothing was committed: the disk is full or cannot be written.
        """
        paths = sorted({path for change in changes for path in change.paths})
        save: _Save | None = None
        why = ""
        wait = refused or ("" if how == "merge" else "as asked")
        until = time.monotonic() + PATIENCE
        for attempt in itertools.count():
            try:
                late = attempt >= LATE_TRIES
                with IndexCopy(self._git, self._place, hold=late, ahead=not wait) as index:
                    seen = look(self._git, self._place, f"dynasaur/{run}", paths)
                    if save is None or seen.head != save.seen.head:
                        save = self._build(seen, changes, wait, index)
                    why = self._deliver(save, index)
                    break
            except MovedError:
                why = self._in_the_way(save.seen.head.ref if save else None)
            except OSError as error:
                if save is None:
                    raise
                why = f"{self._place.root} cannot be written: {error.strerror}"
                break
            if time.monotonic() > until:
                break
            time.sleep(random.uniform(0.01, 0.05))  # noqa: S311
        if save is None:
            self._journal.clear()
            raise StoreError(f"nothing is kept: {why}")
        try:
            if why and save.sync:
                self._name(save, save.sync)
        finally:
            if why:
                self._journal.clear()
            else:
                self._journal.delivered(state(self._place))
        return self._delivery(save, why)

    def look_after(self, *, later: bool) -> str:
        """See that the last delivery has not been undone by a git that ran at the same moment.

        Args:
            later: That git has come to its end by now.

        Returns:
            One line for the user when a commit has undone it; else empty.
        """
        last = self._journal.last()
        if last is None or tuple(last.index) == state(self._place) or unfinished(self._place):
            return ""
        found = what_became(self._git, self._place, last)
        if found.stale:
            with contextlib.suppress(StoreError):  # it is locked: the next save looks again
                sync_index(self._git, self._place, files_of(last))
            return ""
        if later:
            self._journal.settled()
        return found.note

    def _build(self, seen: Look, changes: Sequence[Change], wait: str, index: IndexCopy) -> _Save:
        wanted = plan(self._place, seen, changes, self._read)
        if not wanted.commits:
            return _Save(seen, wanted, (), "nothing to commit: it is there already")
        wait = wait or waits(self._place, seen.head)
        if wanted.clash:
            wait = wait or f"{wanted.clash} exists already with other content"
        entry = Entry(seen.branch, str(self._place.root), not wait, seen.head.commit or "")
        self._journal.write(entry)
        if not wait:
            index.begin(wanted.files)
        known = packs(self._place)
        people, prefix = self._settings.people, self._place.prefix
        try:
            commits = build(self._git, seen, wanted, prefix, people, named=bool(wait))
        except StoreError:
            sweep_reports(self._place, self._journal)
            self._journal.clear()
            raise
        sync = None if wait else Sync(self._place, known)
        commits, unsigned = self._sign(seen, commits, named=bool(wait))
        files = {path: (file.before, file.after) for path, file in wanted.files.items()}
        self._journal.write(replace(entry, tip=commits[-1], files=files))
        return _Save(seen, wanted, commits, wait, unsigned, sync)

    def _read(self, blob: str) -> bytes:
        return self._git.run("cat-file", "blob", blob).stdout

    def _sign(
        self, seen: Look, commits: tuple[str, ...], *, named: bool
    ) -> tuple[tuple[str, ...], str]:
        """Sign as the person does; a key that is not at hand is no reason to lose a save."""
        signing = self._settings.signing
        if signing is None:
            return commits, ""
        try:
            branch = seen.branch if named else ""
            return sign(self._git, signing, branch, seen.head.commit, commits), ""
        except StoreError as error:
            return commits, f"not signed: {error}"

    def _deliver(self, save: _Save, index: IndexCopy) -> str:
        """Merge the commits when that is asked for and safe; else say why they wait."""
        head = save.seen.head
        if save.wait or head.ref is None or save.sync is None:
            return save.wait
        move = Move(head.ref, head.commit, save.commits[-1], save.seen.branch)
        files = save.wanted.files
        try:
            deliver(self._git, self._place, move, files, index, save.sync)
        except MovedError:
            raise
        except StoreError as error:  # the person's change, or an index that git cannot read
            return str(error)
        return ""

    def _name(self, save: _Save, sync: Sync) -> None:
        """Give commits that could not be merged the branch on which they wait."""
        sync.wait()
        name_branch(self._git, self._place, save.seen.branch, save.commits[-1])

    def _in_the_way(self, ref: str | None) -> str:
        here, shared = self._place.git_dir, self._place.common
        names = here / "index", here / "HEAD", shared / (ref or "HEAD"), shared / "packed-refs"
        locks = [f"{name}.lock" for name in names if os.path.lexists(f"{name}.lock")]
        if not locks:
            return "git was busy all the time"
        command = shlex.join(["rm", *locks])
        return f"a lock of git's is in the way; when no git is running, remove it: {command}"

    def _delivery(self, save: _Save, why: str) -> Delivery:
        if not save.commits:
            return Delivery("", (), merged=False, note=why)
        notes = [save.unsigned]
        identity = self._settings.people[0]
        if identity.fallback:
            name = f"{identity.name} <{identity.email}>"
            notes.append(f"git has no user.name and user.email: committed as {name}")
        branch = save.seen.branch
        if why:
            wait = f"left on branch {branch} ({why}): take it with `git merge {branch}`"
            notes.insert(0, wait)
        else:
            branch = (save.seen.head.ref or "").removeprefix("refs/heads/")
        note = "; ".join(filter(None, notes))
        return Delivery(branch, save.commits, merged=not why, note=note)


def waits(place: Place, head: Head) -> str:
    """Why commits would have to wait on a branch now; empty when they would not."""
    what = unfinished(place)
    if what:
        return f"{what} is under way"
    return "" if head.ref else "no branch is checked out"
