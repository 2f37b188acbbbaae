"""What the repository holds at one moment, asked of one git process."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import TracebackType
from typing import NoReturn, Self

from dynasaur.errors import StoreError
from dynasaur.repo.entries import UNMERGED
from dynasaur.repo.git import Git
from dynasaur.repo.place import Head, Place, current_branch

BATCH = 8192
"""Bytes of questions at once: neither they nor their answers may fill a pipe."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen; paths are below the library's root.

    Attributes:
        head: What is checked out.
        branch: A branch name that holds nobody's commits.
        blobs: The content's id of each path at the head; None for none.
    """

    head: Head
    branch: str
    blobs: Mapping[str, str | None]


def look(git: Git, place: Place, branch: str, paths: Collection[str]) -> Look:
    """See what a save needs to know.

    Args:
        git: git in the library's root.
        place: Where the library lies.
        branch: The wanted branch; a number is added when it exists.
        paths: Paths below the library's root.

    Raises:
        StoreError: A folder's name is taken by a file, or a file's by a folder.
    """
    with Questions(git, {}) as ask:
        tip, taken = ask.all("HEAD^{commit}", f"refs/heads/{branch}")
        head = Head(current_branch(git, place), tip[0])
        if head.commit is None:
            _refuse_broken(git, place, head.ref)
        if taken[0]:
            names = (f"{branch}-{n}" for n in range(2, 1_000_000))
            branch = next(name for name in names if ask(f"refs/heads/{name}")[0] is None)
        blobs: dict[str, str | None] = dict.fromkeys(paths)
        if head.commit and blobs:
            parents = {str(up) for path in blobs for up in PurePosixPath(path).parents}
            folders = sorted(parents - {"."})
            root, *found = ask.all(*(f"{head.commit}:./{path}" for path in ("", *blobs, *folders)))
            if root[0]:
                for path in folders:
                    _kind(path, "tree", found.pop(len(blobs)))
                for path, one in zip([*blobs], found, strict=True):
                    blobs[path] = _kind(path, "blob", one)
        return Look(head, branch, blobs)


def _refuse_broken(git: Git, place: Place, ref: str | None) -> None:
    """A branch without a commit may be one that is yet to be born, or one that is damaged."""
    names = git.line("rev-parse", "--verify", "--quiet", "HEAD", accept=(0, 1, 128))
    if names or ref is None or os.path.lexists(place.common / ref):
        raise StoreError(f"{ref or 'HEAD'} names no commit that is there: see `git fsck`")


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
        return self.all(name)[0]

    def all(self, *names: str) -> list[tuple[str | None, str]]:
        """What each name stands for, asked in few turns: each is a wait for another process."""
        told = self._process.stdout
        assert told is not None
        found = []
        for lines in _batches(os.fsencode(name) + b"\n" for name in names):
            self._ask(b"".join(lines))
            found += [self._answer(told.readline()) for _ in lines]
        return found

    def _ask(self, text: bytes) -> None:
        asked = self._process.stdin
        assert asked is not None
        try:
            asked.write(text)
            asked.flush()
        except BrokenPipeError:
            self._complain()

    def _answer(self, told: bytes) -> tuple[str | None, str]:
        line = told.decode("utf-8", "surrogateescape")
        if not line:
            self._complain()
        number, _, kind = line.rstrip("\n").rpartition(" ")
        return (None, "") if kind in {"missing", "ambiguous"} else (number, kind)

    def _complain(self) -> NoReturn:
        """It died: most often of an index that is damaged, which another git says in words."""
        self._git.run("ls-files", "--", ".", env=self._index)
        raise StoreError("git stopped while it was asked: try again.")


def _batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for line in lines:
        if batch and sum(map(len, batch)) + len(line) > BATCH:
            yield batch
            batch = []
        batch.append(line)
    if batch:
        yield batch
