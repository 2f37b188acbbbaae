"""`dynasaur add`: functions that a person wrote, through the same gate."""

from __future__ import annotations

from pathlib import Path

import click

from dynasaur.commands._output import admission
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
    return admission(results, as_json)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{file}: cannot be read: {reason}") from error
