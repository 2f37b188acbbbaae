"""`dynasaur tidy`: a flat library into categories."""

from __future__ import annotations

from pathlib import Path

import click

from dynasaur.commands._output import document
from dynasaur.commands._upkeep import tell
from dynasaur.commands._wiring import json_option, library_option, open_library
from dynasaur.places import title


@click.command("tidy")
@click.option("--dry-run", is_flag=True, help="Show what would go where.")
@library_option
@json_option
def command(dry_run: bool, library_path: Path | None, as_json: bool) -> None:
    """Move actions that lie flat in actions/ to category packages, in one commit.

    Where an action goes is learned from the actions that have a category, those of sources too;
    where none stands out it goes to misc. The imports between actions are rewritten.
    """
    from dynasaur.upkeep import Ground, plan, tidy

    library, _ = open_library(library_path)
    ground = Ground(library.repo)
    moved = plan(ground, library.categories.of)
    if not moved:
        click.echo("dynasaur: there is nothing to tidy", err=True)
        if as_json:
            document({"moves": {}})
    elif dry_run:
        moves = {title(old): title(new) for old, new in moved.items()}
        if as_json:
            document({"moves": dict(moves)})
        else:
            for old, new in moves.items():
                click.echo(f"{old} -> {new}")
    else:
        tell(tidy(ground, moved), as_json=as_json, changed="moved")
