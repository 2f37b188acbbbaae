"""The library's git repository: start one, and commit to it beside people at work."""

from __future__ import annotations

import itertools
import os
import random
import re
import shlex
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dynasaur.errors import StoreError
from dynasaur.repo.build import Built, blob_id, build, check_paths
from dynasaur.repo.checkout import KeptBackError, MovedError
from dynasaur.repo.deliver import Move, deliver
from dynasaur.repo.files import read_plain, write_whole
from dynasaur.repo.git import Git
from dynasaur.repo.index import IndexCopy
from dynasaur.repo.journal import Entry, Journal, lock
from dynasaur.repo.look import Look, look
from dynasaur.repo.place import Head, find, open_git, read_head, unfinished
from dynasaur.repo.recover import recover
from dynasaur.repo.values import Change, Deliver, Delivery, Identity

LATE_TRIES = 2
"""So often is the index locked as late as can be; then it is held from the start."""

PATIENCE = 5.0
"""Seconds to wait for a person's git that is at work in the same moment."""

IGNORED = ".dynasaur/"


class Repo:
    """The git repository that a library lies in.

    Commits are built on a branch of their own, without index or work tree; the person's
    checkout changes only by a fast-forward that touches nothing they have changed.

    Raises:
        StoreError: The root lies in no git repository, or git refuses it.
    """

    def __init__(self, root: Path) -> None:
        self._place = find(root)
        self._git, self._people = open_git(self._place.root)
        self._journal = Journal(self._place.own)

    @staticmethod
    def init(root: Path) -> Repo:
        """Make a library of a folder: repository, `actions/`, `.gitignore`, first commit.

        What exists already stays; only what is new is committed.

        Raises:
            StoreError: The folder cannot be written, or git fails.
        """
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{root} cannot be made: {error.strerror}.") from error
        try:
            repo = Repo(root)
        except StoreError:
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
        with lock(self._place.own):
            recover(self._place, self._journal)
            return self._save(run, changes, deliver)

    def status_note(self) -> str:
        """Why a save could not be kept or merged now, on one line; empty when it could."""
        for folder in (self._place.common, self._place.common / "objects"):
            if not os.access(folder, os.W_OK):
                return f"{folder} cannot be written: nothing will be kept."
        why = self._waits(read_head(self._git, self._place))
        return f"{why}: new actions will wait on a branch." if why else ""

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
        paths = {path for change in changes for path in change.files}
        seen, built = None, Built((), {}, "")
        why = ""
        until = time.monotonic() + PATIENCE
        for attempt in itertools.count():
            try:
                with IndexCopy(self._git, self._place, paths, hold=attempt >= LATE_TRIES) as index:
                    now = look(self._git, self._place, f"dynasaur/{run}", paths)
                    if seen is None or now.head != seen.head:
                        seen = replace(now, branch=seen.branch) if seen else now
                        built = self._build(seen, changes, how)
                    why = self._deliver(seen, built, how, index)
                    break
            except MovedError:
                why = self._in_the_way(seen.head.ref if seen else None)
            if time.monotonic() > until:
                break
            time.sleep(random.uniform(0.01, 0.05))  # noqa: S311
        self._journal.clear()
        assert seen is not None
        return self._delivery(seen, built, why)

    def _build(self, seen: Look, changes: Sequence[Change], how: Deliver) -> Built:
        self._journal.write(Entry(seen.branch, str(self.root), how, seen.head.commit or ""))
        try:
            return build(self._git, self._place, seen, changes, self._people)
        except StoreError:
            self._journal.clear()
            raise

    def _deliver(self, seen: Look, built: Built, how: Deliver, index: IndexCopy) -> str:
        """Merge the branch when that is asked for and safe; else say why it waits."""
        if how != "merge" or not built.commits:
            return "as asked"
        why = self._waits(seen.head)
        if built.clash:
            why = why or f"{built.clash} exists already with other content"
        if why or seen.head.ref is None:
            return why
        move = Move(seen.head.ref, seen.head.commit, built.commits[-1], seen.branch)
        try:
            deliver(self._git, self._place, move, built.files, index)
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

    def _delivery(self, seen: Look, built: Built, why: str) -> Delivery:
        if not built.commits:
            return Delivery("", (), merged=False, note="nothing to commit: it is there already")
        note = ""
        if self.identity.fallback:
            name = f"{self.identity.name} <{self.identity.email}>"
            note = f"git has no user.name and user.email: committed as {name}"
        if not why:
            name = (seen.head.ref or "").removeprefix("refs/heads/")
            return Delivery(name, built.commits, merged=True, note=note)
        wait = f"left on branch {seen.branch} ({why}): take it with `git merge {seen.branch}`"
        notes = "; ".join(part for part in (wait, note) if part)
        return Delivery(seen.branch, built.commits, merged=False, note=notes)
