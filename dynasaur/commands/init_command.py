"""`dynasaur init`: make a library."""

from __future__ import annotations

from pathlib import Path

import click

from dynasaur.commands._output import admission
from dynasaur.commands._paper_names import add_paper_names
from dynasaur.commands._wiring import open_library


@click.command("init")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
@click.option(
    "--paper-names",
    is_flag=True,
    help="Add the initial actions under the names that the paper has for them, for `eval --paper "
    "--library DIR` and for prompts that speak of them.",
)
def command(folder: Path, paper_names: bool) -> int:
    """Make DIR (default: this folder) a library: a git repository with an actions package."""
    from dynasaur.library import Library

    library, note = Library.create(folder.absolute())
    click.echo(f"dynasaur: {library.root} is a library{note and '; ' + note}", err=True)
    if not paper_names:
        return 0
    added = add_paper_names(open_library(library.root)[0])
    return admission([added], as_json=False) if added else 0
