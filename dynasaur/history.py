"""What has happened to the actions: who, when, in which run, on what evidence.

All of it is read from commits and their trailers. What was read is kept in a file that grows by
what is new; it is derived, and made again when it is lost or history was rewritten.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from dynasaur.errors import ActionError
from dynasaur.repo import Commit, Repo

FORMAT = 2
NAMED = '{"name": '
"""How the line of an event begins."""

Kind = Literal["added", "changed", "moved", "deleted"]
MOST = 500
"""Characters that are kept of what a commit says, which may be a whole book."""

KINDS: Mapping[str, Kind] = {"A": "added", "M": "changed", "R": "moved", "D": "deleted"}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a commit did to one action.

    Attributes:
        name: The action's name.
        path: Its file below the library's root; the last one when it was deleted.
        kind: What was done.
        commit: The commit's id.
        when: Its time, ISO 8601.
        author: Its author's name.
        subject: Its first line.
        run: The run that it comes from; empty for a person's.
        task: That run's task.
        model: That run's model.
        evidence: What backed the action.
        fingerprint: The action's fingerprint.
    """

    name: str
    path: str
    kind: Kind
    commit: str
    when: str
    author: str
    subject: str
    run: str = ""
    task: str = ""
    model: str = ""
    evidence: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an action and the commit's event that it comes from."""

    text: str
    event: Event


class History:
    """The history of a library's own actions; vendored copies are not followed."""

    def __init__(self, repo: Repo, *, folder: str = "actions") -> None:
        self._past = repo.past
        self._folder = folder
        self._cache = repo.root / ".dynasaur" / "history.jsonl"

    def log(self, limit: int | None = None) -> tuple[Event, ...]:
        """What happened to all actions, newest first."""
        events = list(self._events())
        events.reverse()
        return tuple(events[:limit])

    def history(self, name: str) -> tuple[Event, ...]:
        """What happened to one action, newest first, wherever its file has been.

        Raises:
            ActionError: No commit knows the name.
        """
        events = [event for event in self._events(name) if event.name == name]
        if not events:
            raise ActionError(f"no commit knows an action {name}: see `dynasaur log`")
        return tuple(reversed(events))

    def difference(self, event: Event) -> str:
        """What the event's commit changed in the action, as a patch."""
        return self._past.difference(event.commit, event.path)

    def blame(self, name: str) -> tuple[Line, ...]:
        """Each line of an action as it is committed, with where it comes from."""
        events = self.history(name)
        known = {event.commit: event for event in events}
        found = []
        for commit, text in self._past.blame(events[0].path):
            event = known.get(commit) or Event(name, events[0].path, "changed", commit, "", "", "")
            found.append(Line(text, event))
        return tuple(found)

    def _events(self, name: str = "") -> Iterator[Event]:
        """All events, oldest first: those that were kept (with a name: of it), then the new."""
        head = self._past.resolve("HEAD")
        if head is None:
            return
        kept, tip = _read(self._cache, name)
        if tip != head:
            if tip and not self._past.is_ancestor(tip, head):
                kept, tip = [], ""
            new = list(_of(self._past.commits(self._folder, tip or None, head), self._folder))
            if not self._past.cut:  # what a shallow clone shows is not the whole
                self._write(new, tip, head)
            kept += new
        yield from kept

    def _write(self, events: list[Event], since: str, tip: str) -> None:
        """Keep what was read; a line that says what it follows and how far it goes closes it."""
        lines = [json.dumps(asdict(event)) for event in events]
        text = (
            "\n".join([*lines, json.dumps({"format": FORMAT, "since": since, "tip": tip})]) + "\n"
        )
        try:
            self._cache.parent.mkdir(exist_ok=True)
            with self._cache.open("a" if since else "w", encoding="utf-8") as file:
                file.write(text)
        except OSError:
            return  # a read-only library has a history too


def _read(cache: Path, name: str) -> tuple[list[Event], str]:
    """The whole parts of the file: what a writer that died left after them does not count.

    Neither does a part that another one has written, too: it does not follow the last one.

    Most lines are of other names; what is not wanted is not parsed.
    """
    wanted = f"{NAMED}{json.dumps(name)},"
    events: list[Event] = []
    part: list[Event] = []
    tip = ""
    try:
        for line in cache.read_text("utf-8").splitlines():
            if name and line.startswith(NAMED) and not line.startswith(wanted):
                continue
            fields = json.loads(line)
            if "tip" not in fields:
                part.append(Event(**fields))
            elif fields["format"] == FORMAT:
                if fields["since"] == tip:
                    events, tip = events + part, fields["tip"]
                part = []
    except (OSError, ValueError, TypeError, KeyError):
        return [], ""
    return ([], "") if part else (events, tip)


def _of(commits: Iterator[Commit], folder: str) -> Iterator[Event]:
    for commit in commits:
        for touch in commit.touches:
            path = PurePosixPath(touch.path)
            vendored = path.parts[:2] == (folder, "vendor")
            if path.suffix != ".py" or path.stem.startswith("_") or vendored:
                continue
            kind = KINDS.get(touch.kind, "changed")
            if kind == "moved" and PurePosixPath(touch.before).stem != path.stem:
                yield _event(commit, touch.before, "deleted")
                kind = "added"
            yield _event(commit, touch.path, kind)


def _event(commit: Commit, path: str, kind: Kind) -> Event:
    known = {
        name: commit.trailers.get(f"Dynasaur-{name.capitalize()}", "")[:MOST]
        for name in ("run", "task", "model", "evidence", "fingerprint")
    }
    name = PurePosixPath(path).stem
    author, subject = commit.author[:MOST], commit.subject[:MOST]
    return Event(name, path, kind, commit.id, commit.when, author, subject, **known)
