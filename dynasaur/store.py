"""The actions package as files: listed without reading, read without importing."""

from __future__ import annotations

import hashlib
import keyword
import marshal
import os
import stat
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from dynasaur.errors import ActionError
from dynasaur.source import read_action
from dynasaur.types import BASE, LOCAL, Action

FRESH_SECONDS = 2.0
"""File times are coarse (2 s on FAT): a younger file may change again under the same stat."""


class Entry(NamedTuple):
    """One action's file, not yet read: a hundred thousand of them are made for each search.

    Attributes:
        module: Its full dotted name as the kernel mounts it.
        name: The action's name, which is the file's too.
        category: The package it lies in; empty in a flat library.
        source: `local`, or the name of the source it comes from.
        file: The file's path.
        stamp: Changes whenever the file does: the same stamp, the same content.
    """

    module: str
    name: str
    category: str
    source: str
    file: str
    stamp: str

    @property
    def path(self) -> Path:
        """The file."""
        return Path(self.file)


def base_path() -> Path:
    """The folder of the built-in source `base`, in a wheel and in a checkout."""
    here = Path(__file__).resolve().parent
    packaged = here / "base"
    return packaged if packaged.is_dir() else here.parent / "actions"


def base_legal() -> Mapping[str, str]:
    """The built-in source's licence by its file's name; it is the program's own.

    In a wheel it lies among the actions, in a checkout beside them.
    """
    folder = base_path()
    files = (folder / "LICENSE", folder.parent / "LICENSE")
    return {"LICENSE": next(one.read_text("utf-8") for one in files if one.is_file())}


class Store:
    """One actions package: `<category>/<name>.py`, or a flat `<name>.py`.

    Underscore modules are helpers, not actions. Symbolic links are not followed. The
    library's own package also lists what it has vendored, under each source's name.
    """

    def __init__(self, package: Path, *, source: str = LOCAL, mount: str = "actions") -> None:
        self.package = package
        self.source = source
        self.mount = mount
        self._actions: dict[str, tuple[str, Action]] = {}
        self._stood: dict[str, _Stood] = {}

    @property
    def legal(self) -> Mapping[str, str]:
        """The legal files that travel with what is taken from it, by name."""
        return base_legal() if self.source == BASE else {}

    def entries(self) -> Mapping[str, Entry]:
        """Every action's file by full module name: one walk; only just-written files are read."""
        return {entry.module: entry for place in self._places() for entry in _files(place)}

    def seen(self) -> str:
        """What stands for all that `entries` would give, at less than half its cost.

        The same, and nothing has been written, added, moved or removed since. Every file is
        looked at, for nothing less tells of one that was written in place; none is read.
        """
        digest = hashlib.blake2b(repr((str(self.package), self.mount)).encode(), digest_size=16)
        stood = {vendor: _stood(vendor) for vendor in (str(self.package / "vendor"),)}
        for place in self._places():
            stood[place.folder] = _stood(place.folder)  # before what is in it is looked at
            digest.update(repr(place).encode("utf-8", "surrogateescape"))
            digest.update(_looks(place.folder))
        trusted = int((time.time() - FRESH_SECONDS) * 1e9)
        self._stood = stood if max(map(max, stood.values())) < trusted else {}
        return digest.hexdigest()

    def unmoved(self) -> bool:
        """No file came, went or was renamed since the last `seen`; of what is in them, nothing."""
        return bool(self._stood) and all(_stood(one) == was for one, was in self._stood.items())

    def entry(self, module: str) -> Entry | None:
        """The file of one action, found without looking at others; None where there is none."""
        *home, name = module.split(".")
        for place in _homes(self.package, self.mount, self.source, ".".join(home)):
            path = self._locate(module)
            if path is not None and _public(name) and path.name == f"{name}.py":
                return _entry(place, str(path), name, time.time() - FRESH_SECONDS)
        return None

    def _places(self) -> Iterator[_Place]:
        """The folders that hold actions: the package's own, then those of what it has vendored."""
        yield from _walk(self.package, self.mount, self.source)
        if self.source == LOCAL:
            for folder in _folders(self.package / "vendor"):
                mount = f"{self.mount}.vendor.{folder.name}"
                yield from _walk(Path(folder.path), mount, folder.name)

    def read(self, entry: Entry) -> Action:
        """Parse an action; the same stamp is parsed once.

        Raises:
            ActionError: The file is gone, is not UTF-8, or holds no action.
        """
        stamp, action = self._actions.get(entry.module, ("", None))
        if action is not None and stamp == entry.stamp:
            return action
        action = read_action(
            _read(entry.path),
            path=entry.path,
            category=entry.category,
            source=entry.source,
            module=entry.module,
        )
        self._actions[entry.module] = (entry.stamp, action)
        return action

    def text(self, module: str) -> str | None:
        """Source of any module of the package, helpers and `__init__` too; None if not there.

        A folder without `__init__.py` counts as an empty package.
        """
        path = self._locate(module)
        if path is None:
            return None
        return "" if path.is_dir() else _read(path)

    def _locate(self, module: str) -> Path | None:
        if module != self.mount and not module.startswith(self.mount + "."):
            return None
        path, kind = self.package, _kind(self.package, follow=True)
        names = module[len(self.mount) + 1 :].split(".") if module != self.mount else []
        if not all(name.isidentifier() for name in names):
            return None
        for number, name in enumerate(names, 1):
            file, path = path / f"{name}.py", path / name
            kind = _kind(path)
            if kind != "folder":
                return file if number == len(names) and _kind(file) == "file" else None
        if kind != "folder":
            return None
        init = path / "__init__.py"
        return init if _kind(init) == "file" else path


