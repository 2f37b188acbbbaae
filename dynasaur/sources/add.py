"""Adding a source: look at it, ask, pin it. Nothing of it is ever imported or run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dynasaur.config import PACKAGE
from dynasaur.errors import FailureError, UsageError
from dynasaur.pins import (
    LOCK,
    MANIFEST,
    Address,
    SourcePin,
    Wish,
    dump_lock,
    edit_manifest,
    read_manifest,
)
from dynasaur.pins.address import check_name
from dynasaur.pins.manifest import check_glob
from dynasaur.repo import Change, Delivery
from dynasaur.repo.files import read_plain
from dynasaur.snapshot import Snapshot
from dynasaur.sources.desk import VENDOR, Desk, lock_of
from dynasaur.sources.selection import Selection, fits, matching, select, source_pin
from dynasaur.store import base_path


@dataclass(frozen=True, slots=True)
class Offer:
    """What would come with a source.

    Attributes:
        wish: The source as the manifest would name it.
        ref: The reference that was asked for.
        snapshot: The source at the commit.
        selection: What would be vendored at once.
        idle: Patterns that mean no action.
        duplicates: How many of its actions the library has already, to the byte.
    """

    wish: Wish
    ref: str
    snapshot: Snapshot
    selection: Selection
    idle: tuple[str, ...]
    duplicates: int


@dataclass(frozen=True, slots=True)
class Changed:
    """What was done.

    Attributes:
        source: The source's name.
        taken: Ids of the modules that were vendored or renewed.
        removed: Ids of those that went.
        delivery: Where the commit went.
    """

    source: str
    taken: tuple[str, ...]
    removed: tuple[str, ...]
    delivery: Delivery


def offer(
    desk: Desk, address: Address, revision: str, *, name: str = "", take: Sequence[str] = ()
) -> Offer:
    """Fetch a source and look at it.

    Raises:
        UsageError: The name cannot be used or is taken, or there is no such revision.
        FailureError: It cannot be fetched, is no library, or is refused.
    """
    for one in desk.wishes().values():
        if one.address == address:
            raise UsageError(
                f"{address} is here already, as {one.name}: `dynasaur source update {one.name}`"
            )
    wish = Wish(check_name(name or address.name), address, revision, tuple(map(check_glob, take)))
    if wish.name in desk.lock().sources or wish.name in desk.wishes():
        raise UsageError(f"there is another source {wish.name}: give this one a --name")
    return offer_wish(desk, wish)


def offer_wish(desk: Desk, wish: Wish) -> Offer:
    """Fetch a source that the manifest may already name, and look at it.

    Raises:
        UsageError: There is no such revision.
        FailureError: It cannot be fetched, is no library, or is refused.
    """
    mirror = desk.mirror(wish.address, fetch=True)
    ref, commit = mirror.resolve(wish.rev)
    snapshot = desk.cache.snapshot(mirror, commit)
    paths, idle = matching(snapshot, wish.take)
    selection = select(snapshot, wish.name, paths)
    return Offer(wish, ref, snapshot, selection, tuple(idle), _duplicates(desk, snapshot))


def add(desk: Desk, given: Offer) -> Changed:
    """Pin a source, and vendor what of it was asked for, in one commit.

    Raises:
        StoreError: Nothing was committed, and why.
    """
    name, selection = given.wish.name, given.selection
    may = given.snapshot.capabilities
    pin = source_pin(given.snapshot, name, given.ref, may, selection.paths)
    values: dict[str, object] = {"url": str(given.wish.address)}
    values |= {"rev": given.wish.rev} if given.wish.rev else {}
    values |= {"take": list(given.wish.take)} if given.wish.take else {}

    def locked(old: bytes | None) -> bytes:
        # it was not there when it was looked at; a person may have thought about it since
        return dump_lock(lock_of(old, {}, name).plus(pin, selection.pins))

    change = Change(
        f"add source {name} at {_short(given.ref, pin.commit)}",
        _listing("It takes:", selection.pins),
        provenance(pin),
        vendored(desk, selection, given.snapshot, name),
        overwrite=True,
        edits={LOCK: locked, MANIFEST: lambda old: edit_manifest(old, name, values)},
    )
    return Changed(name, tuple(sorted(selection.pins)), (), desk.commit([change]))


def take(
    desk: Desk, source: str, given: Snapshot, selection: Selection, roots: Sequence[str]
) -> Changed:
    """Vendor actions of a source that is pinned, in one commit.

    Args:
        desk: The library.
        source: The source's name.
        given: The source at its commit.
        selection: The actions with their closure.
        roots: The paths of the actions that were asked for.

    Raises:
        StoreError: Nothing was committed, and why.
    """
    lock = desk.lock()
    pin = lock.sources[source]
    new = {id_: one for id_, one in selection.pins.items() if id_ not in lock.modules}
    fresh = Selection(new, {id_: selection.texts[id_] for id_ in new})
    if not new:
        raise UsageError(f"{', '.join(f'{source}/{path}' for path in roots)}: taken already")
    paths = [id_.partition("/")[2] for id_ in (*lock.of(source), *new)]
    pin = source_pin(given, source, pin.ref, pin.capabilities, paths)

    def locked(old: bytes | None) -> bytes:
        return dump_lock(lock_of(old, lock.sources, source).plus(pin, new))

    def wished(old: bytes | None) -> bytes:
        known = read_manifest(old).get(source)
        patterns = known.take if known else ()
        wanted = [path for path in roots if not any(fits(path, one) for one in patterns)]
        values = {"url": pin.url, **({"take": wanted} if wanted else {})}
        return edit_manifest(old, source, values)

    titles = [f"{source}/{path}" for path in roots] or sorted(new)
    subject = f"take {titles[0]}" if len(titles) == 1 else f"take {len(titles)} actions of {source}"
    change = Change(
        subject,
        _listing("With what they import:", new),
        provenance(pin, roots[0] if len(roots) == 1 else ""),
        vendored(desk, fresh, given, source),
        overwrite=True,
        edits={LOCK: locked, MANIFEST: wished},
    )
    return Changed(source, tuple(sorted(new)), (), desk.commit([change]))


def remove(desk: Desk, name: str) -> Changed:
    """Take a source away, with all that was vendored of it, in one commit.

    Raises:
        UsageError: There is no such source.
        FailureError: Actions of the library use it: names them.
    """
    pins, wishes = desk.lock(), desk.wishes()
    if name not in wishes:
        desk.pin(name)
    if users := desk.users(name):
        raise FailureError(f"{', '.join(sorted(users)[:5])} import from {name}: change that first")
    gone = pins.of(name)
    folder = desk.root / VENDOR / name
    files: dict[str, bytes | None] = {
        file.relative_to(desk.root).as_posix(): None
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not file.is_symlink() and "__pycache__" not in file.parts
    }
    edits = {}
    if name in pins.sources:
        edits[LOCK] = lambda old: dump_lock(lock_of(old, pins.sources, name).without(name))
    if name in wishes:
        edits[MANIFEST] = lambda old: edit_manifest(old, name, None)
    change = Change(f"remove source {name}", "", {}, files, overwrite=True, edits=edits)
    return Changed(name, (), tuple(sorted(gone)), desk.commit([change]))


def vendored(
    desk: Desk, selection: Selection, snapshot: Snapshot, source: str
) -> dict[str, bytes | None]:
    """The files of a commit that installs modules, those that are there already left out.

    Raises:
        FailureError: A file of somebody else's is where one of them belongs.
    """
    files = selection.files(snapshot.legal, source)
    lock = desk.lock()
    kept = {}
    for path, data in files.items():
        here = read_plain(desk.root / path)
        if here is not None and path.endswith("__init__.py"):
            continue
        known = f"{path.removeprefix(VENDOR + '/').removesuffix('.py')}" in lock.modules
        if here not in (None, data) and path.endswith(".py") and not known:
            raise FailureError(f"{path} is there already, and not from {source}: move it away")
        kept[path] = data
    return kept


def provenance(pin: SourcePin, path: str = "") -> dict[str, str]:
    """The trailers of a commit that takes something."""
    address = pin.address
    where = f"{address.package}/{path}.py" if path else address.folder
    return {
        "Dynasaur-Source": f"{address.url}@{pin.commit}{where and ':'}{where}",
        "Dynasaur-Licence": pin.licence or "none",
    }


def _duplicates(desk: Desk, snapshot: Snapshot) -> int:
    """How many of a source's actions the library has already, from wherever, to the byte.

    Nothing is parsed, and only files of a size that one of the actions has are read.
    """
    contents = [one.text.encode() for one in snapshot.actions]
    sizes = set(map(len, contents))
    known = set()
    for folder in (desk.root / PACKAGE, base_path()):
        for file in folder.rglob("*.py"):
            if not file.is_symlink() and file.is_file() and file.stat().st_size in sizes:
                known.add(file.read_bytes())
    return sum(one in known for one in contents)


def _short(ref: str, commit: str) -> str:
    name = ref.removeprefix("refs/heads/").removeprefix("refs/tags/")
    return commit[:12] if name in ("HEAD", commit) else f"{name} ({commit[:12]})"


def _listing(words: str, pins: Mapping[str, object]) -> str:
    return "\n".join([words, "", *(f"- {id_}" for id_ in sorted(pins))]) if pins else ""
