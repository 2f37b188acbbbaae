"""`dynasaur take`: vendor actions of a source."""

from __future__ import annotations

from pathlib import Path

import click

from dynasaur.commands._sources import network_options, offline_option, open_desk, tell
from dynasaur.commands._wiring import json_option, library_option
from dynasaur.errors import UsageError


@click.command("take")
@click.argument("names", nargs=-1, required=True, metavar="SOURCE/NAME...")
@network_options
@offline_option
@library_option
@json_option
def command(
    names: tuple[str, ...],
    timeout: float,
    allow_insecure: bool,
    offline: bool,
    library_path: Path | None,
    as_json: bool,
) -> None:
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
    desk = open_desk(library_path, offline=offline, allow_insecure=allow_insecure, timeout=timeout)
    (source, given) = next(iter(wanted.items()))
    snapshot = desk.snapshot(desk.pin(source))
    roots = list(dict.fromkeys(named(snapshot, source, name) for name in given))
    selection = select(snapshot, source, roots)
    tell(adding.take(desk, source, snapshot, selection, roots), as_json=as_json)
