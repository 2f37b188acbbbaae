"""The changed files of a range: git's own objects, read without checking anything out."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from dynasaur.config import PACKAGE
from dynasaur.repo.git import Git
from dynasaur.repo.place import Place
from dynasaur.review.reading import LARGEST, contents
from dynasaur.review.span import Span
from dynasaur.review.values import LINK, SUBMODULE, Blob

_DIFF = ("--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff", "--no-textconv")
_SUBMODULES = "--ignore-submodules=dirty"
_ABSENT = "000000"


@dataclass(frozen=True, slots=True)
class Pair:
    """One path that differs: how it was and how it is; None where it is not there."""

    before: Blob | None
    after: Blob | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs in a range.

    Attributes:
        pairs: The changed files of the actions package.
        outside: How many other files of the repository differ.
        paths: Every file of the package as it is afterwards, with its mode and its content's id.
    """

    pairs: tuple[Pair, ...]
    outside: int
    paths: Mapping[str, tuple[str, str]]


class Contents(Protocol):
    """The two sides of a range, wherever they lie."""

    def difference(self) -> Difference:
        """The changed files, their contents read."""
        ...

    def texts(self, paths: Iterable[str], listed: Mapping[str, tuple[str, str]]) -> dict[str, str]:
        """The texts of files as they are afterwards, by path; what is no ordinary file is not."""
        ...

    def each(
        self, paths: Iterable[str], listed: Mapping[str, tuple[str, str]]
    ) -> Iterator[tuple[str, bytes]]:
        """The ordinary ones of some files as they are afterwards: path and content.

        What takes time is done at once, not as they are taken: a thread can read ahead.
        """
        ...

    def mentioning(self, words: Iterable[str]) -> list[str]:
        """The Python files, as they are afterwards, that hold one of some words."""
        ...


