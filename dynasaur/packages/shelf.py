"""Environments on disk: each is built beside the others and takes their place by one rename.

A folder for each kind of Python holds generations (`g-...`), each a folder of packages with a note
of what it holds, and a file that names the current one. Whoever uses an older one goes on using it.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dynasaur.errors import StoreError

_CURRENT = "current"
_NOTE = "about.json"
_SITE = "site"
_KEPT_DAYS = 7.0


@dataclass(frozen=True, slots=True)
class Generation:
    """One environment.

    Attributes:
        site: The folder of its packages; None for the empty one before the first.
        wants: Requirement to who wanted it.
        installed: Canonical name to version.
    """

    site: Path | None = None
    wants: Mapping[str, str] = field(default_factory=dict)
    installed: Mapping[str, str] = field(default_factory=dict)


class Shelf:
    """The environments of one library for the Python that runs.

    Args:
        folder: Where they lie; made when first needed.
    """

    def __init__(self, folder: Path) -> None:
        platform = sysconfig.get_platform().replace("/", "-")
        self.folder = folder / f"{sys.implementation.cache_tag}-{platform}"

    def make(self) -> Path:
        """The folder, made where it is not there yet.

        Raises:
            StoreError: It cannot be made.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            # The kernel may be another user, and must be able to read what lies here.
            self.folder.chmod(0o755)
        except OSError as error:
            raise StoreError(f"cannot write {self.folder}: {error.strerror}") from error
        return self.folder

    def current(self) -> Generation:
        """The environment in use; an empty one where there is none, or what names it is torn."""
        with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
            name = (self.folder / _CURRENT).read_text(encoding="ascii").strip()
            if name.startswith("g-") and "/" not in name:
                told = json.loads((self.folder / name / _NOTE).read_text(encoding="utf-8"))
                site = self.folder / name / _SITE
                if site.is_dir():
                    return Generation(site, dict(told["wants"]), dict(told["installed"]))
        return Generation()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Alone, among all processes.

        Raises:
            StoreError: It cannot be written to.
        """
        from filelock import FileLock

        lock = FileLock(self.make() / "lock")
        try:
            lock.acquire()
        except OSError as error:
            raise StoreError(f"cannot lock {self.folder}: {error.strerror}") from error
        try:
            self._sweep()
            yield
        finally:
            lock.release()

    def begin(self) -> Path:
        """An empty folder for the packages of a new generation; the lock is held.

        Raises:
            StoreError: It cannot be made.
        """
        site = self.folder / f"new-{secrets.token_hex(6)}" / _SITE
        try:
            site.mkdir(parents=True)
        except OSError as error:
            raise StoreError(f"cannot write {self.folder}: {error.strerror}") from error
        return site

    def drop(self, site: Path) -> None:
        """Give up a generation that was begun."""
        shutil.rmtree(site.parent, ignore_errors=True)

    def commit(self, site: Path, wants: Mapping[str, str], installed: Mapping[str, str]) -> None:
        """Make a generation that was begun the current one; the lock is held.

        Raises:
            StoreError: It cannot be written.
        """
        try:
            _open_to_all(site.parent)
            note = json.dumps({"wants": dict(wants), "installed": dict(installed)}, indent=1)
            (site.parent / _NOTE).write_text(note, encoding="utf-8")
            done = site.parent.rename(self.folder / f"g-{site.parent.name.removeprefix('new-')}")
            told = self.folder / f"{_CURRENT}.new"
            told.write_text(f"{done.name}\n", encoding="ascii")
            told.replace(self.folder / _CURRENT)
        except OSError as error:
            raise StoreError(f"cannot write {self.folder}: {error.strerror}") from error

    def _sweep(self) -> None:
        """Remove what was never finished, and old generations that nobody can be using."""
        now = self.current().site
        for folder in self.folder.iterdir():
            old = folder.name.startswith("g-") and (now is None or folder != now.parent)
            if old:
                with contextlib.suppress(OSError):
                    old = time.time() - folder.stat().st_mtime > _KEPT_DAYS * 86_400
            if old or folder.name.startswith("new-"):
                shutil.rmtree(folder, ignore_errors=True)


def _open_to_all(folder: Path) -> None:
    """Let every user read what lies in a folder, links left alone."""
    folder.chmod(0o755)
    for above, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            path = Path(above) / name
            if not path.is_symlink():
                mode = path.stat().st_mode & 0o777
                path.chmod(mode | (0o555 if path.is_dir() or mode & 0o111 else 0o444))
