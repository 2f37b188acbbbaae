"""The library's git repository: start one, and commit to it beside people at work."""

from __future__ import annotations

import itertools
import os
import random
import re
import shlex
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dynasaur.errors import StoreError
from dynasaur.repo.build import Plan, blob_id, build, check_paths, plan
from dynasaur.repo.checkout import KeptBackError, MovedError
from dynasaur.repo.deliver import Move, deliver
from dynasaur.repo.files import read_plain, write_whole
from dynasaur.repo.git import Git
from dynasaur.repo.index import IndexCopy
from dynasaur.repo.journal import Entry, Journal, lock
from dynasaur.repo.look import Look, look
from dynasaur.repo.past import Past
from dynasaur.repo.place import Head, find, read_head, unfinished
from dynasaur.repo.publish import publish
from dynasaur.repo.recover import recover, sweep_reports
from dynasaur.repo.revision import Revision
from dynasaur.repo.settings import read_settings
from dynasaur.repo.sign import sign
from dynasaur.repo.upkeep import keep_up
from dynasaur.repo.values import Change, Deliver, Delivery, Identity

LATE_TRIES = 2
"""So often is the index locked as late as can be; then it is held from the start."""

PATIENCE = 5.0
"""Seconds to wait for a person's git that is at work in the same moment."""

IGNORED = ".dynasaur/"


@dataclass(frozen=True, slots=True)
class _Save:
    """Commits on their branch; why they are not to be merged, and why they are not signed."""

    seen: Look
    wanted: Plan
    commits: tuple[str, ...]
    wait: str
    unsigned: str = ""


