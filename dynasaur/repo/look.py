"""What the repository holds at one moment, asked of one git process."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import TracebackType
from typing import NoReturn, Self

from dynasaur.errors import StoreError
from dynasaur.repo.git import Git
from dynasaur.repo.place import Head, Place, current_branch

UNMERGED = "unmerged"


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen; paths are below the library's root.

    Attributes:
        head: What is checked out.
        branch: A branch name that holds nobody's commits.
        blobs: The content's id of each path at the head; None for none.
        staged: The content's id of each path in the index; None for none.
    """

    head: Head
    branch: str
    blobs: Mapping[str, str | None]
    staged: Mapping[str, str | None]


def look(
    git: Git, place: Place, branch: str, paths: Collection[str], index: Mapping[str, str]
) -> Look:
    """See what a save needs to know.

    Args:
        git: git in the library's root.
        place: Where the library lies.
        branch: The wanted branch; a number is added when it exists.
        paths: Paths below the library's root.
        index: Variables that name the index.

    Raises:
        StoreError: A folder's name is taken by a file, or a file's by a folder.
    """
    with Questions(git, index) as ask:
        head = Head(current_branch(git, place), ask("HEAD^{commit}")[0])
        if head.commit is None:
            _refuse_broken(git, place, head.ref)
        names = (branch if n == 1 else f"{branch}-{n}" for n in range(1, 1_000_000))
        free = next(name for name in names if ask(f"refs/heads/{name}")[0] is None)
        blobs: dict[str, str | None] = dict.fromkeys(paths)
        if head.commit and ask(f"{head.commit}:./")[0]:
            for path in blobs:
                blobs[path] = _kind(path, "blob", ask(f"{head.commit}:./{path}"))
            parents = {str(up) for path in blobs for up in PurePosixPath(path).parents}
            for path in sorted(parents - {"."}):
                _kind(path, "tree", ask(f"{head.commit}:./{path}"))
        return Look(head, free, blobs, {path: staged_of(ask, path) for path in paths})


def _refuse_broken(git: Git, place: Place, ref: str | None) -> None:
    """A branch without a commit may be one that is yet to be born, or one that is damaged."""
    names = git.line("rev-parse", "--verify", "--quiet", "HEAD", accept=(0, 1, 128))
    if names or ref is None or os.path.lexists(place.common / ref):
        raise StoreError(f"{ref or 'HEAD'} names no commit that is there: see `git fsck`")


def staged(git: Git, paths: Collection[str], index: Mapping[str, str]) -> dict[str, str | None]:
    """The content's id of each path in the index; None for none."""
    with Questions(git, index) as ask:
        return {path: staged_of(ask, path) for path in paths}


def staged_of(ask: Questions, path: str) -> str | None:
    """The id of a path's content in the index; `unmerged` while a conflict is open."""
    found = ask(f":0:./{path}")[0]
    if found is None and any(ask(f":{stage}:./{path}")[0] for stage in (1, 2, 3)):
        return UNMERGED
    return found


def _kind(path: str, wanted: str, found: tuple[str | None, str]) -> str | None:
    if found[0] is not None and found[1] != wanted:
        raise StoreError(f"{path} is a {found[1]} in the library's git history: rename it.")
    return found[0]


class Questions:
    """Names of objects, answered one by one by a `git cat-file` that stays."""

    def __init__(self, git: Git, index: Mapping[str, str]) -> None:
        ask = "--batch-check=%(objectname) %(objecttype)"
        self._git, self._index = git, index
        self._process = git.start("cat-file", ask, env=index)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def __call__(self, name: str) -> tuple[str | None, str]:
        """The object's id and type; None when there is no such object."""
        asked, told = self._process.stdin, self._process.stdout
        assert asked is not None
        assert told is not None
        try:
            asked.write(os.fsencode(name) + b"\n")
            asked.flush()
        except BrokenPipeError:
            self._complain()
        line = told.readline().decode("utf-8", "surrogateescape")
        if not line:
            self._complain()
        number, _, kind = line.rstrip("\n").rpartition(" ")
        return (None, "") if kind in {"missing", "ambiguous"} else (number, kind)

    def _complain(self) -> NoReturn:
        """It died: most often of an index that is damaged, which another git says in words."""
        self._git.run("ls-files", "--", ".", env=self._index)
        raise StoreError("git stopped while it was asked: try again.")
