"""`dynasaur runs`: what was run: list it, show it, export it, remove it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dynasaur.commands._complete import complete_runs
from dynasaur.commands._output import columns, document, plain
from dynasaur.commands._wiring import json_option, library_option, open_library
from dynasaur.errors import FailureError, UsageError
from dynasaur.types import Json

FORMATS = {
    "ipynb": "a notebook with its outputs",
    "html": "one page",
    "md": "Markdown",
    "atif": "JSON that other tools read (Agent Trajectory Interchange Format)",
}
SUFFIXES = {"atif": "atif.json"}

if TYPE_CHECKING:
    from dynasaur.record import Step, Trajectory


@click.group("runs", invoke_without_command=True)
@library_option
@json_option
@click.pass_context
def command(context: click.Context, library_path: Path | None, as_json: bool) -> None:
    """List, show, export and remove recorded runs. Alone it lists them, newest first.

    RUN is the id of a run, a part of it that no other has, or `last`.
    """
    if context.invoked_subcommand is None:
        _list(library_path, as_json)


@command.command("list")
@library_option
@json_option
def list_(library_path: Path | None, as_json: bool) -> None:
    """List the runs recorded in the library, newest first."""
    _list(library_path, as_json)


@command.command("show", short_help="Show the recorded RUN, whole.")
@click.argument("run", shell_complete=complete_runs)
@click.option("--step", type=click.IntRange(1), metavar="N", help="Only this step.")
@library_option
@json_option
def show(run: str, step: int | None, library_path: Path | None, as_json: bool) -> None:
    """Show the recorded RUN, whole: its steps, what came of them, its answer."""
    from dynasaur.trajectory import find_run, load, read

    library, _ = open_library(library_path)
    folder = find_run(library.runs, run)
    result = load(folder)
    if step is not None and step > len(result.steps):
        raise UsageError(f"{result.run} has {len(result.steps)} steps, and no step {step}")
    if as_json:
        saved = read(folder)
        steps = saved["trajectory"]
        document(dict(saved) if step is None or not isinstance(steps, list) else steps[step - 1])
        return
    _show(result, result.steps if step is None else result.steps[step - 1 : step], step is None)


@command.command("rm")
@click.argument("runs", nargs=-1, required=True, metavar="RUN...", shell_complete=complete_runs)
@library_option
@json_option
def rm(runs: tuple[str, ...], library_path: Path | None, as_json: bool) -> None:
    """Remove recorded runs, and all that their kernels left. Their actions stay."""
    from dynasaur.trajectory import find_run, remove

    library, _ = open_library(library_path)
    folders = dict.fromkeys(find_run(library.runs, run) for run in runs)
    for folder in folders:
        remove(folder)
        if not as_json:
            click.echo(f"removed: {folder.name}")
    if as_json:
        document({"removed": [folder.name for folder in folders]})


@command.command("export")
@click.argument("run", shell_complete=complete_runs)
@click.option(
    "--to",
    "kind",
    type=click.Choice(list(FORMATS)),
    required=True,
    help="; ".join(f"{name}: {what}" for name, what in FORMATS.items()) + ".",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to; `-` is standard output. Default: a file here with the run's name, "
    "such as RUN.html or RUN.atif.json.",
)
@library_option
def export(run: str, kind: str, output: Path | None, library_path: Path | None) -> None:
    """Write the recorded RUN as a file that others can open."""
    from dynasaur.export import exported
    from dynasaur.trajectory import find_run, load

    library, _ = open_library(library_path)
    result = load(find_run(library.runs, run))
    content = exported(kind, result, library.root).encode("utf-8", "backslashreplace")
    path = output or Path(f"{result.run}.{SUFFIXES.get(kind, kind)}")
    if str(path) == "-":
        click.echo(content, nl=False)
        return
    try:
        path.write_bytes(content)
    except OSError as error:
        raise FailureError(f"{path} cannot be written: {error.strerror}") from error
    click.echo(f"wrote: {path}")


@command.command("schema")
def schema_() -> None:
    """Print the JSON schema that every recorded trajectory keeps to."""
    from dynasaur.trajectory import schema

    document(schema())


def _list(library_path: Path | None, as_json: bool) -> None:
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


def _show(result: Trajectory, steps: tuple[Step, ...], all_of_it: bool) -> None:
    from dynasaur.commands._render import Page

    page = Page(sys.stdout, whole=True)
    page.line(f"run {result.run}  model {result.model}  {result.status}", "dim")
    if all_of_it:
        page.line(f"task: {result.task.strip()}", "bold")
        for name in result.files:
            page.line(f"file: {name}", "dim")
    for step in steps:
        page.step(step)
    if all_of_it:
        page.gap()
        page.summary(result)
        if result.status == "solved":
            import json

            answer = result.answer
            text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
            page.line("answer:", "bold")
            click.echo("\n".join(plain(line) for line in text.split("\n")))
