"""Reading a commit: its tree listed, its files as the blobs they are, all of it distrusted."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from dynasaur.config import PACKAGE
from dynasaur.errors import FailureError
from dynasaur.pins.licence import LEGAL, is_licence
from dynasaur.repo.git import Git
from dynasaur.sources.limits import MIB, Limits

_ENTRY = re.compile(rb"(\d{6}) (blob|tree|commit) ([0-9a-f]+) +(\d+|-)\t(.*)", re.DOTALL)
_PART = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLACE = re.compile(r"[A-Za-z0-9_.~+-]+(?:/[A-Za-z0-9_.~+-]+)*")
_FILES = {"100644", "100755"}
_FOLDER = "040000"
_KINDS = {"120000": "a symbolic link", "160000": "a submodule"}
_HIDING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Characters that make text read otherwise than it runs (CVE-2021-42574)."""

_FORBIDDEN = frozenset({"conftest", "sitecustomize", "usercustomize", "__main__"})
"""Modules that programs import unasked."""

_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
)
"""What some systems take for a device, whatever folder it is in."""

LEGAL_SIZE = MIB


@dataclass(frozen=True, slots=True)
class Found:
    """One entry of a tree.

    Attributes:
        mode: git's mode of it.
        id: Its object's id.
        size: Bytes of a blob.
        path: Where it is, as text; what is no UTF-8 is escaped.
    """

    mode: str
    id: str
    size: int
    path: str


@dataclass(frozen=True, slots=True)
class Tree:
    """What a commit holds of a library.

    Attributes:
        id: git's id of its `actions/`.
        modules: Path without `.py` below `actions/`, to blob and content.
        legal: Its legal files by name, and those beside its actions by their path there.
        problems: Files that are no modules, one line each.
    """

    id: str
    modules: Mapping[str, tuple[str, str]]
    legal: Mapping[str, str]
    problems: tuple[str, ...]


def read_tree(git: Git, commit: str, limits: Limits, folder: str = "") -> Tree:
    """Read all modules of a commit's actions package, and its legal files.

    Args:
        git: git in the source's history.
        commit: The commit.
        limits: How much it may be.
        folder: Where in the repository the library lies; empty at its root.

    Raises:
        FailureError: It is no library, or holds what no library may: says what.
    """
    tops = [*_tops(git, limits, commit, folder)]
    package = next((one for one in tops[-1] if one.path == PACKAGE), None)
    if package is None or package.mode != _FOLDER:
        where = f"{folder}/{PACKAGE}" if folder else PACKAGE
        hint = _elsewhere(git, limits, commit)
        raise FailureError(f"it is no library: commit {commit[:12]} has no {where}/ package{hint}")
    below = list(_listed(git, limits, "-r", package.id))
    wanted = _modules(below, limits)
    legal = [*_legal(tops), *_beside(below, limits)]
    contents = _contents(git, [*wanted, *legal])
    modules: dict[str, tuple[str, str]] = {}
    problems: list[str] = []
    for one in wanted:
        try:
            text = _text(contents[one.id], one.path)
        except UnicodeDecodeError:
            problems.append(f"{one.path}: it is not UTF-8 text")
            continue
        if _is_module(one.path):
            modules[one.path.removesuffix(".py")] = (one.id, text)
        elif not one.path.endswith("__init__.py"):
            problems.append(f"{one.path}: it cannot be a module of actions")
    kept = {one.path: contents[one.id].decode("utf-8", "replace") for one in legal}
    return Tree(package.id, modules, kept, tuple(sorted(problems)))


def _tops(git: Git, limits: Limits, commit: str, folder: str) -> Iterator[list[Found]]:
    """What lies in the repository's root, and in each folder from there to the library's.

    Raises:
        FailureError: There is no such folder.
    """
    yield [*_listed(git, limits, commit)]
    parts = folder.split("/") if folder else []
    for path in ("/".join(parts[:end]) for end in range(1, len(parts) + 1)):
        found = next(_listed(git, limits, commit, path), None)
        if found is None or found.mode != _FOLDER:
            hint = _elsewhere(git, limits, commit)
            raise FailureError(f"commit {commit[:12]} has no folder {path}{hint}")
        yield [*_listed(git, limits, found.id)]


def _legal(tops: Sequence[Sequence[Found]]) -> list[Found]:
    """The legal files that hold for the library: its own, and up to the nearest licence."""
    found: dict[str, Found] = {}
    for top in reversed(tops):
        for one in top:
            if LEGAL.fullmatch(one.path) and one.mode in _FILES and one.size <= LEGAL_SIZE:
                found.setdefault(one.path, one)
        if any(map(is_licence, found)):
            break
    return list(found.values())


