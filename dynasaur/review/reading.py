"""The contents of git's objects, many in few goes: ahead of the one who looks at them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dynasaur.errors import StoreError
from dynasaur.repo.git import Git

LARGEST = 1_000_000
"""Bytes of a file that is read; nobody reviews a larger one by hand."""

AT_ONCE = 64_000_000
"""Bytes that are held at once, about."""


def contents(git: Git, ids: Iterable[str]) -> Iterator[tuple[str, bytes | None, str]]:
    """The contents of objects: id, content, and where there is none, why.

    The first of them are read at once, so that a thread can do it while others work; the rest as
    they are asked for.

    Args:
        git: git in the repository.
        ids: Which objects; each is told of once.

    Raises:
        StoreError: git fails.
    """
    small: list[tuple[str, int]] = []
    odd: list[tuple[str, bytes | None, str]] = []
    for name, size in _sizes(git, sorted({*ids})):
        if size is None:
            odd.append((name, None, "its content is not in this clone"))
        elif size > LARGEST:
            odd.append((name, None, f"it is larger than {LARGEST:,} bytes"))
        else:
            small.append((name, size))
    groups = list(_groups(small))
    return _all(git, odd, groups, _read(git, groups[0]) if groups else b"")


def _sizes(git: Git, wanted: list[str]) -> Iterator[tuple[str, int | None]]:
    """Bytes of each; None for one that is not there."""
    if not wanted:
        return
    asked = "\n".join(wanted).encode() + b"\n"
    lines = git.whole("cat-file", "--batch-check", "--buffer", stdin=asked).decode().splitlines()
    for name, line in zip(wanted, lines, strict=True):
        yield name, None if line.endswith(" missing") else int(line.rpartition(" ")[2])


def _groups(small: Iterable[tuple[str, int]]) -> Iterator[list[str]]:
    group: list[str] = []
    held = 0
    for name, size in small:
        if group and held + size > AT_ONCE:
            yield group
            group, held = [], 0
        group.append(name)
        held += size
    if group:
        yield group


def _read(git: Git, group: list[str]) -> bytes:
    asked = "\n".join(group).encode() + b"\n"
    return git.whole("cat-file", "--batch", "--buffer", stdin=asked)


def _all(
    git: Git,
    odd: list[tuple[str, bytes | None, str]],
    groups: list[list[str]],
    data: bytes,
) -> Iterator[tuple[str, bytes | None, str]]:
    yield from odd
    for number, group in enumerate(groups):
        at = 0
        for name in group:
            end = data.find(b"\n", at)
            told = data[at:end].split(b" ")
            if len(told) != 3:
                raise StoreError(f"git failed: the object {name} cannot be read")
            size = int(told[2])
            yield name, data[end + 1 : end + 1 + size], ""
            at = end + size + 2
        data = _read(git, groups[number + 1]) if number + 1 < len(groups) else b""
