"""`dynasaur search`: find actions in the library."""

from __future__ import annotations

from pathlib import Path

import click

from dynasaur.commands._output import columns, document
from dynasaur.commands._wiring import json_option, library_option, open_library


@click.command("search")
@click.argument("query", nargs=-1, required=True)
@click.option("-k", default=10, show_default=True, type=click.IntRange(1, 1000), help="How many.")
@library_option
@json_option
def command(query: tuple[str, ...], k: int, library_path: Path | None, as_json: bool) -> None:
    """Find actions that fit QUERY, best first."""
    library, _ = open_library(library_path)
    hits = library.search(" ".join(query), k)
    if as_json:
        document(
            [
                {
                    "name": hit.action.name,
                    "source": hit.action.source,
                    "score": round(hit.score, 4),
                    "signature": hit.action.signature,
                    "summary": hit.action.summary,
                }
                for hit in hits
            ]
        )
        return
    columns(
        [
            (f"{hit.score:.2f}", hit.action.source, hit.action.name, hit.action.summary)
            for hit in hits
        ]
    )
    if not hits:
        click.echo("dynasaur: nothing in the library fits", err=True)