class Objects:
    """The contents of a repository, by their ids or by their places in the work tree.

    Args:
        git: git in the library's root.
        place: Where the library lies.
        span: The range.
    """

    def __init__(self, git: Git, place: Place, span: Span) -> None:
        self._git, self._place, self._span = git, place, span

    def difference(self) -> Difference:
        """The changed files, their contents read."""
        listed = self.listed()
        inside: list[tuple[Blob | None, Blob | None]] = []
        outside = 0
        for old, new, path in self._raw():
            if not path.startswith(f"{self._place.prefix}{PACKAGE}/"):
                outside += 1
                continue
            short = path.removeprefix(self._place.prefix)
            inside.append((_blob(short, *old), _blob(short, *new)))
        wanted = [blob for pair in inside for blob in pair if blob]
        read = {(one.path, one.id): one for one in self.read(wanted)}
        pairs = tuple(
            Pair(*(read[one.path, one.id] if one else None for one in pair)) for pair in inside
        )
        return Difference(pairs, outside, listed)

    def read(self, blobs: Iterable[Blob]) -> list[Blob]:
        """The same blobs with their contents, or with why they have none."""
        blobs = list(blobs)
        told = contents(self._git, {one.id for one in blobs if _is_plain(one)})
        found = {name: (data, problem) for name, data, problem in told}
        return [_with(one, *found[one.id]) if _is_plain(one) else self._odd(one) for one in blobs]

    def texts(self, paths: Iterable[str], listed: Mapping[str, tuple[str, str]]) -> dict[str, str]:
        """The texts of files as they are afterwards, by path; what is no ordinary file is not."""
        found = self.each(paths, listed)
        return {path: data.decode("utf-8-sig", "replace") for path, data in found}

    def each(
        self, paths: Iterable[str], listed: Mapping[str, tuple[str, str]]
    ) -> Iterator[tuple[str, bytes]]:
        """The ordinary ones of some files as they are afterwards: path and content."""
        blobs = [Blob(path, *listed[path]) for path in paths if path in listed]
        by_id: dict[str, list[str]] = {}
        for one in blobs:
            if _is_plain(one):
                by_id.setdefault(one.id, []).append(one.path)
        return self._each(by_id, contents(self._git, by_id), blobs)

    def _each(
        self,
        by_id: Mapping[str, list[str]],
        told: Iterator[tuple[str, bytes | None, str]],
        blobs: Iterable[Blob],
    ) -> Iterator[tuple[str, bytes]]:
        for name, data, _ in told:
            if data is not None:
                yield from ((path, data) for path in by_id[name])
        odd = (self._odd(one) for one in blobs if not _is_plain(one))
        yield from ((one.path, one.data) for one in odd if one.data is not None)

    def mentioning(self, words: Iterable[str]) -> list[str]:
        """The package's Python files, as they are afterwards, that hold one of some words.

        All are taken for text: an attribute of the repository must not hide a caller.
        """
        patterns = "\n".join(sorted(filter(None, set(words))))
        if not patterns:
            return []
        where = self._span.head or "--untracked"
        options = ("-z", "-l", "-w", "-F", "-a", "--no-textconv", "-f", "-")
        done = self._git.run(
            *("grep", *options, where, "--", PACKAGE),
            stdin=patterns.encode("utf-8", "surrogateescape"),
            accept=(0, 1),
        )
        names = os.fsdecode(done.stdout).split("\0")
        prefix = f"{self._span.head}:" if self._span.head else ""
        return [one.removeprefix(prefix) for one in names if one.endswith(".py")]

    # --- asking git ---------------------------------------------------------------------------

    def _raw(self) -> Iterable[tuple[tuple[str, str], tuple[str, str], str]]:
        base = self._span.base or self._place.empty_tree
        ends = [base, self._span.head] if self._span.head else [base]
        command = "diff-tree" if self._span.head else "diff-index"
        more = ["-r"] if self._span.head else []
        options = [*_DIFF, _SUBMODULES, *more]
        done = self._git.run(command, *options, "--end-of-options", *ends, "--")
        words = iter(os.fsdecode(done.stdout).split("\0"))
        for told in words:
            if not told.startswith(":"):
                continue
            old_mode, new_mode, old_id, new_id, _ = told[1:].split(" ")
            new = "" if set(new_id) == {"0"} else new_id
            yield (old_mode, old_id), (new_mode, new), next(words)
        if not self._span.head:
            for path in self._untracked():
                yield (_ABSENT, ""), ("100644", ""), path

    def _untracked(self) -> list[str]:
        options = ("--others", "--exclude-standard", "-z", "--full-name")
        done = self._git.run("ls-files", *options, "--", PACKAGE)
        return [path for path in os.fsdecode(done.stdout).split("\0") if path]

    def listed(self) -> dict[str, tuple[str, str]]:
        """Every file of the package afterwards: path to mode and id."""
        if not self._span.head:
            return self._listed_on_disk()
        done = self._git.run("ls-tree", "-r", "-z", self._span.head, "--", f"{PACKAGE}/")
        found = {}
        for line in os.fsdecode(done.stdout).split("\0"):
            told, _, path = line.partition("\t")
            if told:
                mode, _, name = told.split(" ")
                found[path] = mode, name
        return found

    def _listed_on_disk(self) -> dict[str, tuple[str, str]]:
        found = {}
        for folder, folders, names in os.walk(self._place.root / PACKAGE):
            folders[:] = sorted(one for one in folders if one not in {".git", "__pycache__"})
            for name in names:
                path = Path(folder, name).relative_to(self._place.root).as_posix()
                found[path] = "100644", ""
        return found

    def _odd(self, blob: Blob) -> Blob:
        """What is no content of git's: of the work tree, a link, a submodule."""
        if blob.mode == SUBMODULE:
            return replace(blob, problem="it is a submodule, which is not followed")
        if blob.mode == LINK:
            return replace(blob, problem="it is a link, which is not followed")
        path = self._place.root / blob.path
        try:
            if not stat.S_ISREG(path.lstat().st_mode) or _through_a_link(self._place.root, path):
                return replace(blob, problem="it is no ordinary file, or is reached by a link")
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
            with os.fdopen(handle, "rb") as file:
                data = file.read(LARGEST + 1)
        except OSError as error:
            return replace(blob, problem=f"it cannot be read: {error.strerror}")
        if len(data) > LARGEST:
            return replace(blob, problem=f"it is larger than {LARGEST:,} bytes")
        return replace(blob, data=data)


def _through_a_link(root: Path, path: Path) -> bool:
    folder = path.parent
    while folder != root:
        if folder.is_symlink():
            return True
        folder = folder.parent
    return False


def _is_plain(blob: Blob) -> bool:
    """It is an ordinary file that git has the content of."""
    return bool(blob.id) and blob.mode not in {LINK, SUBMODULE}


def _blob(path: str, mode: str, name: str) -> Blob | None:
    return None if mode == _ABSENT else Blob(path, mode, name)


def _with(blob: Blob, data: bytes | None, problem: str) -> Blob:
    return replace(blob, data=data, problem=problem)
