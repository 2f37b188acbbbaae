"""What people say of an action: use another, or never again."""

from __future__ import annotations

from dataclasses import replace

from dynasaur import tombstones
from dynasaur.config import PACKAGE
from dynasaur.errors import ActionError, UsageError
from dynasaur.fingerprint import fingerprint
from dynasaur.places import title
from dynasaur.source import read_head, with_head
from dynasaur.tombstones import Tombstone
from dynasaur.types import Action
from dynasaur.upkeep.ground import Done, Ground, path_of
from dynasaur.upkeep.removal import removable, without


def deprecate(ground: Ground, name: str, other: Action) -> Done:
    """Say in an action's head that another one is to be used.

    Args:
        ground: The library.
        name: The action.
        other: What to use instead.

    Raises:
        UsageError: Both are the same.
        ActionError: There is no such action, it is not committed, it says so already, or the
            other one is deprecated itself.
        StoreError: Nothing can be committed.
    """
    with ground.alone():
        return _deprecate(ground, name, other)


def _deprecate(ground: Ground, name: str, other: Action) -> Done:
    entry = ground.own(name)
    this, that = title(entry.module), title(other.module)
    if entry.module == other.module:
        raise UsageError(f"--use {that}: {this} cannot replace itself; name another action")
    if other.provenance.deprecated:
        instead = other.provenance.deprecated
        raise ActionError(f"{that} is deprecated itself: --use {instead}")
    path = path_of(entry.module)
    text = ground.committed(path).decode("utf-8-sig", "replace")
    head = read_head(text)
    if head.provenance.deprecated == that:
        raise ActionError(f"{this} says already to use {that}")
    marked = replace(head, provenance=replace(head.provenance, deprecated=that))
    return ground.commit(
        f"deprecate {this}: use {that}",
        {path: with_head(text, marked).encode()},
        changed=[this],
    )


def reject(ground: Ground, name: str, reason: str = "", *, with_dependents: bool = False) -> Done:
    """Remove an action, and leave a tombstone so that its like is not admitted again.

    Args:
        ground: The library.
        name: The action.
        reason: Why, in words.
        with_dependents: What imports it is removed too, without a tombstone.

    Raises:
        ActionError: There is no such action, it is not committed, or others use it.
        StoreError: Nothing can be committed.
    """
    with ground.alone():
        return _reject(ground, name, reason, with_dependents=with_dependents)


def _reject(ground: Ground, name: str, reason: str, *, with_dependents: bool) -> Done:
    entry = ground.own(name)
    this = title(entry.module)
    goes = removable(ground, [entry.module], with_dependents=with_dependents)
    files = without(ground, goes)
    text = ground.committed(path_of(entry.module)).decode("utf-8-sig", "replace")
    why = " ".join(reason.split()) or f"a person removed {this}"
    at = ground.repo.past.resolve("HEAD") or ""
    lies = fingerprint(text, module=entry.module)
    files |= _buried(ground, Tombstone(lies, this, why, at))
    return ground.commit(f"reject {this}: {why}", files, removed=[title(module) for module in goes])


def _buried(ground: Ground, grave: Tombstone) -> dict[str, bytes | None]:
    """The file of tombstones with one more, and what lets git merge it line by line."""
    path, attributes = f"{PACKAGE}/{tombstones.FILE}", f"{PACKAGE}/{tombstones.ATTRIBUTES}"
    known, told = (ground.repo.past.content("HEAD", name) or b"" for name in (path, attributes))
    graves = tombstones.parse(known.decode("utf-8", "replace")) | {grave.fingerprint: grave}
    graves = tombstones.current(graves, ground.repo.past.content)
    files: dict[str, bytes | None] = {path: tombstones.render(graves.values()).encode()}
    line = tombstones.UNION.encode()
    if line not in told.splitlines():
        gap = b"" if not told or told.endswith(b"\n") else b"\n"
        files[attributes] = told + gap + line + b"\n"
    return files
