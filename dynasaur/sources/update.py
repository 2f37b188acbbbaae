"""Moving a source to another commit: looked at first, refused where it should be, merged."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dynasaur.config import data_folder
from dynasaur.errors import FailureError, UsageError
from dynasaur.pins import LOCK, MANIFEST, SourcePin, Wish, dump_lock, edit_manifest
from dynasaur.repo import Change
from dynasaur.repo.files import read_plain
from dynasaur.snapshot import Snapshot
from dynasaur.sources.add import Changed, provenance, vendored
from dynasaur.sources.desk import VENDOR, Desk, lock_of
from dynasaur.sources.merge import Merges
from dynasaur.sources.mirror import Mirror
from dynasaur.sources.selection import Selection, matching, mount_of, select, source_pin

DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Update:
    """What an update would do.

    Attributes:
        wish: The source as the manifest names it, with the new revision.
        old: Its pin now.
        new: Its pin then.
        before: The source at the old commit.
        after: The source at the new one.
        selection: The modules then, merged with the library's edits.
        removed: Ids of the modules that go.
        reasons: Why it is refused unless a person accepts it, one line each.
        conflicts: Files that wait for a person to resolve them, by module's id.
    """

    wish: Wish
    old: SourcePin
    new: SourcePin
    before: Snapshot
    after: Snapshot
    selection: Selection
    removed: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    conflicts: Mapping[str, str] = field(default_factory=dict)


def prepare(desk: Desk, name: str, to: str = "", *, min_age: float = 0.0) -> Update | None:
    """Fetch a source and work out what would become of the library; nothing is changed.

    Args:
        desk: The library.
        name: The source.
        to: The revision; empty for what the manifest says.
        min_age: Days that the new commit must have been there.

    Returns:
        The update; None where the source is there already.

    Raises:
        UsageError: It is held, or there is no such revision.
        FailureError: It cannot be fetched, or what the library uses of it is gone.
        StoreError: A vendored file has edits that are not committed.
    """
    old = desk.pin(name)
    before = desk.snapshot(old)
    wish = _wish(desk, name, before)
    if wish.hold and not to:
        raise UsageError(f"{name} is held (hold = true in {MANIFEST}): say --to REV to move it")
    mirror = desk.mirror(wish.address, fetch=True)
    ref, commit = mirror.resolve(to or wish.rev)
    wish = replace(wish, rev=to or wish.rev)
    if commit == old.commit:
        return None
    after = desk.cache.snapshot(mirror, commit)
    _old_enough(mirror, commit, min_age)
    merged = _Merged(desk, name, before)
    selection = _selected(desk, wish, after, merged)
    removed = tuple(sorted(set(desk.lock().of(name)) - set(selection.pins)))
    _no_edits_lost(desk, removed, before)
    capabilities = {*old.capabilities, *after.capabilities}
    new = source_pin(after, name, ref, capabilities, selection.paths)
    reasons = (*moved(mirror, old, ref, commit), *_gained(desk, old, after, selection))
    conflicts = {f"{name}/{path}": str(merged.merges.waiting(path)) for path in merged.clashes}
    return Update(wish, old, new, before, after, selection, removed, reasons, conflicts)


def apply(desk: Desk, update: Update) -> Changed:
    """Do it, in one commit.

    Raises:
        FailureError: It waits for a person to resolve a conflict; nothing was changed.
        StoreError: Nothing was committed, and why.
    """
    name = update.wish.name
    if update.conflicts:
        path = next(iter(update.conflicts.values()))
        raise FailureError(
            f"{', '.join(update.conflicts)}: your edits and the source's clash; resolve them in "
            f"{path}, then run the same command again"
        )
    seen, pins = desk.lock(), update.selection.pins
    renewed = tuple(id_ for id_ in sorted(pins) if pins[id_] != seen.modules.get(id_))
    files = vendored(desk, update.selection, update.after, name)
    files |= {seen.modules[id_].path: None for id_ in update.removed}
    papers = (f"{VENDOR}/{name}/{one}" for one in {*update.old.legal} - {*update.new.legal})
    files |= {one: None for one in papers if read_plain(desk.root / one) is not None}

    def locked(old: bytes | None) -> bytes:
        now = lock_of(old, seen.sources, name)
        if now.of(name) != seen.of(name):
            raise FailureError(f"another process has just changed {name}: try again")
        return dump_lock(now.without(name).plus(update.new, pins))

    edits = {LOCK: locked}
    if update.wish.rev and update.wish != desk.wishes().get(name):
        values = {"url": str(update.wish.address), "rev": update.wish.rev}
        edits[MANIFEST] = lambda old: edit_manifest(old, name, values)
    change = Change(
        f"update source {name} to {update.new.commit[:12]}",
        f"From {update.old.commit} to {update.new.commit}.",
        provenance(update.new),
        files,
        overwrite=True,
        edits=edits,
    )
    delivery = desk.commit([change])
    Merges(data_folder(desk.root) / "merges", name).clear()
    return Changed(name, renewed, update.removed, delivery)


def moved(mirror: Mirror, old: SourcePin, ref: str, commit: str) -> list[str]:
    """What is odd about the way from one commit to the other."""
    found = []
    if ref == old.ref and ref.startswith("refs/tags/"):
        found.append(moved_tag(ref))
    if mirror.descends(old.commit, commit):
        found.append(f"{commit[:12]} is older than {old.commit[:12]}: a downgrade")
    elif not mirror.descends(commit, old.commit):
        found.append(
            f"{commit[:12]} does not follow {old.commit[:12]}: its history was rewritten, or it is "
            "on another branch"
        )
    return found


def moved_tag(ref: str) -> str:
    """What is said of a tag that does not mean what it meant."""
    return f"the tag {ref.removeprefix('refs/tags/')} was moved: tags should not move"


class _Merged:
    """The texts of modules, the library's own edits merged into them."""

    def __init__(self, desk: Desk, name: str, before: Snapshot) -> None:
        self.merges = Merges(data_folder(desk.root) / "merges", name)
        self.clashes: list[str] = []
        self._desk, self._name, self._before = desk, name, before
        self._known = desk.lock().modules

    def text(self, path: str, theirs: str) -> str:
        """What a module becomes: the source's, the library's, or both."""
        pin = self._known.get(f"{self._name}/{path}")
        base = self._before.modules.get(path)
        if pin is None or base is None:
            return theirs
        self._desk.clean([pin.path])
        data = read_plain(self._desk.root / pin.path)
        ours = base.text if data is None else data.decode("utf-8", "replace")
        if ours in (base.text, theirs):
            return theirs
        if theirs == base.text:
            return ours
        merged = self.merges.merge(path, base.text, ours, theirs)
        if merged is None:
            self.clashes.append(path)
        return theirs if merged is None else merged


