"""The index on disk: segments in files, and one list that says which of them count."""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dynasaur.index.segment import CHECKED_BYTES, Segment

if TYPE_CHECKING:
    from filelock import BaseFileLock

PATIENCE = 10.0
"""Seconds to wait for another writer before this process goes on in memory alone."""

_TRIES = 20
_PAUSE = 0.001


class Folder:
    """A folder of segments.

    A file that the list names never changes, and the list is written last: a reader sees the
    index before or after a change, and needs no lock. What it has mapped stays readable after
    the file is gone. The list is written in place, under a checksum, because file systems make
    the replacement of a file wait for the disk, which a derived index need not.

    Attributes:
        seen: What was said with the list last read or written: of what the segments were made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._list = path / "segments.json"
        self._listed = b""
        self.seen = ""
        self._opened: dict[int, Segment] = {}
        self._swept = False

    @cached_property
    def _lock(self) -> BaseFileLock:
        """Of writers: who only reads pays nothing for it, not even its import."""
        from filelock import FileLock

        return FileLock(self._path / "write.lock", timeout=PATIENCE)

    @contextlib.contextmanager
    def writing(self) -> Iterator[bool]:
        """Hold the one right to write; False where there is none to be had."""
        from filelock import Timeout

        try:
            self._path.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except (OSError, Timeout):
            yield False
            return
        try:
            yield True
        finally:
            self._lock.release()

    def read(self) -> dict[int, Segment] | None:
        """The segments that count, by number; None when there is nothing new to go on with.

        That is so when they are those last read or written, and when they are torn or of another
        version: then the next `write` stores all segments anew.
        """
        for _ in range(_TRIES):
            listing = self._listing()
            if listing == self._listed:
                return None
            try:
                numbers, seen = _read(listing)
                self._opened = {number: self._open(number) for number in numbers}
            except (OSError, ValueError):  # changed meanwhile, or damaged: a second look tells
                time.sleep(_PAUSE)
                continue
            self._listed, self.seen = listing, seen
            return dict(self._opened)
        self._listed, self.seen = listing, ""
        self._opened = {}
        return None

    def write(self, segments: Mapping[int, Segment], seen: str) -> None:
        """Make these the segments that count. Only inside `writing`."""
        new = {number: one for number, one in segments.items() if number not in self._opened}
        listing = _listing(list(segments), seen)
        try:
            for number, segment in new.items():
                self._put(self._file(number), segment.data)
            self._put(self._list, listing)
        except OSError:  # a full disk must not be filled further by each that tries
            self._remove(map(self._file, new))
            raise
        self._listed, self.seen = listing, seen
        merged = self._opened.keys() - segments.keys()
        self._opened = dict(segments)
        self._remove(map(self._file, merged))
        if not self._swept:
            self._sweep()
            self._swept = True

    def _open(self, number: int) -> Segment:
        if number in self._opened:
            return self._opened[number]
        with self._file(number).open("rb") as stream:
            data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        return Segment(memoryview(data))

    def _put(self, file: Path, data: bytes | memoryview) -> None:
        place = os.open(file, os.O_WRONLY | os.O_CREAT, 0o666)
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(place, left) :]
            if os.fstat(place).st_size > len(data):
                os.ftruncate(place, len(data))
            if len(data) > CHECKED_BYTES:  # not checked whole when opened: it must be whole
                os.fsync(place)
        finally:
            os.close(place)

    def _sweep(self) -> None:
        """Remove what the list does not name: what killed writers have left."""
        kept = {self._file(number) for number in self._opened}
        self._remove(file for file in self._path.glob("*.segment") if file not in kept)

    def _remove(self, files: Iterable[Path]) -> None:
        for file in files:
            with contextlib.suppress(OSError):  # held open elsewhere: a later sweep's task
                file.unlink()

    def _file(self, number: int) -> Path:
        return self._path / f"{number:016x}.segment"

    def _listing(self) -> bytes:
        try:
            return self._list.read_bytes()
        except OSError:
            return b""


def _listing(numbers: Sequence[int], seen: str) -> bytes:
    body = json.dumps([seen, *numbers]).encode()
    return b"dynasaur-index %08x %08x\n" % (len(body), zlib.crc32(body)) + body


def _read(content: bytes) -> tuple[list[int], str]:
    """The numbers of a list and what it says of them; the rest is left from a longer one before."""
    if not content:
        return [], ""
    head, _, body = content.partition(b"\n")
    try:
        length, check = (int(word, 16) for word in head.split()[1:])
    except ValueError:
        raise ValueError("not a list of segments") from None
    if len(body) < length or zlib.crc32(body[:length]) != check:
        raise ValueError("a damaged list of segments")
    seen, *numbers = json.loads(body[:length])
    return [int(number) for number in numbers], str(seen)
