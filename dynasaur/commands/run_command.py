"""`dynasaur run`: solve a task."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from dynasaur import config
from dynasaur.commands._agent import agent_of, carried_out
from dynasaur.commands._kernel_options import kernel_options
from dynasaur.commands._look import QUIET, Look, screen_options
from dynasaur.commands._run_options import run_options
from dynasaur.commands._wiring import json_option, library_option
from dynasaur.errors import UsageError
from dynasaur.types import Evidence, Task


@click.command("run")
@click.argument("task", required=False)
@click.option(
    "--tasks",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help='Many tasks instead: one {"task": ..., "files": [...], "id": ...} on each line.',
)
@click.option(
    "--jobs", type=click.IntRange(1, 64), metavar="N", help="So many of them at once. Default: 1."
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="A Dask scheduler, whose workers carry the tasks out, each on a branch of its own; the "
    "branches are merged at the end. They see the same files.",
)
@click.option(
    "--results",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where their results are added, one line each. Default: FILE.results.jsonl; tasks that "
    "have one there are not run again.",
)
@click.option(
    "--file",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A file that comes with the task; may be given several times.",
)
@click.option("--model", metavar="NAME", help="The model; `dynasaur models` lists them.")
@click.option("--max-steps", type=int, metavar="N", help="Steps to take at most. Default: 20.")
@click.option(
    "--cell-timeout", type=float, metavar="SECONDS", help="Time for one cell. Default: 300."
)
@click.option("-k", type=int, metavar="N", help="Actions to offer with the task. Default: 10.")
@click.option(
    "--accept",
    type=click.Choice([str(level) for level in Evidence]),
    help="Evidence that admits a new function. Default: solved.",
)
@click.option(
    "--deliver",
    type=click.Choice(config.DELIVERIES),
    help="What becomes of the commits: fast-forward the current branch (the default), leave a "
    "branch, push it for a pull request, or commit nothing.",
)
@run_options
@kernel_options
@library_option
@screen_options
@json_option
def command(
    task: str | None,
    tasks: Path | None,
    jobs: int | None,
    scheduler: str | None,
    results: Path | None,
    files: tuple[Path, ...],
    library_path: Path | None,
    look: Look,
    as_json: bool,
    **flags: object,
) -> int:
    """Solve TASK ("-": read it from standard input). The answer is printed on stdout.

    The model writes Python that runs in a kernel of the run's own. New functions that proved
    themselves are kept in the library as actions.
    """
    if tasks is not None:
        from dynasaur.commands._many import run_many

        _check_many(task, files)
        # What is set up wrongly is said before anything starts.
        agent_of(library_path, QUIET, flags)
        many = {"library_path": library_path and library_path.absolute(), **flags}
        return run_many(
            tasks,
            jobs or 1,
            results,
            many,
            scheduler=scheduler,
            quiet=look.quiet,
            as_json=as_json,
        )
    if any(one is not None for one in (jobs, results, scheduler)):
        raise UsageError("--jobs, --results, --scheduler go with --tasks FILE")
    if task is None:
        raise UsageError("name a TASK, or `-` to read it from stdin, or --tasks FILE for many")
    text = sys.stdin.read() if task == "-" else task
    agent = agent_of(library_path, look, flags)
    expects = flags.get("expect_json") is not None
    return carried_out(
        lambda: agent.run(Task(text, files)), look, as_json=as_json, json_answer=expects
    )


def _check_many(task: str | None, files: tuple[Path, ...]) -> None:
    if task is not None or files:
        raise UsageError("--tasks FILE names its tasks and their files itself; leave out the rest")
