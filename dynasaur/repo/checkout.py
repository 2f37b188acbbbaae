"""The person's files: what a save would touch there, and swapping it in, or back."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from dynasaur.errors import StoreError
from dynasaur.repo.build import File, blob_id
from dynasaur.repo.files import HELD, hold, read_plain, real_folders, write_whole
from dynasaur.repo.place import Place


class MovedError(StoreError):
    """Another git was at work in the same moment: build again on what is there now."""


class KeptBackError(StoreError):
    """It would touch what the person has changed: says what."""


def needed(place: Place, files: Mapping[str, File]) -> dict[str, File]:
    """The files that must still be written: those that the disk does not have yet.

    Raises:
        KeptBackError: What lies there is neither the old content nor the new.
    """
    found = {}
    for path, file in files.items():
        try:
            data = read_plain(real_folders(place.root, path, make=False))
        except StoreError as error:
            raise KeptBackError(str(error)) from None
        now = None if data is None else blob_id(place.hash_name, data)
        if now == file.after:
            continue
        if now != file.before:
            raise KeptBackError(f"{path} has changes that are not committed")
        found[path] = file
    return found


def stage_folder(place: Place) -> Path:
    """Where unfinished files wait: the library's own ignored folder, on the same disk."""
    own = place.root / ".dynasaur"
    own.mkdir(exist_ok=True)
    if not (own / ".gitignore").exists():
        write_whole(own / ".gitignore", b"*\n")
    stage = own / "tmp"
    stage.mkdir(exist_ok=True)
    return stage


def sweep(place: Place) -> None:
    """Remove the unfinished files of writers that died; only under the lock."""
    for held in (place.root / ".dynasaur" / "tmp").glob(HELD + "*"):
        held.unlink(missing_ok=True)


class Swap:
    """All new files at once: held ready beforehand, swapped in on entry, back on an error.

    Raises:
        OSError: The disk is full or cannot be written; nothing is changed.
    """

    def __init__(self, place: Place, files: Mapping[str, File]) -> None:
        self._place = place
        self._files = files
        self._held: dict[str, Path | None] = {}
        self._old: dict[Path, Path | None] = {}
        self._stage = stage_folder(place)
        self._kept = False
        try:
            for path, file in files.items():
                self._held[path] = None if file.data is None else hold(self._stage, file.data)
        except BaseException:
            self.discard()
            raise

    def __enter__(self) -> Self:
        try:
            for path, held in self._held.items():
                self._swap_in(path, held)
        except BaseException:
            self._swap_back()
            raise
        return self

    def keep(self) -> None:
        """They stay."""
        self._kept = True

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._kept:
            self._swap_back()

    def discard(self) -> None:
        """Remove what is held ready and what was swapped out."""
        for held in [*self._held.values(), *self._old.values()]:
            if held is not None:
                held.unlink(missing_ok=True)

    def _swap_in(self, name: str, held: Path | None) -> None:
        path = real_folders(self._place.root, name, make=True)
        old = self._set_aside(name, path) if os.path.lexists(path) else None
        if held is None:
            path.unlink(missing_ok=True)
        elif old is not None:
            held.replace(path)
        else:
            try:  # a link never replaces what has just appeared there
                os.link(held, path)
            except FileExistsError:
                raise KeptBackError(f"{name} has just been made by another") from None
            self._old[path] = None

    def _set_aside(self, name: str, path: Path) -> Path:
        old = self._stage / f"{HELD}{os.getpid()}-{len(self._old)}"
        old.unlink(missing_ok=True)
        os.link(path, old, follow_symlinks=False)
        self._old[path] = old
        data = read_plain(old)
        if data is None or blob_id(self._place.hash_name, data) != self._files[name].before:
            raise KeptBackError(f"{name} has just been changed by another")
        return old

    def _swap_back(self) -> None:
        for path, old in self._old.items():
            with contextlib.suppress(OSError):
                if old is None:
                    path.unlink(missing_ok=True)
                else:
                    old.replace(path)
