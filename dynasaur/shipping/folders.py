"""Folders written whole or not at all, and never over what somebody else put there."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from dynasaur.errors import FailureError, UsageError

MARK = ".dynasaur-export.json"
"""In each folder: its files by path, with the hash of what was written."""

Files = Mapping[str, bytes]


def write_folders(parent: Path, folders: Mapping[str, Files], *, force: bool) -> None:
    """Write folders below a parent, each in place of what an earlier export wrote there.

    Args:
        parent: Where they go; made where it is missing. A name of "" is the parent itself.
        folders: Their files: path with `/` to content.
        force: Replace folders that hold anything else, too.

    Raises:
        UsageError: One of them holds what no export wrote, or what was changed since.
        FailureError: They cannot be written; everything is as it was.
    """
    places = {parent / name if name else parent: files for name, files in folders.items()}
    for place in places:
        if not force and (why := _foreign(place)):
            raise UsageError(f"{place} {why}; name another folder, or give --force")
    missing = _missing(next(iter(places)).parent if "" in folders else parent)
    try:
        base = parent.parent if "" in folders else parent
        base.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".dynasaur-", dir=base) as at:
            new = _written(Path(at), places)
            _swap(Path(at), new)
    except OSError as error:
        for folder in missing:
            with suppress(OSError):
                folder.rmdir()
        named = error.filename or parent
        raise FailureError(f"{named} cannot be written: {error.strerror or error}") from error


def _written(at: Path, places: Mapping[Path, Files]) -> dict[Path, Path]:
    """The folders, written beside the places where they will be."""
    new: dict[Path, Path] = {}
    for number, (place, files) in enumerate(places.items()):
        folder = at / f"new-{number}"
        folder.mkdir()
        for name, content in files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        marks = {name: _hash(content) for name, content in sorted(files.items())}
        (folder / MARK).write_text(json.dumps(marks, indent=1) + "\n", encoding="utf-8")
        new[place] = folder
    return new


def _swap(at: Path, new: Mapping[Path, Path]) -> None:
    """Put the new folders in place of the old; where one cannot be, none is."""
    done: list[tuple[Path, Path | None]] = []
    try:
        for number, (place, folder) in enumerate(new.items()):
            old = at / f"old-{number}" if place.exists() or place.is_symlink() else None
            if old is not None:
                os.rename(place, old)  # noqa: PTH104 - it fails where the other copies
            done.append((place, old))
            os.rename(folder, place)  # noqa: PTH104
    except OSError:
        for place, old in reversed(done):
            if place.is_dir() and not place.is_symlink():
                shutil.rmtree(place, ignore_errors=True)
            if old is not None:
                os.rename(old, place)  # noqa: PTH104
        raise


def _foreign(place: Path) -> str:
    """Why a folder may not be replaced; empty where it may."""
    if not place.exists() and not place.is_symlink():
        return ""
    if place.is_symlink() or not place.is_dir():
        return "is there already, and is no folder"
    found = {one.relative_to(place).as_posix(): one for one in _files(place)}
    if not found:
        return ""
    try:
        marks = json.loads((place / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "is there already"
    found.pop(MARK)
    for name, file in sorted(found.items()):
        wanted = marks.get(name) if isinstance(marks, dict) else None
        if wanted is None:
            return f"has a file that no export wrote: {name}"
        if file.is_symlink() or _hash(file.read_bytes()) != wanted:
            return f"has a file that was changed: {name}"
    return ""


def _files(place: Path) -> list[Path]:
    """What lies in a folder, but for what Python leaves there by itself."""
    return [
        one
        for one in place.rglob("*")
        if (not one.is_dir() or one.is_symlink()) and "__pycache__" not in one.parts
    ]


def _missing(folder: Path) -> list[Path]:
    """The folders that will be made on the way to this one, the innermost first."""
    found = []
    while not folder.exists():
        found.append(folder)
        folder = folder.parent
    return found


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
