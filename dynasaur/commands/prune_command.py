"""`dynasaur prune`: remove what is not used."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dynasaur.commands._output import columns, document
from dynasaur.commands._upkeep import fields, tell
from dynasaur.commands._wiring import json_option, library_option, open_library
from dynasaur.errors import BlockedError, UsageError
from dynasaur.places import title
from dynasaur.types import Json

if TYPE_CHECKING:
    from dynasaur.upkeep import Done, Proposal

DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
MOST_DAYS = 36500
DEFAULT = "90d"


@click.command("prune")
@click.option(
    "--unused-since",
    metavar="TIME",
    help="Neither called nor changed for so long: 90d, 12w, 6m, 1y. Default, where --fewer-than "
    "is not given: 90d.",
)
@click.option("--fewer-than", type=click.IntRange(min=1), metavar="N", help="Called less often.")
@click.option("--dry-run", is_flag=True, help="Propose only.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@library_option
@json_option
def command(
    unused_since: str | None,
    fewer_than: int | None,
    dry_run: bool,
    yes: bool,
    library_path: Path | None,
    as_json: bool,
) -> int:
    """Propose to remove what the runs recorded here do not use; ask; remove it in one commit.

    What an action that stays needs, stays. Copies of built-in actions that nothing uses then go,
    too. With both options, both must hold. `git revert` undoes it.
    """
    from dynasaur.upkeep import Bounds, Ground, propose, prune

    if unused_since is None and fewer_than is None:
        unused_since = DEFAULT
    since = None if unused_since is None else _duration(unused_since)
    library, _ = open_library(library_path)
    ground = Ground(library.repo)
    bounds = Bounds(since, fewer_than)
    proposal = propose(ground, library.usage(), bounds, datetime.now(UTC))
    _show(proposal, err=as_json)
    done = None
    if proposal.count and not dry_run:
        if not yes and not _agreed(proposal.count):
            click.echo("dynasaur: nothing was removed", err=True)
            return 1
        done = prune(ground, proposal)
    if as_json:
        document(_document(proposal, done))
    elif done:
        tell(done, as_json=False)
    return 0


def _duration(text: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,5})([dwmy])", text.strip())
    days = int(found[1]) * DAYS[found[2]] if found else 0
    if not 0 < days <= MOST_DAYS:
        raise UsageError(f"--unused-since {text!r}: must be like 90d, 12w, 6m or 1y")
    return timedelta(days=days)


def _agreed(count: int) -> bool:
    if not sys.stdin.isatty():
        raise BlockedError("nobody is there to ask: look at the proposal, then repeat with --yes")
    return click.confirm(f"Remove {count}?", err=True)


def _show(proposal: Proposal, *, err: bool) -> None:
    from dynasaur.upkeep.prune import UNUSED_COPY, told

    if not err:
        rows = [(title(one.module), told(one)) for one in proposal.unused]
        columns([*rows, *((title(module), UNUSED_COPY) for module in proposal.copies)])
    for module, users in proposal.kept.items():
        names = ", ".join(title(user) for user in users)
        click.echo(f"dynasaur: {title(module)} stays: {names} needs it", err=True)
    if not proposal.count:
        click.echo("dynasaur: there is nothing to prune", err=True)


def _document(proposal: Proposal, done: Done | None) -> Json:
    unused: list[Json] = [
        {
            "name": title(one.module),
            "calls": one.tally.calls,
            "last_used": one.tally.last_used or None,
            "changed": one.changed,
        }
        for one in proposal.unused
    ]
    kept: dict[str, Json] = {
        title(module): [title(user) for user in users] for module, users in proposal.kept.items()
    }
    copies: list[Json] = [title(module) for module in proposal.copies]
    return {
        "unused": unused,
        "copies": copies,
        "kept": kept,
        "done": fields(done) if done else None,
    }
