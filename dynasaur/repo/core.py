"""The library's git repository: start one, and commit to it beside people at work."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dynasaur.errors import StoreError
from dynasaur.repo.build import blob_id, check_paths
from dynasaur.repo.files import read_plain, write_whole
from dynasaur.repo.git import Git
from dynasaur.repo.hooks import Hooks
from dynasaur.repo.journal import Journal, lock
from dynasaur.repo.past import Past
from dynasaur.repo.place import NoRepositoryError, find, read_head
from dynasaur.repo.publish import publish
from dynasaur.repo.recover import recover
from dynasaur.repo.revision import Revision
from dynasaur.repo.save import Saving, waits
from dynasaur.repo.settings import read_settings
from dynasaur.repo.upkeep import keep_up, note_paths
from dynasaur.repo.values import Change, Deliver, Delivery, Identity

IGNORED = ".dynasaur/"


class Repo:
    """The git repository that a library lies in.

    Commits are built on a branch of their own, without index or work tree; the person's
    checkout changes only by a fast-forward that touches nothing they have changed.

    Args:
        root: The library's root.
        hooks: Whole paths of the repositories whose own hooks run, between commas.

    Raises:
        StoreError: The root lies in no git repository, or git refuses it.
    """

    def __init__(self, root: Path, *, hooks: str = "") -> None:
        self._place = find(root)
        self._settings = read_settings(Git(self._place.root))
        self._git = Git(self._place.root, self._settings.filters_off)
        self._hooks = Hooks(self._place, self._settings, hooks)
        self._journal = Journal(self._place.own)
        self._tips: list[str] = []

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
        return self._settings.people[0]

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
        changes, refused = self._hooks.judge(changes)
        try:
            with lock(self._place.own) as shared:
                self._git.inherited = (shared,)
                saving = Saving(self._git, self._place, self._journal, self._settings)
                notes = [recover(self._place, self._journal, shared), saving.look_after(later=True)]
                done = saving.save(run, changes, deliver, refused)
                keep_up(self._git, self._place)
                saving.look_after(later=False)
        except OSError as error:
            why = error.strerror or str(error)
            raise StoreError(f"{self.root} cannot be written ({why}): nothing is kept.") from error
        finally:
            self._git.inherited = ()
        self._tips += done.commits[-1:]
        if deliver == "pr" and done.commits and not refused:
            done = replace(done, note=self._publish(done, changes))
        if done.merged:
            notes.append(self._hooks.tell())
        return replace(done, note="; ".join(filter(None, [done.note, *notes])))

    def tend(self) -> None:
        """Make the history quick to ask, once a save was reported; what cannot be written is left.

        Where nothing was saved there is nothing to do. Another writer that is at work does it at
        its own end.
        """
        if not self._tips:
            return
        try:
            with (
                contextlib.suppress(OSError, StoreError),
                lock(self._place.own, seconds=0) as shared,
            ):
                self._git.inherited = (shared,)
                note_paths(self._git, self._place, self._tips)
                self._tips = []
        finally:
            self._git.inherited = ()

    def forget(self, run: str) -> None:
        """Delete the branch of a run, whose commits have been taken over otherwise.

        Raises:
            StoreError: It cannot be deleted.
        """
        self._git.run("branch", "--quiet", "-D", "--end-of-options", f"dynasaur/{run}")

    def settle(self) -> str:
        """Finish what a writer that died had begun, for who is about to read what is there.

        Returns:
            One line for the user when it could not be merged; else empty.

        Raises:
            StoreError: Another writer is at work all the time, or nothing can be written.
        """
        if self._journal.read() is None:
            return ""
        try:
            with lock(self._place.own) as shared:
                return recover(self._place, self._journal, shared)
        except OSError as error:
            raise StoreError(f"{self.root} cannot be written ({error.strerror}).") from error

    def status_note(self) -> str:
        """Why a save could not be kept or merged now, on one line; empty when it could."""
        for folder in (self._place.common, self._place.common / "objects"):
            if not os.access(folder, os.W_OK):
                return f"{folder} cannot be written: nothing will be kept."
        why = waits(self._place, read_head(self._git, self._place))
        return f"{why}: new actions will wait on a branch." if why else ""

    def uncommitted_note(self) -> str:
        """That files of the library are not committed, on one line; empty when all are."""
        what = ("actions", ".gitignore")
        found = self._git.run("status", "--porcelain", "--untracked-files=normal", "--", *what)
        if not found.stdout:
            return ""
        return "files of it are not committed yet: `git add actions .gitignore`, then `git commit`"

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

    def _publish(self, done: Delivery, changes: Sequence[Change]) -> str:
        """Push the branch and ask for its review; it stays here in any case."""
        first, more = changes[0].subject, len(done.commits) - 1
        title = f"{first} (and {more} more)" if more else first
        body = "\n\n".join(f"{change.subject}\n\n{change.body}".strip() for change in changes)
        try:
            return publish(self._git, self._place, self._settings, done.branch, title, body)
        except StoreError as error:
            return f"{error}; {done.note}"


def _is_versioned(root: Path) -> bool:
    """Whether a folder lies in a repository that does not ignore it."""
    try:
        find(root)
    except NoRepositoryError:
        return False
    asked = ("--no-literal-pathspecs", "check-ignore", "--quiet", ".")
    return Git(root).run(*asked, accept=(0, 1)).returncode == 1
