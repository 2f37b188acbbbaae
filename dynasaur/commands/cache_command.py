"""`dynasaur cache`: what is kept of sources on this machine."""

from __future__ import annotations

import click

from dynasaur.commands._output import document
from dynasaur.commands._wiring import json_option

MIB = 1024**2


@click.group("cache")
def command() -> None:
    """What is kept of sources on this machine, for all libraries."""


@command.command("gc", short_help="Remove what is not used.")
@click.option(
    "--older-than",
    "days",
    default=30.0,
    show_default=True,
    type=click.FloatRange(min=0),
    metavar="DAYS",
    help="What has not been used for so long.",
)
@json_option
def gc(days: float, as_json: bool) -> None:
    """Remove what no library has used for a while; it is fetched again when it is needed."""
    from dynasaur.sources.cache import Cache

    cache = Cache()
    done = cache.collect(days)
    if as_json:
        document({"removed": done.removed, "bytes": done.freed, "left": cache.size()})
        return
    click.echo(f"removed: {done.removed} ({done.freed / MIB:.1f} MiB)")
    click.echo(f"dynasaur: {cache.size() / MIB:.1f} MiB left in {cache.folder}", err=True)
