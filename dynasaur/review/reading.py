"""The contents of git's objects, many in few goes: ahead of the one who looks at them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TypeAlias

from dynasaur.errors import StoreError
from dynasaur.repo.git import Git, TooLongError

LARGEST = 1_000_000
"""Bytes of a file that is read; nobody reviews a larger one by hand."""

AT_ONCE = 64_000_000
"""Bytes that are held at once, about."""

_ABSENT = "its content is not in this clone"
_LARGE = f"it is larger than {LARGEST:,} bytes"


FEW = 20_000
"""So many are read before their sizes are known: they nearly always fit, and to ask costs git half
of what it costs to read them."""

Told: TypeAlias = tuple[str, bytes | None, str]
"""An object's id, its content, and where there is none, why."""


def contents(git: Git, ids: Iterable[str]) -> Iterator[Told]:
    """The contents of objects.

    The first of them are read at once, so that a thread can do it while others work; the rest as
    they are asked for.

    Args:
        git: git in the repository.
        ids: Which objects; each is told of once.

    Raises:
        StoreError: git fails.
    """
    wanted = sorted({*ids})
    if len(wanted) <= FEW:
        with suppress(TooLongError):
            return _cut(wanted, _read(git, wanted, AT_ONCE))
    small: list[tuple[str, int]] = []
    odd: list[Told] = []
    for name, size in _sizes(git, wanted):
        if size is None:
            odd.append((name, None, _ABSENT))
        elif size > LARGEST:
            odd.append((name, None, _LARGE))
        else:
            small.append((name, size))
    groups = list(_groups(small))
    return _all(git, odd, groups, _read(git, groups[0]) if groups else b"")


def _sizes(git: Git, wanted: list[str]) -> Iterator[tuple[str, int | None]]:
    """Bytes of each; None for one that is not there."""
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


def _read(git: Git, group: list[str], most: int = sys.maxsize) -> bytes:
    if not group:
        return b""
    asked = "\n".join(group).encode() + b"\n"
    return git.whole("cat-file", "--batch", "--buffer", stdin=asked, most=most)


def _all(git: Git, odd: list[Told], groups: list[list[str]], data: bytes) -> Iterator[Told]:
    yield from odd
    for number, group in enumerate(groups):
        yield from _cut(group, data)
        data = _read(git, groups[number + 1]) if number + 1 < len(groups) else b""


def _cut(group: list[str], data: bytes) -> Iterator[Told]:
    """One object after the other of what git has said of several."""
    at = 0
    for name in group:
        end = data.find(b"\n", at)
        told = data[at:end].split(b" ")
        if told[-1] == b"missing":
            yield name, None, _ABSENT
            at = end + 1
            continue
        if len(told) != 3:
            raise StoreError(f"git failed: the object {name} cannot be read")
        at, size = end + 1, int(told[2])
        if size > LARGEST:
            yield name, None, _LARGE
        else:
            yield name, data[at : at + size], ""
        at += size + 1
