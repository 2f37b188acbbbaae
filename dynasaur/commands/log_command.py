"""`dynasaur log`: what became of the library."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import click

from dynasaur.commands._output import columns, document
from dynasaur.commands._wiring import json_option, library_option, open_library


@click.command("log")
@click.option(
    "-n",
    "--limit",
    default=50,
    show_default=True,
    type=click.IntRange(min=0),
    help="How many lines; 0 for all.",
)
@library_option
@json_option
def command(limit: int, library_path: Path | None, as_json: bool) -> None:
    """Show the changes of the library's actions, newest first, one line each."""
    from dynasaur.history import History
    from dynasaur.upkeep.past import joined, name_of

    library, _ = open_library(library_path)
    events = list(islice(joined(History(library.repo).log()), limit or None))
    if as_json:
        document(
            [
                {
                    "kind": kind,
                    "name": name_of(event),
                    "commit": event.commit,
                    "time": event.when,
                    "author": event.author,
                    "subject": event.subject,
                    "run": event.run,
                    "evidence": event.evidence,
                }
                for kind, event in events
            ]
        )
        return
    columns(
        [
            (
                event.commit[:10],
                event.when[:10],
                kind,
                name_of(event),
                event.evidence or "-",
                f"{event.author}: {event.subject}",
            )
            for kind, event in events
        ]
    )
    if not events:
        click.echo("dynasaur: no action has been committed yet", err=True)
