"""Copies of built-in actions that nothing in the library uses any more."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from dynasaur.config import PACKAGE
from dynasaur.errors import DynasaurError
from dynasaur.pins import LOCK, Lock, dump_lock, read_lock
from dynasaur.repo.build import blob_id
from dynasaur.types import BASE
from dynasaur.upkeep.ground import Ground, path_of

_MOUNT = f"{PACKAGE}.vendor.{BASE}."


def leftover(ground: Ground, going: Collection[str]) -> list[str]:
    """The vendored built-in modules that nothing uses which stays.

    They came along with actions that used them, and are there in every kernel anyway. What people
    took of other sources is theirs to keep, and so is a copy that they have changed.

    Args:
        ground: The library.
        going: Full names of the library's own modules that are to go.
    """
    copies = {one for one in ground.texts if one.startswith(_MOUNT) and not _is_package(one)}
    waiting = [one for one in ground.texts if one not in copies and one not in going]
    needed: set[str] = set()
    while waiting:
        for module in ground.requirements.get(waiting.pop(), ()):
            if module not in needed:
                needed.add(module)
                waiting.append(module)
    free = sorted(copies - needed)
    if not free:
        return []
    lock = _lock(ground)
    return [one for one in free if lock and _is_as_taken(ground, one, lock)]


def unpinned(modules: Sequence[str]) -> Callable[[bytes | None], bytes]:
    """What makes of a lock one without these modules."""
    gone = set(map(_pin, modules))

    def edit(old: bytes | None) -> bytes:
        lock = read_lock(old)
        kept = {id_: pin for id_, pin in lock.modules.items() if id_ not in gone}
        return dump_lock(Lock(lock.sources, kept))

    return edit


def _lock(ground: Ground) -> Lock | None:
    try:
        return read_lock(ground.repo.past.content("HEAD", LOCK))
    except DynasaurError:  # `dynasaur source verify` tells of it
        return None


def _is_as_taken(ground: Ground, module: str, lock: Lock) -> bool:
    pin, data = lock.modules.get(_pin(module)), ground.repo.past.content("HEAD", path_of(module))
    return pin is not None and data is not None and blob_id("sha1", data) == pin.blob


def _pin(module: str) -> str:
    """The lock's name of a vendored module."""
    return module[len(f"{PACKAGE}.vendor.") :].replace(".", "/")


def _is_package(module: str) -> bool:
    return module.endswith(".__init__")
