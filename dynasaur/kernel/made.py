"""Open what a kernel made: never through a link, only ordinary files, never more than asked for."""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath

from dynasaur.errors import KernelError

MOST = 64 * 1024 * 1024
"""Bytes of one file, where the caller does not say."""


def read_made(work: Path, name: str, most: int = MOST) -> bytes:
    """The content of a file in a kernel's work folder.

    The kernel may have put anything there: a link to a key of the host, a pipe that never ends, a
    file without end. Each part of the name is opened by itself and not followed when it is a link.

    Args:
        work: The work folder.
        name: The file's path in it, with `/`.
        most: Bytes that it may have.

    Raises:
        KernelError: It is not there, not an ordinary file of the folder, or too large.
    """
    parts = PurePosixPath(name).parts
    if not parts or ".." in parts or PurePosixPath(name).is_absolute():
        raise KernelError(f"{name!r} is not a file of the work folder")
    try:
        descriptor = _open(work, parts)
    except OSError as error:
        raise KernelError(f"cannot open {name!r} of the work folder: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise KernelError(f"{name!r} is not an ordinary file")
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise KernelError(f"{name!r} has more than {most:,} bytes")
    return content


def write_made(work: Path, name: str, content: bytes, *, first: bool) -> None:
    """Write a part of a file into a work folder that no kernel can reach.

    Args:
        work: The work folder.
        name: The file's path in it, with `/`, as a kernel gives it.
        content: The part.
        first: It begins the file, and what was there goes.

    Raises:
        KernelError: The name has no sense, or it cannot be written.
    """
    path = PurePosixPath(name)
    if not path.parts or ".." in path.parts or path.is_absolute() or "\0" in name:
        raise KernelError(f"{name!r} is not a file of the work folder")
    try:
        folder = work
        for part in path.parts[:-1]:
            folder /= part
            folder.mkdir(exist_ok=True)
            if folder.is_symlink():
                raise KernelError(f"{name!r} leads elsewhere")
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        flags |= os.O_TRUNC if first else os.O_APPEND
        with os.fdopen(os.open(folder / path.name, flags, 0o666), "wb") as file:
            file.write(content)
    except (OSError, UnicodeError) as error:
        raise KernelError(f"cannot write {name!r} into the work folder: {error}") from error


def _open(work: Path, parts: tuple[str, ...]) -> int:
    folder = os.open(work, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for part in parts[:-1]:
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            below = os.open(part, flags, dir_fd=folder)
        finally:
            os.close(folder)
        folder = below
    try:
        # A pipe would keep us waiting for a writer.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        return os.open(parts[-1], flags, dir_fd=folder)
    finally:
        os.close(folder)


def files_of(work: Path) -> list[str]:
    """The ordinary files under a work folder, by their path in it; links are left out."""
    found: list[str] = []
    for folder, folders, names, descriptor in os.fwalk(work, follow_symlinks=False):
        folders.sort()
        for name in sorted(names):
            mode = os.stat(name, dir_fd=descriptor, follow_symlinks=False).st_mode
            if stat.S_ISREG(mode):
                found.append((Path(folder) / name).relative_to(work).as_posix())
    return found
