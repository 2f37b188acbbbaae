"""Whether what is installed is what is pinned, and what is pinned is what the source has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dynasaur.errors import DynasaurError, FailureError
from dynasaur.pins import LOCK, MANIFEST, Lock, ModulePin, SourcePin, h1
from dynasaur.repo.files import read_plain, real_folders, write_whole
from dynasaur.snapshot import Snapshot
from dynasaur.sources.add import take
from dynasaur.sources.desk import VENDOR, Desk
from dynasaur.sources.mirror import TAGS, Mirror
from dynasaur.sources.selection import matching, select
from dynasaur.sources.update import moved, moved_tag

_TAG = "refs/tags/"
VERSION = re.compile(r"v?(\d+(?:\.\d+){0,3})")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is not as it should be.

    Attributes:
        kind: `missing`, `changed`, `extra`, `lock`, `moved`, `withdrawn`, `alias`.
        what: The file, or the source.
        message: One line.
    """

    kind: str
    what: str
    message: str


@dataclass(frozen=True, slots=True)
class Newer:
    """What a source has that is newer than its pin.

    Attributes:
        revision: What to update to: a tag, a branch, `HEAD`.
        commit: What that means now.
        strange: What is odd about the way there, one line each: a tag that was moved, a history
            that was rewritten. An update is refused for it until a person accepts it.
    """

    revision: str
    commit: str
    strange: tuple[str, ...] = ()


def verify(desk: Desk, *, online: bool = False) -> list[Finding]:
    """Compare every vendored file with the lock, and the lock with the sources in the cache.

    Args:
        desk: The library.
        online: Ask the sources as well whether their commits are still what they were.

    Raises:
        StoreError: The lock cannot be believed.
        FailureError: A source cannot be reached.
    """
    lock = desk.lock()
    found = [*_installed(desk, lock), *_legal(desk, lock), *_extra(desk, lock)]
    for pin in lock.sources.values():
        if not pin.url:
            continue
        address = pin.address
        if online:
            found += _online(desk.mirror(address, fetch=True), pin)
        if desk.cache.has(address, pin.commit) or desk.cache.mirror(address).holds(pin.commit):
            found += _told(lock, pin, desk.snapshot(pin))
    return [*found, *_aliases(desk, lock)]


def outdated(desk: Desk, pin: SourcePin) -> Newer | None:
    """Ask a source for what is newer than its pin; None where there is nothing.

    Raises:
        FailureError: It cannot be reached.
    """
    mirror = desk.mirror(pin.address, fetch=True)
    ref, now = pin.ref, mirror.now(pin.ref)
    strange: list[str] = []
    if ref.startswith(_TAG):
        current = ref.removeprefix(_TAG)
        newest = _newest(mirror, current)
        if newest != current:
            strange += [moved_tag(ref)] if now not in (None, pin.commit) else []
            ref, now = mirror.resolve(f"{_TAG}{newest}")
    if not now or now == pin.commit:
        return None
    name = ref.removeprefix("refs/heads/").removeprefix(_TAG)
    return Newer(name, now, (*strange, *moved(mirror, pin, ref, now)))


def differences(desk: Desk) -> Iterator[str]:
    """What `dynasaur.toml` asks for and `dynasaur.lock` does not have, one line each."""
    lock, wishes = desk.lock(), desk.wishes()
    for name, wish in wishes.items():
        pin = lock.sources.get(name)
        if pin is None:
            yield f"{name} is in {MANIFEST} and not in {LOCK}: `dynasaur source sync` adds it"
        elif pin.url != str(wish.address):
            yield f"{name} has another address in {MANIFEST} than in {LOCK}: remove and add it"
        elif wish.rev and pin.ref not in _refs(wish.rev) and not pin.commit.startswith(wish.rev):
            yield f"{MANIFEST} asks for {name} at {wish.rev}: `dynasaur source update {name}`"
    for name, pin in lock.sources.items():
        if pin.url and name not in wishes:
            yield f"{name} is in {LOCK} and not in {MANIFEST}: `dynasaur source remove {name}`"


def untaken(desk: Desk, name: str, snapshot: Snapshot) -> set[str]:
    """The paths that the manifest asks for and that are not vendored."""
    wanted, _ = matching(snapshot, desk.wishes()[name].take)
    return {path for path in wanted if f"{name}/{path}" not in desk.lock().modules}


def restore(desk: Desk) -> list[str]:
    """Put back vendored files that are missing, from the cache; gives their paths.

    Raises:
        FailureError: A file is not what is pinned, and nobody can say what it should be.
    """
    lock, done = desk.lock(), []
    for source in lock.sources.values():
        pins = lock.of(source.name)
        missing = [pin for pin in pins.values() if read_plain(desk.root / pin.path) is None]
        papers = [one for one in _papers(source) if read_plain(desk.root / one) is None]
        if not source.url or not pins or not (missing or papers):
            continue
        snapshot = desk.snapshot(source)
        for path in papers:
            text = snapshot.legal.get(path.removeprefix(f"{VENDOR}/{source.name}/"))
            if text is not None:
                write_whole(real_folders(desk.root, path, make=True), text.encode())
                done.append(path)
        for pin in missing:
            data = desk.repo.past.content("HEAD", pin.path)
            module = snapshot.modules.get(pin.id.partition("/")[2])
            if data is None and module is not None:
                data = module.text.encode()
            if data is None or h1({pin.name: data}) != pin.h1:
                raise FailureError(f"{pin.path} is missing, and what it was is not known any more")
            write_whole(real_folders(desk.root, pin.path, make=True), data)
            done.append(pin.path)
    return done


