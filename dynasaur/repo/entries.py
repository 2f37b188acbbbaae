"""The entries of git's index, looked up and added to as bytes.

A git that stages one file of a hundred thousand parses them all and writes them with a slow
hash. Here an entry is found by halving, and what is not touched is copied as it stands. Only the
plain form that nearly every index has is taken; any other is left to git.

Halving lands somewhere inside an entry, and the next one has to be told by its mode. The same
bytes may stand where no mode is: but a name holds no zero, and only zeros follow it, so they are
a time, a group or a part of an id, and a real mode is near. One that is alone is a real one.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import struct
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple, Self

UNMERGED = "unmerged"

HEAD = struct.Struct(">4sII")
FLAGS = struct.Struct(">H").unpack_from
STATED = 40
"""Bytes of an entry before its id: ten numbers of what the file was when it was looked at."""

PLAIN = STATED - 16
"""Where the mode stands among them."""

MODE = re.compile(rb"\0\0(?:\x81[\xa4\xed]|[\xa0\xe0]\0)")
"""A file, one that can be run, a link, a submodule: git writes no other."""

AROUND = (-40, -32, -24, -16, -8, 8, 16, 24)
"""Where the real mode is, seen from what only looks like one."""

LONGEST = 0xFFF
"""A name of so many bytes or more does not say how long it is."""

NEAR = 1024
"""Bytes in which entries are looked at one by one."""

AHEAD = 8192
"""Bytes in which the next entry is looked for: the longest plain one is half as long."""

STAGES = 0x3000
NAMED = 0xFFF


class UnusualError(ValueError):
    """An index that is not of the plain form, or an entry that would not go into it."""


class Tree(NamedTuple):
    """A folder that the index knows the tree of: with `/` at its end, the root empty.

    Attributes:
        folder: Its path.
        known: What the index says of it.
        forgotten: The same, when the tree is not known any more.
    """

    folder: bytes
    known: bytes
    forgotten: bytes


class Entries:
    """An index of the plain form: version 2, with no extension but the trees that it knows.

    Args:
        data: The index file.
        hash_name: `sha1` or `sha256`.

    Raises:
        UnusualError: It is of another form, or not as it was written.
    """

    def __init__(self, data: bytes, hash_name: str) -> None:
        self._data = data
        self._hash = partial(hashlib.new, hash_name, usedforsecurity=False)
        self._wide = self._hash().digest_size
        self._named = STATED + self._wide + 2
        self._end = len(data) - self._wide
        if len(data) < HEAD.size + self._wide:
            raise UnusualError("short")
        kind, version, self._count = HEAD.unpack_from(data)
        if kind != b"DIRC" or version != 2:
            raise UnusualError(f"version {version}")
        if self.seal([memoryview(data)[: self._end]]) != data[self._end :]:
            raise UnusualError("damaged, or without its checksum")
        self._close, self._trees = self._ending()

    @classmethod
    def of(cls, data: bytes, hash_name: str) -> Self | None:
        """The entries of an index of the plain form; None when it is of another."""
        try:
            return cls(data, hash_name)
        except (UnusualError, struct.error):
            return None

    def staged(self, path: bytes) -> str | None:
        """The content's id of a path; `unmerged` while a conflict is open, None for none.

        Raises:
            UnusualError: It cannot be told here.
        """
        start, _, sides = self._of(path)
        if sides > 1 or (sides and FLAGS(self._data, start + self._named - 2)[0] & STAGES):
            return UNMERGED
        at = start + STATED
        return self._data[at : at + self._wide].hex() if sides else None

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
        data, at, count = memoryview(self._data), HEAD.size, self._count
        parts: list[bytes | memoryview] = [b""]
        for path, blob in sorted(wanted.items()):
            start, stop, sides = self._of(path)
            parts.append(data[at:start])
            at = stop
            count -= sides
            if blob is not None:
                self._check_room(path, wanted)
                parts.append(self._entry(path, blob))
                count += 1
        parts += [data[at : self._close], self._tree_part(wanted)]
        parts[0] = HEAD.pack(b"DIRC", 2, count)
        return parts

    def _ending(self) -> tuple[int, list[Tree]]:
        """Where the entries end, and the trees that the rest of the file tells of.

        These are looked for behind what the shortest entries would take. What is found has to be
        a list of trees to its last byte, with the size it gives: no entry's bytes can be that.
        An entry has to end where they start.
        """
        data, at = self._data, HEAD.size + self._count * self._long(1) - 1
        while (at := data.find(b"TREE", at + 1, self._end - 4)) >= 0:  # its size follows
            size = self._end - at - 8
            if at % 8 == HEAD.size % 8 and data[at + 4 : at + 8] == size.to_bytes(4):
                with contextlib.suppress(ValueError):
                    trees = list(_trees(data[at + 8 : self._end], self._wide))
                    near = self._sure(max(at - AHEAD, HEAD.size), at) or HEAD.size
                    while near < at:
                        _, near = self._read(near)
                    if near == at:
                        return at, trees
        at = HEAD.size
        for _ in range(self._count):
            _, at = self._read(at)
        if at != self._end:
            raise UnusualError("another extension")
        return at, []

    def _long(self, name: int) -> int:
        """How long an entry is, by its name's length: one to eight zeros follow the name."""
        return self._named + name + 8 >> 3 << 3

    def _read(self, start: int) -> tuple[bytes, int]:
        """The name of an entry, and where the next one starts."""
        data, named = self._data, start + self._named
        long = FLAGS(data, named - 2)[0] & NAMED
        if long == LONGEST or not MODE.match(data, start + PLAIN):
            raise UnusualError("a name that does not say how long it is, or an unusual mode")
        return data[named : named + long], start + self._long(long)

    def _first(self, path: bytes) -> int:
        """Where the first entry starts that does not come before a path, or the entries end."""
        low, high = HEAD.size, self._close
        while high - low > NEAR:
            middle = self._sure((low + high) // 2, high)
            if middle is None:
                break
            low, high = (middle, high) if self._read(middle)[0] < path else (low, middle)
        while low < high:
            name, after = self._read(low)
            if name >= path:
                break
            low = after
        return low

    def _sure(self, near: int, high: int) -> int | None:
        """Where an entry surely starts, soon after one place and before another; None: unsure."""
        data, last = self._data, min(near + AHEAD, high - self._long(1)) + PLAIN + 4
        for found in MODE.finditer(data, near + PLAIN, last):
            at = found.start()
            if at % 8 != (HEAD.size + PLAIN) % 8:
                continue
            if not any(MODE.match(data, at + step) for step in AROUND):
                return at - PLAIN
        return None

    def _of(self, path: bytes) -> tuple[int, int, int]:
        """Where a path's entries start and end, and how many: one, or one for each side."""
        start = stop = self._first(path)
        sides = 0
        while stop < self._close:
            name, after = self._read(stop)
            if name != path:
                break
            stop = after
            sides += 1
        return start, stop, sides

    def _entry(self, path: bytes, blob: str) -> bytes:
        """A file that nobody has looked at on disk: git does, and compares its content."""
        mode = struct.pack(">I", 0o100644)
        head = bytes(PLAIN) + mode + bytes(STATED - PLAIN - 4) + bytes.fromhex(blob)
        entry = head + struct.pack(">H", len(path)) + path
        return entry + bytes(8 - len(entry) % 8)

    def _check_room(self, path: bytes, wanted: Mapping[bytes, str | None]) -> None:
        """No folder of the path's may be a file, and no folder may be called like it."""
        for folder in _folders(path):
            if folder and (self._of(folder[:-1])[2] or wanted.get(folder[:-1])):
                raise UnusualError("a file where a folder is to be")
        inside = self._first(path + b"/")
        if inside < self._close and self._read(inside)[0].startswith(path + b"/"):
            raise UnusualError("a folder where a file is to be")

    def _tree_part(self, paths: Collection[bytes]) -> bytes:
        """The trees, those that the paths lie in forgotten."""
        if not self._trees:
            return b""
        if any(tree.folder[:-1] in paths for tree in self._trees):
            raise UnusualError("a folder where a file is to be")
        changed = {folder for path in paths for folder in _folders(path)}
        told = [one.forgotten if one.folder in changed else one.known for one in self._trees]
        trees = b"".join(told)
        return struct.pack(">4sI", b"TREE", len(trees)) + trees


def _folders(path: bytes) -> Iterator[bytes]:
    """The folders that a path lies in, each with `/` at its end; the root is empty."""
    yield b""
    at = path.find(b"/") + 1
    while at:
        yield path[:at]
        at = path.find(b"/", at) + 1


def _trees(told: bytes, wide: int) -> Iterator[Tree]:
    """The known trees, from the root down.

    A tree is a name, the number of its entries (-1: its id is not known), of its subtrees, and
    its id; the subtrees follow.

    Raises:
        ValueError: These are none.
    """
    above: list[tuple[bytes, int]] = []
    at = 0
    if told[:1] != b"\0":
        raise UnusualError("a root with a name")
    while not at or above:
        name_end = told.index(b"\0", at)
        line_end = told.index(b"\n", name_end)
        count, subtrees = map(int, told[name_end + 1 : line_end].split(b" "))
        close = line_end + 1 + (wide if count >= 0 else 0)
        folder = above[-1][0] + told[at:name_end] + b"/" if above else b""
        yield Tree(folder, told[at:close], told[at:name_end] + b"\0-1 %d\n" % subtrees)
        if above:
            above[-1] = above[-1][0], above[-1][1] - 1
        above.append((folder, subtrees))
        while above and not above[-1][1]:
            above.pop()
        at = close
    if at != len(told):
        raise UnusualError("something follows the trees")
