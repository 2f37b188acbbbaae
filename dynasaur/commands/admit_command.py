"""`dynasaur admit`: keep what a recorded run left, later."""

from __future__ import annotations

from pathlib import Path

import click

from dynasaur import config
from dynasaur.commands._output import admission
from dynasaur.commands._wiring import json_option, library_option, open_library
from dynasaur.errors import UsageError
from dynasaur.types import Evidence


@click.command("admit")
@click.argument("run")
@click.option(
    "--accept",
    type=click.Choice([str(level) for level in Evidence]),
    help="Evidence that admits a function. Default: solved.",
)
@click.option(
    "--deliver",
    type=click.Choice(config.DELIVERIES),
    help="What becomes of the commits; see `dynasaur run --help`.",
)
@library_option
@json_option
def command(run: str, library_path: Path | None, as_json: bool, **flags: object) -> int:
    """Put the functions of the recorded RUN through the gate, and commit what it admits.

    For runs with `--deliver none`, or to move the bar: `--accept called`.
    """
    from dynasaur.trajectory import harvest

    library, _ = open_library(library_path, flags)
    folder = library.runs / run
    if run in ("", ".", "..") or Path(run).name != run or not folder.is_dir():
        raise UsageError(f"no run {run!r}; `dynasaur runs` lists them")
    return admission([library.registry.admit(harvest(folder))], as_json)
