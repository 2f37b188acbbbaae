"""The forms that an action has had, newest first, and where each comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from itertools import groupby

from dynasaur.errors import ActionError
from dynasaur.history import Event, History
from dynasaur.places import title
from dynasaur.repo import Repo
from dynasaur.source import read_head
from dynasaur.types import Provenance


@dataclass(frozen=True, slots=True)
class State:
    """An action's file at one commit: its path below the library's root, and its content."""

    path: str
    data: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """Its content as text."""
        return self.data.decode("utf-8-sig", "replace")

    @property
    def module(self) -> str:
        """The module's full name."""
        return self.path.removesuffix(".py").replace("/", ".")


@dataclass(frozen=True, slots=True)
class Form:
    """What one commit made of an action.

    Attributes:
        kind: What was done: `added`, `changed`, `moved` or `deleted`.
        event: The commit.
        before: What it was in the commit before; None when it was not there.
        after: What it became; None when it was deleted.
        told: What its head or the commit's trailers say of where the change comes from.
    """

    kind: str
    event: Event
    before: State | None
    after: State | None
    told: Provenance

    def patch(self) -> str:
        """The change as a unified diff."""
        old, new = (
            [] if state is None else state.text.splitlines(keepends=True)
            for state in (self.before, self.after)
        )
        before, after = (
            "/dev/null" if state is None else f"{side}/{state.path}"
            for side, state in (("a", self.before), ("b", self.after))
        )
        lines = unified_diff(old, new, before, after)
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def forms(repo: Repo, name: str) -> list[Form]:
    """What became of one action, newest first, wherever its file has been.

    Args:
        repo: The library's git repository.
        name: The action's name, bare or with a category that it has had; it may be gone by now.

    Raises:
        ActionError: No commit knows it.
    """
    all_events = History(repo).history(name.rpartition("/")[2])
    events = list(joined(all_events))
    if "/" in name and name not in {name_of(event) for _, event in events}:
        raise ActionError(f"no commit knows an action {name}: see `dynasaur log`")
    paths = list(dict.fromkeys(event.path for event in all_events))
    return [_form(repo, kind, event, paths) for kind, event in events]


def joined(events: Iterable[Event]) -> Iterator[tuple[str, Event]]:
    """Each event with its kind; a file that goes and one of its name that comes are one move."""
    for _, group in groupby(events, key=lambda event: event.commit):
        by_name: dict[str, list[Event]] = {}
        for event in group:
            by_name.setdefault(event.name, []).append(event)
        for same in by_name.values():
            there = [event for event in same if event.kind != "deleted"]
            yield (("moved", there[0]) if there and len(same) > 1 else (str(same[0].kind), same[0]))


def name_of(event: Event) -> str:
    """How people name the action: `tables/mean`."""
    return title(event.path.removesuffix(".py").replace("/", "."))


def _form(repo: Repo, kind: str, event: Event, paths: Sequence[str]) -> Form:
    """What a commit made of an action; of a merge, what it made of its first parent's."""
    before = after = None
    if kind != "deleted":
        after = _state(repo, event.commit, [event.path])
    if kind != "added":
        places = paths if kind == "moved" else [event.path]
        before = _state(repo, f"{event.commit}^", places)
    return Form(kind, event, before, after, _told(event, before, after))


def _state(repo: Repo, commit: str, paths: Iterable[str]) -> State | None:
    """The file at a commit, in the first of these places where there is one."""
    for path in paths:
        data = repo.past.content(commit, path)
        if data is not None:
            return State(path, data)
    return None


def _told(event: Event, before: State | None, after: State | None) -> Provenance:
    """What the head says that it did not say before, else what the trailers say.

    A head survives copying and squashing, trailers do not.
    """
    old, new = _head(before), _head(after)

    def of(key: str) -> str:
        said: str = getattr(new, key)
        return said if said and said != getattr(old, key) else str(getattr(event, key))

    return Provenance(run=of("run"), task=of("task"), model=of("model"), evidence=of("evidence"))


def _head(state: State | None) -> Provenance:
    try:
        return read_head(state.text).provenance if state else Provenance()
    except ActionError:
        return Provenance()