_Stood = tuple[int, int, int]
"""Of a folder: its inode and its two times; zeros where there is none."""


class _Place(NamedTuple):
    """One folder of actions, and what its files share."""

    folder: str
    mount: str
    category: str
    source: str


def _walk(package: Path, mount: str, source: str) -> Iterator[_Place]:
    """The folders of one package: itself, then each category."""
    yield _Place(str(package), mount, "", source)
    for folder in _folders(package):
        if folder.name != "vendor":
            yield _Place(folder.path, f"{mount}.{folder.name}", folder.name, source)


def _homes(package: Path, mount: str, source: str, home: str) -> Iterator[_Place]:
    """The place that a full package name stands for, where it is one of `_walk`'s."""
    if home == mount:
        yield _Place(str(package), mount, "", source)
        return
    first, *rest = home.removeprefix(f"{mount}.").split(".")
    if first == "vendor" and source == LOCAL and rest and _public(rest[0]):
        inner = f"{mount}.vendor.{rest[0]}"
        yield from _homes(package / "vendor" / rest[0], inner, rest[0], home)
    elif not rest and first != "vendor" and _public(first):
        yield _Place(str(package / first), home, first, source)


def _files(place: _Place) -> Iterator[Entry]:
    trusted = time.time() - FRESH_SECONDS
    for item in _scan(place.folder):
        name = item.name[:-3]
        if item.name[-3:] != ".py" or not _public(name) or not item.is_file(follow_symlinks=False):
            continue
        entry = _entry(place, item.path, name, trusted)
        if entry is not None:
            yield entry


def _entry(place: _Place, file: str, name: str, trusted: float) -> Entry | None:
    try:
        stamp = _stamp(file, os.lstat(file), trusted)
    except OSError:
        return None
    return Entry(f"{place.mount}.{name}", name, place.category, place.source, file, stamp)


def _looks(folder: str) -> bytes:
    """The names and stats of all Python files in a folder, in the system's own order.

    As plain as it can be: it is done for every file at every search.
    """
    trusted = int((time.time() - FRESH_SECONDS) * 1e9)
    found: list[str | int] = []
    for item in _items(folder):
        name = item.name
        if name[-3:] != ".py":
            continue
        try:
            info = item.stat(follow_symlinks=False)
            changed, touched = info.st_mtime_ns, info.st_ctime_ns
            if changed >= trusted or touched >= trusted:
                found.append(_stamp(item.path, info, 0.0) if stat.S_ISREG(info.st_mode) else "")
        except OSError:
            continue
        found += (name, info.st_mode, info.st_size, changed, touched, info.st_ino)
    return marshal.dumps(found, 2)  # no later version: they mark what else holds an object, too


def _stood(folder: str) -> _Stood:
    """What of a folder's stat changes with the names in it."""
    try:
        info = os.lstat(folder)
    except OSError:
        return 0, 0, 0
    return info.st_ino, info.st_mtime_ns, info.st_ctime_ns


def _folders(folder: Path) -> list[os.DirEntry[str]]:
    found = _scan(folder)
    return [item for item in found if _public(item.name) and item.is_dir(follow_symlinks=False)]


def _scan(folder: Path | str) -> list[os.DirEntry[str]]:
    """What lies in a real folder, by name; nothing when it is missing or a link."""
    return sorted(_items(folder), key=lambda item: item.name)


def _items(folder: Path | str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as items:
            return list(items)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _public(name: str) -> bool:
    return name.isidentifier() and not name.startswith("_") and not keyword.iskeyword(name)


def _stamp(file: str, info: os.stat_result, trusted: float) -> str:
    """The file's stat, and its content's hash while the stat is too young to be trusted."""
    stamp = f"{info.st_size:x}.{info.st_mtime_ns:x}.{info.st_ctime_ns:x}.{info.st_ino:x}"
    if info.st_mtime < trusted and info.st_ctime < trusted:
        return stamp
    return f"{stamp}.{hashlib.sha256(Path(file).read_bytes()).hexdigest()[:16]}"


def _kind(path: Path, *, follow: bool = False) -> str:
    try:
        mode = path.stat(follow_symlinks=follow).st_mode
    except (OSError, ValueError):
        return ""
    return "folder" if stat.S_ISDIR(mode) else "file" if stat.S_ISREG(mode) else ""


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ActionError(f"{path} is not UTF-8 text: save it as UTF-8.") from None
    except OSError as error:
        raise ActionError(f"{path} cannot be read: {error.strerror}.") from error
