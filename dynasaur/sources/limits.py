"""How much a source may be, and how long it may take: a hostile one is cut off, not endured."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024**2


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds for one source.

    Attributes:
        seconds: A fetch or a push, in all.
        disk: Bytes that a fetch may add to the cache.
        memory: Bytes that one git process may use (where the system can bound it).
        files: Files below `actions/`.
        depth: Folders in a path below `actions/`.
        file: Bytes of one file.
        total: Bytes of all of them.
        listing: Bytes of their names.
    """

    seconds: float = 300.0
    disk: int = 1024 * MIB
    memory: int = 4096 * MIB
    files: int = 50_000
    depth: int = 12
    file: int = MIB // 4
    total: int = 128 * MIB
    listing: int = 16 * MIB
