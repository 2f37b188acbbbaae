"""`dynasaur admit`: keep what a recorded run left, later."""

from __future__ import annotations

from pathlib import Path

import click

from dynasaur import config
from dynasaur.commands._complete import complete_runs
from dynasaur.commands._output import admission
from dynasaur.commands._wiring import json_option, library_option, open_library
from dynasaur.types import Evidence


@click.command("admit")
@click.argument("run", shell_complete=complete_runs)
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

    For runs with `--deliver none`, or to move the bar: `--accept called`. RUN is a run's id, a
    part of it that no other has, or `last`.
    """
    from dynasaur.trajectory import find_run, harvest

    library, _ = open_library(library_path, flags)
    folder = find_run(library.runs, run)
    done = library.registry.admit(harvest(folder))
    return admission([done], as_json)
