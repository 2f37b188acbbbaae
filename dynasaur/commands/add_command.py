"""`dynasaur add`: functions that a person wrote, through the same gate."""

from __future__ import annotations

from pathlib import Path

import click

from dynasaur.commands._output import document
from dynasaur.commands._wiring import json_option, library_option, open_library
from dynasaur.errors import UsageError


@click.command("add")
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@library_option
@json_option
def command(files: tuple[Path, ...], library_path: Path | None, as_json: bool) -> int:
    """Put the public functions of each FILE through the gate, and commit what it admits."""
    library, _ = open_library(library_path)
    results = [library.add(text) for text in [_read(file) for file in files]]
    admitted = [name for result in results for name in result.admitted]
    refused = [refusal for result in results for refusal in result.refused]
    if as_json:
        document(
            {
                "admitted": list(admitted),
                "refused": [{"name": one.name, "reason": one.reason} for one in refused],
            }
        )
    else:
        for name in admitted:
            click.echo(f"kept: {name}")
        for one in refused:
            click.echo(f"not kept: {one.name}: {one.reason}", err=True)
        for note in dict.fromkeys(result.note for result in results if result.note):
            click.echo(f"dynasaur: {note}", err=True)
        if not admitted and not refused:
            click.echo("dynasaur: no public function in what was given", err=True)
    return 1 if refused or not admitted else 0


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{file}: cannot be read: {reason}") from error
