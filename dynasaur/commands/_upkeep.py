"""What the commands that change a library share: telling what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dynasaur.commands._output import document, plain
from dynasaur.types import Json

if TYPE_CHECKING:
    from dynasaur.upkeep import Done


def tell(done: Done, *, as_json: bool, changed: str = "changed", removed: str = "removed") -> None:
    """Print what was done: the actions on stdout, what to know of the commit on stderr."""
    if as_json:
        document(fields(done))
        return
    for verb, names in ((changed, done.changed), (removed, done.removed)):
        for name in names:
            click.echo(plain(f"{verb}: {name}"))
    if done.delivery.note:
        click.echo(f"dynasaur: {plain(done.delivery.note)}", err=True)


def fields(done: Done) -> dict[str, Json]:
    """What was done, as JSON has it."""
    return {
        "changed": list(done.changed),
        "removed": list(done.removed),
        "commit": done.delivery.commits[-1],
        "branch": done.delivery.branch,
        "merged": done.delivery.merged,
        "note": done.delivery.note,
    }
