"""`dynasaur take`: vendor actions of a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dynasaur.commands._sources import desk_options, tell
from dynasaur.commands._wiring import json_option
from dynasaur.errors import UsageError

if TYPE_CHECKING:
    from dynasaur.sources.desk import Desk


@click.command("take")
@click.argument("names", nargs=-1, required=True, metavar="SOURCE/NAME...")
@desk_options()
@json_option
def command(names: tuple[str, ...], desk: Desk, as_json: bool) -> None:
    """Vendor actions of a source, with all that they import, in one commit.

    They lie in actions/vendor/SOURCE/, with the source's licence; dynasaur.lock says what they
    are. Call them by `from actions.vendor.SOURCE.CATEGORY.NAME import NAME`.
    """
    from dynasaur.sources import add as adding
    from dynasaur.sources.selection import named, select

    wanted: dict[str, list[str]] = {}
    for one in names:
        source, slash, name = one.partition("/")
        if not slash or not name:
            raise UsageError(f"{one!r}: write SOURCE/NAME, such as acme/text/clean")
        wanted.setdefault(source, []).append(name)
    if len(wanted) > 1:
        raise UsageError("take from one source at a time: each is a commit of its own")
    (source, given) = next(iter(wanted.items()))
    snapshot = desk.snapshot(desk.pin(source))
    roots = list(dict.fromkeys(named(snapshot, source, name) for name in given))
    selection = select(snapshot, source, roots)
    tell(adding.take(desk, source, snapshot, selection, roots), as_json=as_json)