def _beside(below: Sequence[Found], limits: Limits) -> list[Found]:
    """The legal files beside the actions, in the folder of a category or of a vendored source."""
    found = []
    for one in below:
        *folders, name = one.path.split("/")
        is_paper = LEGAL.fullmatch(name) and not name.endswith(".py") and one.size <= LEGAL_SIZE
        if folders and is_paper and all(map(_PART.fullmatch, folders)):
            found.append(one)
    if sum(one.size for one in found) > limits.total:
        raise FailureError("its legal files are too large, and are refused")
    return found


def _elsewhere(git: Git, limits: Limits, commit: str) -> str:
    """Where in the repository there are libraries, for a person who has missed them."""
    found = []
    with suppress(FailureError):
        for one in _listed(git, limits, "-r", "-d", commit):
            place, _, name = one.path.rpartition("/")
            if name == PACKAGE and place and _PLACE.fullmatch(place):
                found.append(place)
    if not found:
        return ""
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return f"; there are some in {', '.join(found[:3])}{more}: add #subdirectory=FOLDER"


def _listed(git: Git, limits: Limits, *arguments: str) -> Iterator[Found]:
    """Entries of a tree, as they come; a tree that has no end is cut off.

    Raises:
        FailureError: There are too many, or git cannot read them.
    """
    process = git.start("ls-tree", "-z", "-l", "--full-tree", *arguments, talk=False)
    assert process.stdout is not None
    rest, number, read = b"", 0, 0
    try:
        while part := os.read(process.stdout.fileno(), 1 << 16):
            read += len(part)
            *whole, rest = (rest + part).split(b"\0")
            number += len(whole)
            if number > limits.files or read > limits.listing:
                raise FailureError(f"it has more than {limits.files:,} files, which is too many")
            yield from map(_found, whole)
        if process.wait() or rest:
            raise FailureError("its files cannot be listed: it is damaged")
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.stdout.close()
        process.wait()


def _found(line: bytes) -> Found:
    entry = _ENTRY.fullmatch(line)
    if entry is None:
        raise FailureError("its files cannot be listed: it is damaged")
    mode, _, name, size, path = entry.groups()
    number = 0 if size == b"-" else int(size)
    return Found(mode.decode(), name.decode(), number, path.decode("utf-8", "backslashreplace"))


def _modules(below: Sequence[Found], limits: Limits) -> list[Found]:
    """The Python files, once everything in the package has been looked at.

    Raises:
        FailureError: Something there is meant to do harm, or would do it.
    """
    seen: dict[str, str] = {}
    total = 0
    for one in below:
        shown = f"{PACKAGE}/{one.path}"
        if one.mode not in _FILES:
            raise FailureError(f"{shown!r} is {_KINDS.get(one.mode, 'no file')}, and is refused")
        if one.path.count("/") > limits.depth:
            raise FailureError(f"{shown[:100]!r} lies too deep, and is refused")
        parts = one.path.split("/")
        for path in ("/".join(parts[:end]) for end in range(1, len(parts) + 1)):
            other = seen.setdefault(path.casefold(), path)
            if other != path:
                raise FailureError(f"{path!r} and {other!r} differ in case only, and are refused")
        if one.path.endswith(".py"):
            total += one.size
            if one.size > limits.file or total > limits.total:
                raise FailureError(f"{shown!r} is too large ({one.size:,} bytes), and is refused")
    return [one for one in below if one.path.endswith(".py")]


def _is_module(path: str) -> bool:
    parts = path.removesuffix(".py").split("/")
    if not all(map(_PART.fullmatch, parts)) or parts[-1] in _FORBIDDEN | {"__init__"}:
        return False
    return _DEVICES.isdisjoint(part.lower() for part in parts)


def _contents(git: Git, wanted: Sequence[Found]) -> dict[str, bytes]:
    """The contents of blobs, all asked of one git; their sizes are known to be small."""
    names = list(dict.fromkeys(one.id for one in wanted))
    asked = "".join(f"{name}\n" for name in names).encode()
    told = git.run("cat-file", "--batch", stdin=asked).stdout
    found: dict[str, bytes] = {}
    at = 0
    for name in names:
        line, _, _ = told[at : at + 200].partition(b"\n")
        head = line.split()
        if len(head) != 3 or head[1] != b"blob":
            raise FailureError("one of its files cannot be read: it is damaged")
        start, size = at + len(line) + 1, int(head[2])
        found[name] = told[start : start + size]
        at = start + size + 1
    return found


def _text(data: bytes, path: str) -> str:
    text = data.decode("utf-8")
    if found := _HIDING.search(text):
        raise FailureError(
            f"'{PACKAGE}/{path}' holds U+{ord(found[0]):04X}, which makes code read otherwise "
            "than it runs, and is refused"
        )
    return text
