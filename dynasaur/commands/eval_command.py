"""`dynasaur eval`: a benchmark suite, from its data to scored results, and the report."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from dynasaur.commands._kernel_options import kernel_options
from dynasaur.commands._model_options import manner_options
from dynasaur.commands._wiring import json_option
from dynasaur.evals.plan import BASELINES, PARTS
from dynasaur.evals.scorers.table import JUDGE, SCORERS
from dynasaur.evals.suites.table import SUITES
from dynasaur.types import Evidence

F = TypeVar("F", bound=Callable[..., Any])

HELP = {
    "gaia": "GAIA: questions with attachments, in three levels.",
    "math": "MATH: competition mathematics.",
    "tabmwp": "TabMWP: word problems over a table.",
    "aime": "AIME: whole numbers from 0 to 999.",
    "gpqa": "GPQA: graduate-level questions with four options.",
    "tasks": "Tasks of your own, one JSON object a line.",
}


@click.group("eval")
def command() -> None:
    """Measure an agent: run a suite, score it, compare runs.

    All problems of a batch see the library in the same state; what they leave is admitted when
    the batch is over, in the order of the problems. Results do not depend on --jobs, nor on
    interruptions: --resume goes on where an evaluation stopped.
    """


_OPTIONS = (
    click.option(
        "--data",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="The data, a folder or a file in the format it is published in. Default: your "
        "Hugging Face login.",
    ),
    click.option("--split", default="", help="Which part of the data."),
    click.option("--limit", type=click.IntRange(min=1), metavar="N", help="The first N problems."),
    click.option(
        "--seed",
        type=click.IntRange(min=0),
        default=0,
        help="Draws orders; but for 0 sent to the model, too.",
    ),
    manner_options,
    click.option("--model", metavar="NAME", help="The model; `dynasaur models` lists them."),
    click.option("--jobs", type=click.IntRange(min=1), default=1, help="Problems at once."),
    click.option("--scheduler", default="", metavar="ADDRESS", help="Use a Dask cluster instead."),
    click.option(
        "--library",
        "library_path",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Begin with the committed actions of this library; it is not changed.",
    ),
    click.option(
        "--share",
        type=click.FloatRange(0, 100),
        default=100.0,
        metavar="PERCENT",
        help="Only the first so many of that library's actions; of those that came in one commit, "
        "what others of them call comes first, then the order of files counts.",
    ),
    click.option("--freeze", is_flag=True, help="Admit nothing."),
    click.option("--ablate", multiple=True, type=click.Choice(PARTS), help="Leave a part out."),
    click.option(
        "--baseline",
        type=click.Choice(BASELINES),
        help="Another kind of agent: without library; with initial actions, one call a step; or "
        "without library, the best of so many runs as fit into the tokens of --match.",
    ),
    click.option(
        "--match",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        metavar="DIR",
        help="Give each problem the tokens that it cost in the evaluation DIR, instead of steps.",
    ),
    click.option(
        "--batch",
        type=click.IntRange(min=1),
        default=8,
        metavar="N",
        help="Problems that see the library in the same state. Default: 8.",
    ),
    click.option(
        "--accept",
        type=click.Choice([str(level) for level in Evidence]),
        default="solved",
        help="Evidence that admits a function. Default: solved.",
    ),
    click.option("--max-steps", type=click.IntRange(min=1), default=20, help="Default: 20."),
    click.option(
        "-k", type=click.IntRange(min=1), default=10, help="Actions offered. Default: 10."
    ),
    click.option("--cell-timeout", type=float, default=300.0, help="Seconds. Default: 300."),
    click.option(
        "--scorer",
        type=click.Choice([*SCORERS, JUDGE]),
        metavar="NAME",
        help=f"Another scorer than the suite's own: {', '.join(SCORERS)} or {JUDGE}.",
    ),
    click.option(
        "--judge", metavar="NAME", help="The model that llm-judge asks. Default: that of --model."
    ),
    click.option(
        "--reformulate", is_flag=True, help="Put answers into their form by a second request."
    ),
    click.option(
        "--paper",
        is_flag=True,
        help="The paper's protocol: 20 steps, temperature 0.5, k 10, --accept executed, "
        "--reformulate, and --freeze on test splits.",
    ),
    click.option(
        "--resume",
        is_flag=True,
        help="Go on with what -o holds. Problems that failed are done again: in their place, or "
        "last of all where later ones have built on what others left.",
    ),
    click.option(
        "-o",
        "--output",
        "folder",
        type=click.Path(path_type=Path),
        required=True,
        metavar="DIR",
        help="Where everything goes: results, the library, the runs.",
    ),
    kernel_options,
    json_option,
)


def _options(function: F) -> F:
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def _help(name: str) -> str:
    suite = SUITES[name]
    splits = f"Splits: {', '.join(suite.splits)}." if len(suite.splits) > 1 else ""
    return f"{HELP[name]} {splits}\n\n{inspect.getdoc(suite.read)}\n\nData: {suite.page}"


def _suite(name: str) -> click.Command:
    @click.command(name, help=_help(name))
    @_options
    def suite(**given: Any) -> int:
        from dynasaur.commands._eval_run import run

        return run(name, **given)

    if name == "tasks":
        suite.params.insert(
            0, click.Argument(["file"], type=click.Path(path_type=Path), metavar="FILE.jsonl")
        )
        suite.params = [one for one in suite.params if one.name != "data"]
    return suite


for _name in SUITES:
    command.add_command(_suite(_name))


@command.command("report")
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A .html or .md file; CSV and JSON are written beside it. Default: Markdown on stdout.",
)
@json_option
def report(folders: tuple[Path, ...], output: Path | None, as_json: bool) -> int:
    """What came of one or several evaluations, side by side."""
    from dynasaur.commands._eval_report import show

    return show(folders, output, as_json=as_json)
