"""What has happened to files: read from commits, without running anything that they name."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dynasaur.errors import StoreError
from dynasaur.repo.git import Git, complaint
from dynasaur.repo.place import Place

FORMAT = "%H%x00%aI%x00%an%x00%s%x00%(trailers:only,unfold)"
"""Parted by what no commit's message can hold: a stranger's must not hide what it did."""

FIELDS = 5
STATUS = re.compile(r"\n?([A-Z]+)(\d*)")
"""A file's status: with a number, two paths follow; of a merge, a letter for each parent."""

PLAIN = ("--no-ext-diff", "--no-textconv")


@dataclass(frozen=True, slots=True)
class Touch:
    """What a commit did to one file: `A`dded, `M`odified, `D`eleted or `R`enamed it."""

    kind: str
    path: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit that touched the library.

    Attributes:
        id: Its full id.
        when: The author's time, ISO 8601.
        author: The author's name.
        subject: Its first line.
        trailers: Its trailers.
        touches: The files it touched, paths below the library's root.
    """

    id: str
    when: str
    author: str
    subject: str
    trailers: Mapping[str, str]
    touches: tuple[Touch, ...]


class Past:
    """What has happened to a library's files; paths are below its root."""

    def __init__(self, git: Git, place: Place) -> None:
        self._git, self._place = git, place

    def commits(self, folder: str, since: str | None, until: str) -> Iterator[Commit]:
        """The commits that touched a folder, oldest first, without `since` and what it follows."""
        span = f"{since}..{until}" if since else until
        options = ("-z", "--topo-order", "--reverse", "--root", "-c", "--find-renames")
        show = ("--no-show-signature", "--no-mailmap", f"--format={FORMAT}", *PLAIN)
        done = self._git.run("log", *options, "--name-status", *show, span, "--", folder)
        words = deque(done.stdout.decode("utf-8", "surrogateescape").split("\0"))
        while len(words) >= FIELDS:
            name, when, author, subject, said = (words.popleft() for _ in range(FIELDS))
            pairs = (line.partition(": ") for line in said.splitlines())
            trailers = {key: value for key, _, value in pairs}
            touches = tuple(_touches(words, self._place.prefix))
            yield Commit(name.lstrip("\n"), when, author, subject, trailers, touches)

    @property
    def cut(self) -> frozenset[str]:
        """The commits at which a shallow clone ends: they seem to add all that is there."""
        try:
            return frozenset((self._place.common / "shallow").read_text("ascii").split())
        except FileNotFoundError:
            return frozenset()

    def resolve(self, revision: str) -> str | None:
        """The commit that a revision names; None when there is none."""
        if revision.startswith("-"):
            return None
        asked = f"{revision}^{{commit}}"
        options = ("--verify", "--quiet")
        return self._git.line("rev-parse", *options, asked, accept=(0, 1, 128)) or None

    def is_ancestor(self, old: str, new: str) -> bool:
        """Whether the commit `old` is part of the history of `new`."""
        done = self._git.run("merge-base", "--is-ancestor", old, new, accept=(0, 1, 128))
        return done.returncode == 0

    def content(self, commit: str, path: str) -> bytes | None:
        """A file's content in a commit; None when it is not there."""
        asked = f"{commit}:{self._place.prefix}{path}"
        done = self._git.run("cat-file", "blob", asked, accept=(0, 128))
        return None if done.returncode else done.stdout

    def difference(self, commit: str, path: str) -> str:
        """What a commit changed in one file, as a patch."""
        show = ("show", "--format=", "--no-show-signature", *PLAIN)
        return self._git.run(*show, commit, "--", path).stdout.decode("utf-8", "replace")

    def blame(self, path: str) -> list[tuple[str, str]]:
        """Each line of a committed file, with the commit that it comes from.

        Raises:
            StoreError: The file is not committed, or git fails.
        """
        options = ("--line-porcelain", "--ignore-revs-file=", "--no-textconv")
        done = self._git.run("blame", *options, "HEAD", "--", path, accept=(0, 128))
        if done.returncode and self.content("HEAD", path) is not None:
            raise StoreError(f"git failed: {complaint(done.stderr)}")
        if done.returncode:
            raise StoreError(f"{path} is not committed: it has no history yet.")
        lines, commit = [], ""
        for line in done.stdout.decode("utf-8", "replace").split("\n"):
            if line.startswith("\t"):
                lines.append((commit, line[1:]))
                commit = ""
            elif not commit:
                commit = line.partition(" ")[0]
        return lines


def _touches(words: deque[str], prefix: str) -> Iterator[Touch]:
    """The files of one commit, taken from the front; a merge's are those that it settled."""
    while words and not words[0]:  # what stands before a merge's, or in place of none
        words.popleft()
    while words and (status := STATUS.fullmatch(words[0])):
        words.popleft()
        before = words.popleft().removeprefix(prefix) if status[2] else ""
        kinds = set(status[1])
        kind = kinds.pop() if len(kinds) == 1 else "M"
        yield Touch(kind, words.popleft().removeprefix(prefix), before)
