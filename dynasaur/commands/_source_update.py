"""`dynasaur source diff` and `update`."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import click

from dynasaur.commands._complete import complete_sources
from dynasaur.commands._output import document, plain
from dynasaur.commands._sources import (
    agreed,
    counted,
    desk_options,
    fields,
    say,
    tell,
)
from dynasaur.commands._wiring import json_option
from dynasaur.config import PACKAGE
from dynasaur.errors import FailureError, UsageError
from dynasaur.types import Json

if TYPE_CHECKING:
    from dynasaur.sources.desk import Desk
    from dynasaur.sources.update import Update


@click.command("diff", short_help="Show what an update would change.")
@click.argument("name", shell_complete=complete_sources)
@click.argument("revision", default="", metavar="[REV]")
@desk_options()
@json_option
def diff(
    name: str,
    revision: str,
    desk: Desk,
    as_json: bool,
) -> int:
    """Show what an update of the source NAME would change, and change nothing.

    Exit 0: nothing new. 1: there is something.
    """
    from dynasaur.sources.update import prepare

    found = prepare(desk, name, revision)
    if as_json:
        document(_document(found) if found else None)
    elif found:
        _show(found, err=False)
    else:
        say(_nothing_new(desk, name, revision))
    return 1 if found else 0


@click.command("update", short_help="Move a source to a newer commit.")
@click.argument("name", shell_complete=complete_sources)
@click.option("--to", default="", metavar="REV", help="A tag, a branch or a commit.")
@click.option("--accept", is_flag=True, help="Accept what is listed as refused.")
@click.option("--min-age", default="", metavar="TIME", help="Only what is as old: 7d, 12h.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@desk_options()
@json_option
def update(
    name: str,
    to: str,
    accept: bool,
    min_age: str,
    yes: bool,
    desk: Desk,
    as_json: bool,
) -> int:
    """Move the source NAME to what dynasaur.toml asks for, or to REV; your edits are merged.

    Shows what changes, then asks. Refused without --accept: a commit that does not follow the
    pinned one, a tag that was moved, new capabilities, packages, or another licence. Where your
    edits clash with the source's nothing is changed; you resolve them, and run it again.
    """
    from dynasaur.sources.update import apply, prepare

    found = prepare(desk, name, to, min_age=_days(min_age))
    if found is None:
        say(_nothing_new(desk, name, to))
        if as_json:
            document(None)
        return 0
    _show(found)
    if found.reasons and not accept:
        reasons = counted(len(found.reasons), "reason")
        raise FailureError(f"{name} is not updated ({reasons} above): see them, and say --accept")
    if found.conflicts:
        apply(desk, found)
    if not yes and not agreed("Update it?", "look at the changes, then repeat with --yes"):
        say("nothing was changed")
        return 1
    done = apply(desk, found)
    if as_json:
        document({**fields(done), "pinned": found.new.commit})
        return 0
    click.echo(f"updated: {name} to {found.new.commit[:12]}")
    tell(done, as_json=False, verb="renewed")
    return 0


def _nothing_new(desk: Desk, name: str, asked: str) -> str:
    """Says which revision holds, so that it does not seem to deny what `outdated` tells."""
    wish = desk.wishes().get(name)
    if asked or wish is None or not wish.rev:
        return f"{name} has nothing new"
    return (
        f"{name} has nothing new at {wish.rev}, which dynasaur.toml asks for; "
        "`dynasaur source outdated` tells what is newer"
    )


def _show(found: Update, *, err: bool = True) -> None:
    """What would change; all of it is a stranger's text."""
    commits = f"{found.old.commit[:12]} -> {found.new.commit[:12]} ({found.new.ref})"
    refused = (f"refused: {reason}" for reason in found.reasons)
    for line in (f"{found.wish.name}: {commits}", *_review(found), *_changes(found), *refused):
        click.echo(plain(line), err=err)


def _review(found: Update) -> list[str]:
    """What the source has changed in the modules that are vendored, judged as in a pull request."""
    from dynasaur.review import review_texts
    from dynasaur.review.formats import text

    sides = []
    for snapshot in (found.before, found.after):
        paths = (id_.partition("/")[2] for id_ in (*found.selection.pins, *found.removed))
        modules = (snapshot.modules[path] for path in paths if path in snapshot.modules)
        sides.append({f"{PACKAGE}/{one.path}.py": one.text.encode() for one in modules})
    width = min(shutil.get_terminal_size().columns, 100)
    before, after = sides
    return text.render(review_texts(before, after), width=width).splitlines()


def _changes(found: Update) -> list[str]:
    """The modules that would change, with a mark for what becomes of each."""
    lines = []
    for id_ in sorted(found.selection.pins):
        path = id_.partition("/")[2]
        was, now = found.before.modules.get(path), found.after.modules[path]
        edited = " (with your edits)" if found.selection.pins[id_].modified else ""
        if id_ in found.conflicts:
            lines.append(f"! {id_}: your edits clash with it")
        elif was is None:
            lines.append(f"+ {id_}")
        elif was.blob != now.blob:
            lines.append(f"~ {id_}{edited}")
    return [*lines, *(f"- {id_}" for id_ in found.removed)]


def _document(found: Update) -> Json:
    changes: list[Json] = [*_changes(found)]
    return {
        "source": found.wish.name,
        "old": found.old.commit,
        "new": found.new.commit,
        "ref": found.new.ref,
        "changes": changes,
        "refused": list(found.reasons),
        "conflicts": dict(found.conflicts),
    }


def _days(text: str) -> float:
    if not text:
        return 0.0
    given = re.fullmatch(r"(\d{1,4})([dhw])", text.strip())
    if given is None:
        raise UsageError(f"--min-age {text!r}: must be like 7d, 12h or 2w")
    return int(given[1]) * {"d": 1.0, "h": 1 / 24, "w": 7.0}[given[2]]
