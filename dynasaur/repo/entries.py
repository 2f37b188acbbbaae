"""The entries of git's index, read and added to as bytes.

A git that stages one file of a hundred thousand parses them all and writes them with a slow
hash. Here the entries are found in one pass, and what is not touched is copied as it stands. Only
the plain form that nearly every index has is taken; any other is left to git.
"""

from __future__ import annotations

import hashlib
import struct
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import Self

UNMERGED = "unmerged"

HEAD = struct.Struct(">4sII")
FLAGS = struct.Struct(">H").unpack_from
STATED = 40
"""Bytes of an entry before its id: ten numbers of what the file was when it was looked at."""

PLAIN = STATED - 16
"""Where the mode stands among them."""

LONGEST = 0xFFF
"""A name of so many bytes or more does not say how long it is."""

STAGES = 0x3000
NAMED = 0xFFF


class UnusualError(ValueError):
    """An index that is not of the plain form, or an entry that would not go into it."""


class Entries:
    """An index of the plain form: version 2, with no extension but the trees that it knows.

    Args:
        data: The index file.
        hash_name: `sha1` or `sha256`.

    Raises:
        UnusualError: It is of another form, or damaged.
    """

    def __init__(self, data: bytes, hash_name: str) -> None:
        self._data = data
        self._hash = partial(hashlib.new, hash_name, usedforsecurity=False)
        self._wide = self._hash().digest_size
        self._named = STATED + self._wide + 2
        self._end = len(data) - self._wide
        if len(data) < HEAD.size + self._wide or not any(data[self._end :]):
            raise UnusualError("short, or without its checksum")
        kind, version, count = HEAD.unpack_from(data)
        if kind != b"DIRC" or version != 2:
            raise UnusualError(f"version {version}")
        self._starts, self._close = self._scan(count)
        self._trees = self._extension()

    @classmethod
    def of(cls, data: bytes, hash_name: str) -> Self | None:
        """The entries of an index of the plain form; None when it is of another."""
        try:
            return cls(data, hash_name)
        except (UnusualError, struct.error):
            return None

    def staged(self, path: bytes) -> str | None:
        """The content's id of a path; `unmerged` while a conflict is open, None for none."""
        found = None
        for number in self._of(path):
            start = self._starts[number]
            if FLAGS(self._data, start + self._named - 2)[0] & STAGES:
                return UNMERGED
            found = self._data[start + STATED : start + STATED + self._wide].hex()
        return found

    def put(self, wanted: Mapping[bytes, str | None]) -> list[bytes | memoryview] | None:
        """The index with other entries, as `git update-index --index-info` makes it.

        Args:
            wanted: The new content's id of each path; None takes the path away.

        Returns:
            The new file in parts, without its seal; None when git has to do it, or to say why
            it cannot: a file would stand where a folder does, for one.
        """
        try:
            return self._put(wanted)
        except (ValueError, struct.error):
            return None

    def seal(self, parts: Iterable[bytes | memoryview]) -> bytes:
        """The checksum that ends a file."""
        digest = self._hash()
        for part in parts:
            digest.update(part)
        return digest.digest()

    def _put(self, wanted: Mapping[bytes, str | None]) -> list[bytes | memoryview]:
        if any(not 0 < len(path) < LONGEST for path in wanted):
            raise UnusualError("a name that does not say how long it is")
        data, at, count = memoryview(self._data), HEAD.size, len(self._starts)
        parts: list[bytes | memoryview] = [b""]
        for path, blob in sorted(wanted.items()):
            old = self._of(path)
            parts.append(data[at : self._offset(old.start)])
            at = self._offset(old.stop)
            count -= len(old)
            if blob is not None:
                self._check_room(path, old.stop, wanted)
                parts.append(self._entry(path, blob))
                count += 1
        parts += [data[at : self._close], self._tree_part(wanted)]
        parts[0] = HEAD.pack(b"DIRC", 2, count)
        return parts

    def _scan(self, count: int) -> tuple[list[int], int]:
        """Where each entry starts, and where the last one ends."""
        data, told, fixed = self._data, self._named - 2, self._named + 8
        if count > len(data) // fixed:
            raise UnusualError("fewer entries than it says")
        starts, at = [0] * count, HEAD.size
        for number in range(count):
            starts[number] = at
            long = FLAGS(data, at + told)[0] & NAMED
            if long == LONGEST:
                raise UnusualError("a name that does not say how long it is")
            at += long + fixed >> 3 << 3
        if at > self._end:
            raise UnusualError("fewer entries than it says")
        return starts, at

    def _extension(self) -> bytes:
        """What git knows of the trees that the entries make; empty for nothing."""
        rest = self._data[self._close : self._end]
        if not rest:
            return b""
        kind, size = struct.unpack_from(">4sI", rest)
        if kind != b"TREE" or size != len(rest) - 8:
            raise UnusualError("another extension")
        return rest[8:]

    def _offset(self, number: int) -> int:
        return self._starts[number] if number < len(self._starts) else self._close

    def _name(self, number: int) -> bytes:
        start = self._starts[number]
        long = FLAGS(self._data, start + self._named - 2)[0] & NAMED
        return self._data[start + self._named : start + self._named + long]

    def _of(self, path: bytes) -> range:
        """The numbers of a path's entries: one, or one for each side of a conflict."""
        numbers = range(len(self._starts))
        first = last = bisect_left(numbers, path, key=self._name)
        while last < len(numbers) and self._name(last) == path:
            last += 1
        return range(first, last)

    def _entry(self, path: bytes, blob: str) -> bytes:
        """A file that nobody has looked at on disk: git does, and compares its content."""
        mode = struct.pack(">I", 0o100644)
        head = bytes(PLAIN) + mode + bytes(STATED - PLAIN - 4) + bytes.fromhex(blob)
        entry = head + struct.pack(">H", len(path)) + path
        return entry + bytes(8 - len(entry) % 8)

    def _check_room(self, path: bytes, after: int, wanted: Mapping[bytes, str | None]) -> None:
        """No folder of the path's may be a file, and no folder may be called like it."""
        for folder in _folders(path):
            if folder and (self._of(folder[:-1]) or wanted.get(folder[:-1])):
                raise UnusualError("a file where a folder is to be")
        inside = bisect_left(range(len(self._starts)), path + b"/", lo=after, key=self._name)
        if inside < len(self._starts) and self._name(inside).startswith(path + b"/"):
            raise UnusualError("a folder where a file is to be")

    def _tree_part(self, paths: Collection[bytes]) -> bytes:
        if not self._trees:
            return b""
        trees = b"".join(_forgotten(self._trees, self._wide, paths))
        return struct.pack(">4sI", b"TREE", len(trees)) + trees


