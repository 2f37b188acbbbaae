"""`dynasaur list`: the library's actions."""

from __future__ import annotations

from pathlib import Path

import click

from dynasaur.commands._output import columns, described, document, plain
from dynasaur.commands._wiring import json_option, library_option, open_library

MOST = 5_000
"""Files that are read at once, in about a second, unless more is asked for."""


@click.command("list")
@click.option("--all", "everything", is_flag=True, help="Those of its sources too.")
@click.option("--details", is_flag=True, help="Read all that is new, however much it is.")
@library_option
@json_option
def command(everything: bool, details: bool, library_path: Path | None, as_json: bool) -> None:
    """List the library's own actions, by category and name.

    Files that are new or have changed are read, 5,000 at a time: beyond that, names alone are
    listed. `--details` and `--json` read all of them.
    """
    library, _ = open_library(library_path)
    most = None if details or as_json else MOST
    listed = library.listing(everything=everything, most=most)
    for _, about in listed:
        if about.problem:
            click.echo(f"dynasaur: warning: {plain(about.problem)}", err=True)
    actions = [(entry, about) for entry, about in listed if not about.problem]
    if as_json:
        document(
            [
                {
                    "name": entry.name,
                    "category": entry.category,
                    "source": entry.source,
                    "signature": about.signature,
                    "summary": about.summary,
                    "evidence": about.evidence,
                    "deprecated": about.deprecated,
                }
                for entry, about in actions
            ]
        )
        return
    columns(
        [
            (entry.source, entry.category, entry.name, described(about.summary, about.deprecated))
            for entry, about in actions
        ]
    )
    unread = sum(about.unread for _, about in actions)
    if unread:
        told = f"what {unread} of them do is not read yet: `dynasaur list --details` reads it"
        click.echo(f"dynasaur: {told}", err=True)
    if not actions:
        hint = "" if everything else "; `dynasaur list --all` shows those of its sources"
        click.echo(f"dynasaur: the library has no actions of its own yet{hint}", err=True)
