"""Files that are there whole or not at all, whatever kills their writer.

That content outlives a loss of power is git's part: its objects and branches are synced to disk
before a checkout shows them.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from dynasaur.errors import StoreError

HELD = ".dynasaur-"
"""How the names of unfinished files begin."""


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file in one step."""
    held = hold(path.parent, data)
    try:
        held.replace(path)
    except OSError:
        held.unlink(missing_ok=True)
        raise


def hold(folder: Path, data: bytes) -> Path:
    """A finished file under a name that nobody looks for, to be linked or renamed."""
    handle, name = tempfile.mkstemp(prefix=HELD, dir=folder)
    held = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            os.fchmod(file.fileno(), 0o666 & ~_umask())
    except BaseException:
        held.unlink(missing_ok=True)
        raise
    return held


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def real_folders(root: Path, path: str, *, make: bool) -> Path:
    """The path below root, none of its folders a symbolic link or a file.

    Args:
        root: A folder.
        path: A path below it, with `/`.
        make: Make the folders that are missing.

    Raises:
        StoreError: A folder on the way is a link or a file.
    """
    folder = root
    for part in path.split("/")[:-1]:
        folder /= part
        if make:
            with contextlib.suppress(FileExistsError):
                folder.mkdir()
        if os.path.lexists(folder) and not stat.S_ISDIR(folder.lstat().st_mode):
            raise StoreError(f"{folder} is no real folder: replace it by one")
    return root / path


def read_plain(path: Path) -> bytes | None:
    """A regular file's content, None when nothing is there.

    Raises:
        StoreError: It is a link, a folder or another thing.
    """
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            raise StoreError(f"{path} is no ordinary file: move it away")
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
