"""`dynasaur list`: the library's actions."""

from __future__ import annotations

from pathlib import Path

import click

from dynasaur.commands._output import about, columns, document, plain
from dynasaur.commands._wiring import json_option, library_option, open_library


@click.command("list")
@click.option("--all", "everything", is_flag=True, help="Those of its sources too.")
@library_option
@json_option
def command(everything: bool, library_path: Path | None, as_json: bool) -> None:
    """List the library's own actions, by category and name."""
    library, _ = open_library(library_path)
    found = library.actions(
        lambda line: click.echo(f"dynasaur: warning: {plain(line)}", err=True), added=everything
    )
    actions = [one for one in found if everything or one.source == "local"]
    if as_json:
        document(
            [
                {
                    "name": one.name,
                    "category": one.category,
                    "source": one.source,
                    "signature": one.signature,
                    "summary": one.summary,
                    "evidence": one.provenance.evidence,
                    "deprecated": one.provenance.deprecated,
                }
                for one in actions
            ]
        )
        return
    columns([(one.source, one.category, one.name, about(one)) for one in actions])
    if not actions:
        hint = "" if everything else "; `dynasaur list --all` shows those of its sources"
        click.echo(f"dynasaur: the library has no actions of its own yet{hint}", err=True)
