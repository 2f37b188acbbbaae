"""The index on disk: segments in files, and one list that says which of them count."""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from dynasaur.index.segment import CHECKED_BYTES, Segment

PATIENCE = 10.0
"""Seconds to wait for another writer before this process goes on in memory alone."""

_TRIES = 20


class Folder:
    """A folder of segments.

    The list is replaced in one move, and a file that it names never changes: a reader sees the
    index before or after a change, and needs no lock. What it has mapped stays readable after
    the file is gone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._list = path / "segments.json"
        self._seen = b""
        self._opened: dict[int, Segment] = {}

    @contextlib.contextmanager
    def writing(self) -> Iterator[bool]:
        """Hold the one right to write; False where there is none to be had."""
        try:
            self._path.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._path / "write.lock", timeout=PATIENCE)
            lock.acquire()
        except (OSError, Timeout):
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    def read(self) -> dict[int, Segment] | None:
        """The segments that count, by number; None when they are those last read or written.

        There are none where they are torn or of another version.
        """
        for _ in range(_TRIES):
            listing = self._listing()
            if listing == self._seen:
                return None
            self._seen = listing
            try:
                self._opened = {number: self._open(number) for number in _numbers(listing)}
            except FileNotFoundError:  # merged away meanwhile: there is another list by now
                self._opened = {}
                continue
            except (OSError, ValueError):
                self._opened = {}
            break
        return dict(self._opened)

    def write(self, segments: Mapping[int, Segment]) -> None:
        """Make these the segments that count. Only inside `writing`."""
        for number, segment in segments.items():
            if number not in self._opened:
                self._put(self._file(number), segment.data)
        listing = _listing(list(segments))
        self._put(self._list, listing)
        self._seen = listing
        self._opened = dict(segments)
        self._sweep()

    def _open(self, number: int) -> Segment:
        if number in self._opened:
            return self._opened[number]
        with self._file(number).open("rb") as stream:
            data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        return Segment(memoryview(data))

    def _put(self, file: Path, data: bytes | memoryview) -> None:
        handle, name = tempfile.mkstemp(dir=self._path, suffix=".new")
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            if len(data) > CHECKED_BYTES:  # not checked whole when opened: it must be whole
                stream.flush()
                os.fsync(stream.fileno())
        Path(name).replace(file)

    def _sweep(self) -> None:
        """Remove what the list does not name: merged segments, and a killed writer's files."""
        kept = {self._file(number).name for number in self._opened}
        for item in self._path.iterdir():
            if item.suffix in {".segment", ".new"} and item.name not in kept:
                with contextlib.suppress(OSError):  # held open elsewhere: the next writer's task
                    item.unlink()

    def _file(self, number: int) -> Path:
        return self._path / f"{number:016x}.segment"

    def _listing(self) -> bytes:
        try:
            return self._list.read_bytes()
        except OSError:
            return b""


def _listing(numbers: Sequence[int]) -> bytes:
    body = json.dumps(list(numbers)).encode()
    return b"dynasaur-index %08x\n" % zlib.crc32(body) + body


def _numbers(content: bytes) -> list[int]:
    head, _, body = content.partition(b"\n")
    if head != b"dynasaur-index %08x" % zlib.crc32(body):
        raise ValueError("a damaged list of segments")
    return [int(number) for number in json.loads(body)]