class Repo:
    """The git repository that a library lies in.

    Commits are built on a branch of their own, without index or work tree; the person's
    checkout changes only by a fast-forward that touches nothing they have changed.

    Raises:
        StoreError: The root lies in no git repository, or git refuses it.
    """

    def __init__(self, root: Path) -> None:
        self._place = find(root)
        self._settings = read_settings(Git(self._place.root))
        self._git = Git(self._place.root, self._settings.filters_off)
        self._people = self._settings.people
        self._journal = Journal(self._place.own)

    @staticmethod
    def init(root: Path) -> Repo:
        """Make a library of a folder: repository, `actions/`, `.gitignore`, first commit.

        What exists already stays; only what is new is committed. Inside another repository the
        library becomes a part of it, unless that one ignores the folder.

        Raises:
            StoreError: The folder cannot be written, or git fails.
        """
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{root} cannot be made: {error.strerror}.") from error
        if not _is_versioned(root):
            Git(root).run("init", "--quiet", "--template=")
        repo = Repo(root)
        repo._start()
        return repo

    @property
    def root(self) -> Path:
        """The library's root: the folder that holds `actions/`."""
        return self._place.root

    @property
    def identity(self) -> Identity:
        """Who is named as the commits' author."""
        return self._people[0]

    def commit(
        self, run: str, changes: Sequence[Change], *, deliver: Deliver = "merge"
    ) -> Delivery:
        """Commit the changes of a run, one commit each, and deliver them.

        Args:
            run: The run's id; the branch is `dynasaur/<run>`.
            changes: One commit each, in order.
            deliver: What becomes of the commits.

        Raises:
            StoreError: Nothing was committed, and why.
        """
        check_paths(changes)
        if not re.fullmatch(r"\w[\w-]*(\.[\w-]+)*", run, re.ASCII) or run.endswith(".lock"):
            raise StoreError(f"{run!r} cannot name a branch: use letters, digits and dashes.")
        if deliver == "none" or not changes:
            return Delivery("", (), merged=False, note="")
        try:
            with lock(self._place.own) as shared:
                self._git.inherited = (shared,)
                earlier = recover(self._place, self._journal, shared)
                done = self._save(run, changes, deliver)
                keep_up(self._git, self._place)
        except OSError as error:
            why = error.strerror or str(error)
            raise StoreError(f"{self.root} cannot be written ({why}): nothing is kept.") from error
        finally:
            self._git.inherited = ()
        if deliver == "pr" and done.commits:
            done = replace(done, note=self._publish(done, changes))
        return replace(done, note="; ".join(filter(None, [done.note, earlier])))

    def status_note(self) -> str:
        """Why a save could not be kept or merged now, on one line; empty when it could."""
        for folder in (self._place.common, self._place.common / "objects"):
            if not os.access(folder, os.W_OK):
                return f"{folder} cannot be written: nothing will be kept."
        why = self._waits(read_head(self._git, self._place))
        return f"{why}: new actions will wait on a branch." if why else ""

    @property
    def past(self) -> Past:
        """What has happened to the library's files."""
        return Past(self._git, self._place)

    def at(self, revision: str) -> Revision:
        """The library as it was.

        Raises:
            ActionError: There is no such commit.
        """
        return Revision(self._place, revision)

    def _start(self) -> None:
        """Commit what makes a folder a library, where it is missing."""
        package, ignore = self.root / "actions" / "__init__.py", self.root / ".gitignore"
        files: dict[str, bytes | None] = {}
        if (read_plain(package) or b"") == b"":
            files["actions/__init__.py"] = b""
        text = read_plain(ignore)
        if IGNORED.encode() not in (text or b"").split():
            gap = b"" if not text or text.endswith(b"\n") else b"\n"
            longer = (text or b"") + gap + IGNORED.encode() + b"\n"
            if text is None or self._is_committed(".gitignore", text):
                files[".gitignore"] = longer
            else:
                write_whole(ignore, longer)
        change = Change("Start a library of actions", "", {}, files, overwrite=True)
        if not self.commit("init", [change]).merged:
            for name, data in files.items():
                (self.root / name).parent.mkdir(exist_ok=True)
                write_whole(self.root / name, data or b"")

    def _is_committed(self, name: str, data: bytes) -> bool:
        asked = f"HEAD:{self._place.prefix}{name}"
        known = self._git.line("rev-parse", "--verify", "--quiet", asked, accept=(0, 1, 128))
        return known == blob_id(self._place.hash_name, data)

    def _save(self, run: str, changes: Sequence[Change], how: Deliver) -> Delivery:
        paths = sorted({path for change in changes for path in change.files})
        save: _Save | None = None
        why = ""
        until = time.monotonic() + PATIENCE
        for attempt in itertools.count():
            try:
                with IndexCopy(self._git, self._place, hold=attempt >= LATE_TRIES) as index:
                    seen = look(self._git, self._place, f"dynasaur/{run}", paths, index.variables)
                    if save is None or seen.head != save.seen.head:
                        branch = save.seen.branch if save else seen.branch
                        save = self._build(replace(seen, branch=branch), changes, how)
                    why = self._deliver(save, index, seen)
                    break
            except MovedError:
                why = self._in_the_way(save.seen.head.ref if save else None)
            except OSError as error:
                if save is None:
                    raise
                why = f"{self.root} cannot be written: {error.strerror}"
                break
            if time.monotonic() > until:
                break
            time.sleep(random.uniform(0.01, 0.05))  # noqa: S311
        self._journal.clear()
        if save is None:
            raise StoreError(f"nothing is kept: {why}")
        return self._delivery(save, why)

    def _publish(self, done: Delivery, changes: Sequence[Change]) -> str:
        """Push the branch and ask for its review; it stays here in any case."""
        first, more = changes[0].subject, len(done.commits) - 1
        title = f"{first} (and {more} more)" if more else first
        body = "\n\n".join(f"{change.subject}\n\n{change.body}".strip() for change in changes)
        try:
            return publish(self._git, self._place, self._settings, done.branch, title, body)
        except StoreError as error:
            return f"{error}; {done.note}"

    def _build(self, seen: Look, changes: Sequence[Change], how: Deliver) -> _Save:
        wanted = plan(self._place, seen, changes)
        if not wanted.commits:
            return _Save(seen, wanted, (), "nothing to commit: it is there already")
        wait = self._waits(seen.head) if how == "merge" else "as asked"
        if wanted.clash:
            wait = wait or f"{wanted.clash} exists already with other content"
        entry = Entry(seen.branch, str(self.root), not wait, seen.head.commit or "")
        self._journal.write(entry)
        try:
            commits = build(self._git, seen, wanted, self._place.prefix, self._people)
        except StoreError:
            sweep_reports(self._place, self._journal)
            self._journal.clear()
            raise
        commits, unsigned = self._sign(seen, commits)
        self._journal.write(replace(entry, tip=commits[-1]))
        return _Save(seen, wanted, commits, wait, unsigned)

    def _sign(self, seen: Look, commits: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
        """Sign as the person does; a key that is not at hand is no reason to lose a save."""
        signing = self._settings.signing
        if signing is None:
            return commits, ""
        try:
            return sign(self._git, signing, seen.branch, seen.head.commit, commits), ""
        except StoreError as error:
            return commits, f"not signed: {error}"

    def _deliver(self, save: _Save, index: IndexCopy, seen: Look) -> str:
        """Merge the branch when that is asked for and safe; else say why it waits."""
        head = save.seen.head
        if save.wait or head.ref is None:
            return save.wait
        move = Move(head.ref, head.commit, save.commits[-1], save.seen.branch)
        try:
            deliver(self._git, self._place, move, save.wanted.files, index, seen.staged)
        except KeptBackError as error:
            return str(error)
        return ""

    def _waits(self, head: Head) -> str:
        what = unfinished(self._place)
        if what:
            return f"{what} is under way"
        return "" if head.ref else "no branch is checked out"

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
        if self.identity.fallback:
            name = f"{self.identity.name} <{self.identity.email}>"
            notes.append(f"git has no user.name and user.email: committed as {name}")
        branch = save.seen.branch
        if why:
            wait = f"left on branch {branch} ({why}): take it with `git merge {branch}`"
            notes.insert(0, wait)
        else:
            branch = (save.seen.head.ref or "").removeprefix("refs/heads/")
        note = "; ".join(filter(None, notes))
        return Delivery(branch, save.commits, merged=not why, note=note)


def _is_versioned(root: Path) -> bool:
    """Whether a folder lies in a repository that does not ignore it."""
    try:
        find(root)
    except StoreError:
        return False
    asked = ("--no-literal-pathspecs", "check-ignore", "--quiet", ".")
    return Git(root).run(*asked, accept=(0, 1)).returncode == 1
