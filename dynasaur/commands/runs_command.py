"""`dynasaur runs`: what was run, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from dynasaur.commands._output import columns, document
from dynasaur.commands._wiring import json_option, library_option, open_library
from dynasaur.types import Json


@click.command("runs")
@library_option
@json_option
def command(library_path: Path | None, as_json: bool) -> None:
    """List the runs recorded in the library, newest first."""
    from dynasaur.trajectory import list_runs

    library, _ = open_library(library_path)
    found = list(list_runs(library.runs))
    if as_json:
        document([_summary(run, saved) for run, saved in found])
        return
    columns([_row(run, saved) for run, saved in found])
    if not found:
        click.echo("dynasaur: no runs yet", err=True)


def _summary(run: str, saved: Mapping[str, Json] | None) -> Json:
    if saved is None:
        return {"run": run, "status": "unreadable"}
    keys = ("run", "status", "task", "model", "answer", "steps", "seconds", "started")
    return {key: saved.get(key) for key in keys}


def _row(run: str, saved: Mapping[str, Json] | None) -> tuple[str, ...]:
    if saved is None:
        return run, "unreadable", "", ""
    task = " ".join(str(saved.get("task", "")).split())
    steps = saved.get("steps", 0)
    return run, str(saved["status"]), f"{steps} step{'' if steps == 1 else 's'}", task
