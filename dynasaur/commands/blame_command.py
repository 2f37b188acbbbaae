"""`dynasaur blame`: which run each line of an action comes from."""

from __future__ import annotations

from pathlib import Path

import click

from dynasaur.commands._complete import complete_actions
from dynasaur.commands._output import columns, document
from dynasaur.commands._wiring import json_option, library_option, open_library


@click.command("blame")
@click.argument("name", shell_complete=complete_actions)
@library_option
@json_option
def command(name: str, library_path: Path | None, as_json: bool) -> None:
    """Show for each line of the action NAME which run, or which person, it comes from."""
    from dynasaur.history import History

    library, _ = open_library(library_path)
    lines = History(library.repo).blame(name)
    if as_json:
        document(
            [
                {
                    "line": at,
                    "text": line.text,
                    "commit": line.event.commit,
                    "time": line.event.when,
                    "author": line.event.author,
                    "run": line.event.run,
                    "model": line.event.model,
                }
                for at, line in enumerate(lines, 1)
            ]
        )
        return
    columns(
        [
            (line.event.commit[:10], line.event.run or line.event.author, line.text.rstrip("\n"))
            for line in lines
        ]
    )
