"""What lies in an archive, and its content within bounds: shared by the actions on archives."""

import bz2
import gzip
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from ._libarchive import Forward

MOST_FILES = 10_000
MOST_BYTES = 2 * 1024**3
"""Files of one archive, and their bytes together once they are unpacked."""

_CHUNK = 1024 * 1024
BROKEN = (
    *(BadZipFile, tarfile.TarError, EOFError, OSError, zlib.error, lzma.LZMAError, ValueError),
    NotImplementedError,
)
"""What unpacking fails with where an archive is broken, or packed in a way that is not known."""


@dataclass(frozen=True)
class Member:
    """A file in an archive.

    Attributes:
        name: Its path in the archive, as it stands there.
        size: Its bytes; -1 where only unpacking tells.
        key: What opens it.
    """

    name: str
    size: int
    key: Any


class NoArchiveError(ValueError):
    """It is no archive; the message goes on after the file's name: 'is not an archive'."""


class Archive:
    """An archive that is open: ZIP, tar (also compressed), 7z, RAR, or one compressed file.

    Args:
        path: The file, or its content.
        name: Its name: a single compressed file is called what remains of it.

    Raises:
        NoArchiveError: It is none of these, or broken.
        ImportError: What reads 7z and RAR is missing.
    """

    def __init__(self, path: str | bytes, name: str) -> None:
        self._file: IO[bytes] = BytesIO(path) if isinstance(path, bytes) else Path(path).open("rb")  # noqa: SIM115
        self._name = PurePosixPath(name.replace("\\", "/")).name
        start = self._file.read(8)
        self._file.seek(0)
        self._left = MOST_BYTES
        try:
            self._archive, self.members = self._opened(start)
        except (NoArchiveError, ImportError):
            self._file.close()
            raise
        except BROKEN as error:
            self._file.close()
            raise NoArchiveError(f"is not an archive, or a broken one: {error}") from error

    def _opened(self, start: bytes) -> tuple[Any, list[Member]]:
        if start.startswith((b"7z\xbc\xaf", b"Rar!")):
            return self._forward()
        if start.startswith(b"PK"):
            book = ZipFile(self._file)
            infos = [info for info in book.infolist() if not info.is_dir()]
            if len(infos) > MOST_FILES:
                raise NoArchiveError(f"holds more than {MOST_FILES:,} files; that is not unpacked")
            return book, [Member(info.filename, info.file_size, info) for info in infos]
        try:
            tar = tarfile.open(fileobj=self._file, mode="r:*")  # noqa: SIM115
            return tar, list(self._of_tar(tar))
        except tarfile.ReadError:
            self._file.seek(0)
        openers: dict[bytes, Callable[..., Any]]
        openers = {b"\x1f\x8b": gzip.open, b"BZ": bz2.open, b"\xfd7": lzma.open}
        opener = openers.get(start[:2])
        if opener is None:
            raise ValueError("it is no ZIP, tar, 7z, RAR, gz, bz2 or xz file")
        stem = self._name.rpartition(".")[0] or f"{self._name}.unpacked"
        return None, [Member(stem, -1, partial(opener, self._file))]

    def _of_tar(self, tar: tarfile.TarFile) -> Iterator[Member]:
        total = 0
        for number, info in enumerate(tar, start=1):
            total += info.size
            # Told before the next header is looked for: that unpacks all that lies before it.
            if number > MOST_FILES or total > MOST_BYTES:
                raise NoArchiveError(_too_much())
            if info.isfile():
                yield Member(info.name, info.size, info)

    def _forward(self) -> tuple[Forward, list[Member]]:
        forward = Forward(self._file)
        try:
            files = forward.members(MOST_FILES)
        except RuntimeError as error:
            forward.close()
            raise NoArchiveError("is encrypted: it needs a password") from error
        except ValueError as error:
            forward.close()
            raise NoArchiveError(f"cannot be read ({error}); have it packed as ZIP") from error
        if len(files) > MOST_FILES or sum(max(size, 0) for _, size, _ in files) > MOST_BYTES:
            forward.close()
            raise NoArchiveError(_too_much())
        return forward, [Member(name, size, partial(forward.blocks, n)) for name, size, n in files]

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_: object) -> None:
        if isinstance(self._archive, Forward):
            self._archive.close()
        self._file.close()

    def chunks(self, member: Member) -> Iterator[bytes]:
        """The content of a member, piece by piece.

        Raises:
            ValueError: It is encrypted or broken, or the archive unpacks to more than is sane.
        """
        try:
            for piece in self._pieces(member):
                if self._left < 0:
                    break
                self._left -= len(piece)
                yield piece
        except BROKEN as error:
            raise ValueError(f"{member.name} cannot be unpacked: {error}") from error
        except RuntimeError as error:
            raise ValueError(f"{member.name} is encrypted: it needs a password") from error
        if self._left < 0:
            raise ValueError(f"{self._name} unpacks to more than {MOST_BYTES // 1024**2:,} MiB")

    def _pieces(self, member: Member) -> Iterator[bytes]:
        if isinstance(self._archive, Forward):
            yield from member.key()
            return
        if isinstance(member.key, ZipInfo):
            stream = self._archive.open(member.key)
        elif isinstance(member.key, tarfile.TarInfo):
            stream = self._archive.extractfile(member.key)
        else:
            self._file.seek(0)
            stream = member.key()
        with stream:
            while piece := stream.read(_CHUNK):
                yield piece

    def read(self, member: Member, most: int) -> bytes:
        """The content of a member, cut off after so many bytes."""
        pieces, left = [], most
        for piece in self.chunks(member):
            pieces.append(piece[:left])
            left -= len(piece)
            if left <= 0:
                break
        return b"".join(pieces)


def _too_much() -> str:
    return f"unpacks to more than {MOST_BYTES // 2**20:,} MiB or {MOST_FILES:,} files"


def safe_path(name: str) -> PurePosixPath:
    """A member's path below the folder that it is unpacked to, whatever its name says.

    Raises:
        ValueError: The name leads out of the folder, or is no name of a file.
    """
    clean = name.replace("\\", "/")
    path = PurePosixPath(clean)
    parts = [part for part in path.parts if part != "."]
    if clean.startswith("/") or ".." in parts or not parts or "\0" in name or ":" in parts[0]:
        raise ValueError(f"the archive holds the path {name!r}, which leads out of the folder")
    return PurePosixPath(*parts)
