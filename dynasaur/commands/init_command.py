"""`dynasaur init`: make a library."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("init")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """Make DIR (default: this folder) a library: a git repository with an actions package."""
    from dynasaur.library import Library

    library, note = Library.create(folder.absolute())
    click.echo(f"dynasaur: {library.root} is a library{note and '; ' + note}", err=True)
