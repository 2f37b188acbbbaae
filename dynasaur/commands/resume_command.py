"""`dynasaur resume`: go on with a run that was killed or stopped."""

from __future__ import annotations

from pathlib import Path

import click

from dynasaur.commands._agent import agent_of, carried_out
from dynasaur.commands._complete import complete_runs
from dynasaur.commands._kernel_options import kernel_options
from dynasaur.commands._look import Look, screen_options
from dynasaur.commands._run_options import run_options
from dynasaur.commands._wiring import json_option, library_option, open_library


@click.command("resume")
@click.argument("run", shell_complete=complete_runs)
@click.option("--model", metavar="NAME", help="The model. Default: that of the run.")
@click.option("--max-steps", type=int, metavar="N", help="Further steps to take at most.")
@click.option("--cell-timeout", type=float, metavar="SECONDS", help="Time for one cell.")
@run_options
@kernel_options
@library_option
@screen_options
@json_option
def command(run: str, library_path: Path | None, look: Look, as_json: bool, **flags: object) -> int:
    """Go on with the recorded RUN after a crash, a kill, a budget's end or an interrupt.

    The kernel's variables are brought back as they were saved last, inside the sandbox; the model
    is told which are there and which are not. Limits count anew. RUN may be `last`.
    """
    from dynasaur.trajectory import find_run, load

    library, settings = open_library(library_path, {"model": flags.get("model")})
    past = load(find_run(library.runs, run))
    if not settings.model:
        flags["model"] = past.model
    agent = agent_of(library_path, look, flags)
    return carried_out(lambda: agent.resume(past), look, as_json=as_json)
