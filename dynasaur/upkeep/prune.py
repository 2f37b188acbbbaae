"""Removing what is not used, by the evidence of the runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dynasaur.history import History
from dynasaur.pins import LOCK
from dynasaur.places import title
from dynasaur.upkeep.ground import Done, Ground
from dynasaur.upkeep.leftover import leftover, unpinned
from dynasaur.upkeep.removal import removable, without
from dynasaur.usage import Report, Tally

UNUSED_COPY = "a copy of a built-in action, which nothing uses then"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What counts as unused; where both are given, both must hold.

    Attributes:
        unused_since: Neither called nor changed for so long.
        fewer_than: Called so often at most, less one.
    """

    unused_since: timedelta | None = None
    fewer_than: int | None = None


@dataclass(frozen=True, slots=True)
class Unused:
    """An action that is proposed for removal.

    Attributes:
        module: Its full name.
        tally: What became of it.
        changed: When its last change was committed, ISO 8601.
    """

    module: str
    tally: Tally
    changed: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What could go.

    Attributes:
        unused: The actions, by name.
        kept: Those that are unused too, but needed by actions that stay: full names of each and
            of what needs it.
        copies: Full names of the vendored built-in actions that nothing uses without these.
    """

    unused: tuple[Unused, ...]
    kept: Mapping[str, tuple[str, ...]]
    copies: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many files would go."""
        return len(self.unused) + len(self.copies)


def propose(ground: Ground, report: Report, bounds: Bounds, now: datetime) -> Proposal:
    """Find what is not used. An action that is not committed is never proposed.

    Args:
        ground: The library.
        report: What was counted.
        bounds: What counts as unused.
        now: The present time, with its zone.

    Raises:
        StoreError: The history cannot be read.
    """
    changed: dict[str, str] = {}
    for event in History(ground.repo).log():
        changed.setdefault(event.name, event.when)
    unused = {
        module: Unused(module, report.actions.get(entry.name, Tally()), changed[entry.name])
        for module, entry in sorted(ground.entries.items())
        if entry.name in changed
    }
    unused = {module: one for module, one in unused.items() if _is_unused(one, bounds, now)}
    kept: dict[str, tuple[str, ...]] = {}
    while needed := _needed(ground, unused):
        for module, users in needed.items():
            del unused[module]
            kept[module] = users
    return Proposal(tuple(unused.values()), kept, tuple(leftover(ground, unused)))


def prune(ground: Ground, proposal: Proposal) -> Done:
    """Remove what was proposed, in one commit.

    Raises:
        ActionError: One of them is not committed, or is used by another by now.
        StoreError: Nothing can be committed.
    """
    with ground.alone():
        return _prune(ground, proposal)


def _prune(ground: Ground, proposal: Proposal) -> Done:
    modules = [one.module for one in proposal.unused]
    going = removable(ground, modules, with_dependents=False)
    copies = [one for one in leftover(ground, going) if one in proposal.copies]
    names = [title(module) for module in (*modules, *copies)]
    subject = f"prune {names[0]}" if len(names) == 1 else f"prune {len(names)} unused actions"
    listing = [f"- {title(one.module)}: {told(one)}" for one in proposal.unused]
    listing += [f"- {title(module)}: {UNUSED_COPY}" for module in copies]
    return ground.commit(
        subject,
        without(ground, [*going, *copies]),
        edits={LOCK: unpinned(copies)} if copies else {},
        body="\n".join(["By what the runs recorded here have used:", "", *listing]),
        removed=names,
    )


def told(one: Unused) -> str:
    """The evidence in words."""
    calls = {0: "no run called it", 1: "called once"}.get(
        one.tally.calls, f"called {one.tally.calls} times"
    )
    last = f", last on {one.tally.last_used[:10]}" if one.tally.calls else ""
    return f"{calls}{last}; last changed on {one.changed[:10]}"


def _is_unused(one: Unused, bounds: Bounds, now: datetime) -> bool:
    if bounds.fewer_than is not None and one.tally.calls >= bounds.fewer_than:
        return False
    if bounds.unused_since is None:
        return True
    oldest = now - bounds.unused_since
    return all(_before(time, oldest) for time in (one.changed, one.tally.last_used) if time)


def _before(time: str, oldest: datetime) -> bool:
    """Whether it was before; what is no time counts as now."""
    try:
        when = datetime.fromisoformat(time)
    except ValueError:
        return False
    return (when if when.tzinfo else when.replace(tzinfo=UTC)) < oldest


def _needed(ground: Ground, unused: Mapping[str, Unused]) -> dict[str, tuple[str, ...]]:
    """Those of the unused that modules which stay import."""
    found: dict[str, tuple[str, ...]] = {}
    for user in ground.dependents(unused):
        for module in sorted(ground.requirements[user]):
            if module in unused:
                found[module] = (*found.get(module, ()), user)
    return found