def _folders(path: bytes) -> Iterator[bytes]:
    """The folders that a path lies in, each with `/` at its end; the root is empty."""
    yield b""
    at = path.find(b"/") + 1
    while at:
        yield path[:at]
        at = path.find(b"/", at) + 1


def _forgotten(trees: bytes, wide: int, paths: Collection[bytes]) -> Iterator[bytes]:
    """The known trees, without the ids of those that the paths lie in, from the root down.

    A tree is a name, the number of its entries (-1: its id is not known), of its subtrees, and
    its id; the subtrees follow.
    """
    changed = {folder for path in paths for folder in _folders(path)}
    above: list[tuple[bytes, int]] = []
    at = 0
    while at < len(trees):
        if at and not above:
            raise UnusualError("more than one root")
        name_end = trees.index(b"\0", at)
        line_end = trees.index(b"\n", name_end)
        count, subtrees = map(int, trees[name_end + 1 : line_end].split(b" "))
        close = line_end + 1 + (wide if count >= 0 else 0)
        parent = above[-1][0] if above else b""
        folder = parent + trees[at:name_end] + b"/" if above else b""
        if folder[:-1] in paths:
            raise UnusualError("a folder where a file is to be")
        if folder in changed:
            yield trees[at:name_end] + b"\0-1 %d\n" % subtrees
        else:
            yield trees[at:close]
        if above:
            above[-1] = parent, above[-1][1] - 1
        above.append((folder, subtrees))
        while above and not above[-1][1]:
            above.pop()
        at = close