def frozen(desk: Desk) -> list[str]:
    """Install exactly the lock: gives the files that were put back.

    Raises:
        FailureError: The manifest asks for something else; nothing was changed.
    """
    for line in differences(desk):
        raise FailureError(f"--frozen: {line}")
    for name, pin in desk.lock().sources.items():
        if pin.url and (missing := untaken(desk, name, desk.snapshot(pin))):
            raise FailureError(f"--frozen: {MANIFEST} takes {name}/{min(missing)}, {LOCK} does not")
    return restore(desk)


def take_wanted(desk: Desk) -> None:
    """Take what the manifest asks for of sources that are pinned."""
    for name, pin in desk.lock().sources.items():
        if pin.url and name in desk.wishes():
            snapshot = desk.snapshot(pin)
            if missing := sorted(untaken(desk, name, snapshot)):
                take(desk, name, snapshot, select(snapshot, name, missing), ())


def _refs(rev: str) -> set[str]:
    return {rev, f"refs/tags/{rev}", f"refs/heads/{rev}"}


def _installed(desk: Desk, lock: Lock) -> Iterator[Finding]:
    for pin in lock.modules.values():
        try:
            data = read_plain(real_folders(desk.root, pin.path, make=False))
        except DynasaurError as error:
            yield Finding("changed", pin.path, str(error))
            continue
        if data is None:
            yield Finding("missing", pin.path, f"{pin.path} is missing: `dynasaur source sync`")
        elif h1({pin.name: data}) != pin.h1:
            yield Finding(
                "changed", pin.path, f"{pin.path} was changed by hand: it is not what {LOCK} says"
            )


def _legal(desk: Desk, lock: Lock) -> Iterator[Finding]:
    for source in lock.sources.values():
        folder = f"{VENDOR}/{source.name}"
        if not lock.of(source.name):
            continue
        texts = {name: read_plain(desk.root / folder / name) for name in source.legal}
        for name in (name for name, data in texts.items() if data is None):
            yield Finding("missing", f"{folder}/{name}", f"{folder}/{name} is missing")
        found = {name: data for name, data in texts.items() if data is not None}
        if len(found) == len(texts) and h1(found) != source.h1:
            yield Finding("changed", folder, f"the legal files in {folder} were changed by hand")


def _papers(source: SourcePin) -> list[str]:
    """Where the legal files of a source are vendored."""
    return [f"{VENDOR}/{source.name}/{one}" for one in source.legal]


def _extra(desk: Desk, lock: Lock) -> Iterator[Finding]:
    known = {pin.path for pin in lock.modules.values()}
    folder = desk.root / VENDOR
    for file in sorted(folder.rglob("*.py")):
        path = file.relative_to(desk.root).as_posix()
        ordinary = file.is_file() and not file.is_symlink()
        empty = ordinary and file.name == "__init__.py" and not file.stat().st_size
        if path in known or empty:
            continue
        yield Finding("extra", path, f"{path} is not in {LOCK}: take it, or move it away")


def _told(lock: Lock, source: SourcePin, snapshot: Snapshot) -> Iterator[Finding]:
    """What the lock says of its source that is not so."""
    for id_, pin in lock.of(source.name).items():
        module = snapshot.modules.get(id_.partition("/")[2])
        if module is None:
            yield Finding("lock", id_, f"{LOCK}: {source.name} has no {id_} at its commit")
        elif not _agree(pin, module.blob, module.text):
            yield Finding(
                "lock", id_, f"{LOCK}: what it says of {id_} is not what {source.name} has"
            )


def _agree(pin: ModulePin, blob: str, text: str) -> bool:
    own = h1({pin.name: text.encode()})
    return pin.blob == blob and (pin.modified or pin.h1 == own)


def _aliases(desk: Desk, lock: Lock) -> Iterator[Finding]:
    """Names of the library's own that mean nothing."""
    for name, id_ in desk.aliases().items():
        source, _, path = id_.partition("/")
        pin = lock.sources.get(source)
        there = id_ in lock.modules
        if not there and pin and pin.url and desk.cache.has(pin.address, pin.commit):
            there = path in desk.snapshot(pin).modules
        if not there:
            what = f"{MANIFEST}: alias.{name} means {id_}"
            yield Finding("alias", name, f"{what}, which no source here has")


def _online(mirror: Mirror, pin: SourcePin) -> Iterator[Finding]:
    now = mirror.now(pin.ref)
    if pin.ref.startswith("refs/tags/") and now != pin.commit:
        what = "is gone" if now is None else f"means {now[:12]} now, and meant {pin.commit[:12]}"
        tag = pin.ref.removeprefix("refs/tags/")
        yield Finding("moved", pin.name, f"{pin.name}: the tag {tag} {what}")
    if not mirror.reachable(pin.commit):
        yield Finding(
            "withdrawn",
            pin.name,
            f"{pin.name}: no branch or tag leads to {pin.commit[:12]} any more",
        )


def _newest(mirror: Mirror, current: str) -> str:
    """The tag of the highest version, of those written like the current one."""
    here = VERSION.fullmatch(current)
    if here is None:
        return current
    names = mirror.git.line("for-each-ref", "--format=%(refname:lstrip=2)", TAGS).splitlines()
    versions = {
        name: tuple(map(int, found[1].split(".")))
        for name in [*names, current]
        if (found := VERSION.fullmatch(name)) and name.startswith("v") == current.startswith("v")
    }
    return max(versions, key=lambda name: (versions[name], name == current))
