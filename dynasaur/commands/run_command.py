"""`dynasaur run`: solve a task."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dynasaur import config
from dynasaur.commands._kernel_options import kernel_options
from dynasaur.commands._look import QUIET, Look, screen_options
from dynasaur.commands._output import document, plain
from dynasaur.commands._wiring import json_option, library_option, open_library
from dynasaur.errors import UsageError
from dynasaur.record import End
from dynasaur.types import Evidence, Task

if TYPE_CHECKING:
    from dynasaur.agent import Agent
    from dynasaur.record import Trajectory

EXIT_CODES = {
    End.ANSWERED: 0,
    End.GAVE_UP: 1,
    End.FAILED: 1,
    End.STUCK: 1,
    End.UNFIT: 1,
    End.MISUSED: 2,
    End.BLOCKED: 3,
    End.LIMIT: 4,
}


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
        agent_of(
            library_path, QUIET, flags
        )  # what is set up wrongly is said before anything starts
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
    if task is None or any(one is not None for one in (jobs, results, scheduler)):
        raise UsageError("name a TASK; --jobs, --results, --scheduler go with --tasks FILE")
    text = sys.stdin.read() if task == "-" else task
    agent = agent_of(library_path, look, flags)
    return carried_out(lambda: agent.run(Task(text, files)), look, as_json=as_json)


def carried_out(work: Callable[[], Trajectory], look: Look, *, as_json: bool) -> int:
    """Carry out a run, and print what came of it.

    Returns:
        The exit code.
    """
    from dynasaur.agent import Interrupted

    try:
        result = work()
    except Interrupted as stopped:
        _print(stopped.result, as_json)
        raise
    if result.end is End.ANSWERED:
        from dynasaur.kernel.kept import forget

        forget(result.folder / "work")
    _print(result, as_json)
    if look.quiet and not as_json and result.end is not End.ANSWERED:
        click.echo(f"dynasaur: {result.status}: {plain(result.reason)}", err=True)
    return EXIT_CODES[result.end or End.FAILED]


def _print(result: Trajectory, as_json: bool) -> None:
    if as_json:
        from dynasaur.trajectory import summary

        document(summary(result))
    elif result.end is End.ANSWERED:
        click.echo(answer_text(result))


def quiet_agent(path: Path | None, flags: dict[str, object]) -> Agent:
    """The agent of these flags, which shows nothing."""
    return agent_of(path, QUIET, flags)


def _check_many(task: str | None, files: tuple[Path, ...]) -> None:
    if task is not None or files:
        raise UsageError("--tasks FILE names its tasks and their files itself; leave out the rest")


def agent_of(path: Path | None, look: Look, flags: dict[str, object]) -> Agent:
    """The agent of a library and the command line's settings."""
    from dynasaur.agent import Agent, Limits, Options
    from dynasaur.models.catalog import resolve

    library, settings = open_library(path, flags)
    model = resolve(settings.model or None, os.environ)
    if model.name == "planner" and not settings.model and not look.quiet:
        click.echo(
            "dynasaur: no model configured; using the built-in planner, which only composes "
            "actions already in the library",
            err=True,
        )
    return Agent(
        library,
        model,
        Options(Limits(settings.max_steps), settings.cell_timeout, settings.k),
        listener=look.listener(),
    )


def answer_text(result: Trajectory) -> bytes:
    """As it is for a program that reads it; what could steer a terminal is not sent to one."""
    answer = result.answer
    text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    if sys.stdout.isatty():
        text = "\n".join(plain(line) for line in text.split("\n"))
    return text.encode("utf-8", "backslashreplace")
