"""`dynasaur list`: the library's actions."""

from __future__ import annotations

from pathlib import Path

import click

from dynasaur.commands._output import columns, described, document, plain
from dynasaur.commands._wiring import json_option, library_option, open_library


@click.command("list")
@click.option("--all", "everything", is_flag=True, help="Those of its sources too.")
@library_option
@json_option
def command(everything: bool, library_path: Path | None, as_json: bool) -> None:
    """List the library's own actions, by category and name."""
    library, _ = open_library(library_path)
    listed = library.listing(everything=everything)
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
    if not actions:
        hint = "" if everything else "; `dynasaur list --all` shows those of its sources"
        click.echo(f"dynasaur: the library has no actions of its own yet{hint}", err=True)