def _wish(desk: Desk, name: str, before: Snapshot) -> Wish:
    wish = desk.wishes().get(name)
    if wish is None:
        raise UsageError(f"{MANIFEST} does not name {name}: remove it, or write [sources.{name}]")
    if str(wish.address) != before.about.url:
        raise UsageError(
            f"{MANIFEST} gives {name} another address than {LOCK}: remove it, and add it again"
        )
    return wish


def _selected(desk: Desk, wish: Wish, after: Snapshot, merged: _Merged) -> Selection:
    """What is wanted of the new commit: by the manifest, and by what the library uses."""
    name, mount = wish.name, mount_of(wish.name)
    used = {full for names in desk.users(name).values() for full in names}
    needed = {full[len(mount) + 1 :].replace(".", "/") for full in used}
    gone = sorted(f"{name}/{path}" for path in needed - set(after.modules))
    if gone:
        raise FailureError(
            f"{', '.join(gone[:5])}: not in the new commit any more, and used by "
            f"{', '.join(sorted(desk.users(name))[:3])}: change that first"
        )
    wanted, _ = matching(after, wish.take)
    return select(after, name, wanted | needed, merged.text)


def _no_edits_lost(desk: Desk, removed: tuple[str, ...], before: Snapshot) -> None:
    for id_ in removed:
        pin = desk.lock().modules[id_]
        data = read_plain(desk.root / pin.path)
        was = before.modules.get(id_.partition("/")[2])
        if data is not None and (was is None or data != was.text.encode()):
            raise FailureError(
                f"{pin.path} has edits of yours, and is not in the new commit any more: move it "
                "to your own actions first"
            )


def _gained(desk: Desk, old: SourcePin, after: Snapshot, selection: Selection) -> list[str]:
    """What would be possible that was not approved."""
    found = []
    lock = desk.lock()
    for id_, pin in sorted(selection.pins.items()):
        before = lock.modules.get(id_)
        approved = set(before.capabilities if before else old.capabilities)
        if more := sorted(set(pin.capabilities) - approved):
            found.append(f"{id_} gains {', '.join(more)}")
        if more := sorted(set(pin.packages) - set(before.packages if before else ())):
            found.append(f"{id_} needs {', '.join(more)}")
    if more := sorted(set(after.capabilities) - set(old.capabilities)):
        found.append(f"{old.name} as a whole gains {', '.join(more)}")
    if after.about.licence != old.licence:
        now, was = after.about.licence or "none", old.licence or "none"
        found.append(f"its licence is {now} now, and was {was}")
    return found


def _old_enough(mirror: Mirror, commit: str, days: float) -> None:
    if days <= 0:
        return
    age = (time.time() - float(mirror.git.line("log", "-1", "--format=%ct", commit))) / DAY
    if age < days:
        raise FailureError(
            f"{commit[:12]} is {max(age, 0):.1f} days old, younger than --min-age asks"
        )
