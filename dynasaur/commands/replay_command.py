"""`dynasaur replay`: the code of recorded runs again, without a model, against the library."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from difflib import unified_diff
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from dynasaur import config
from dynasaur.commands._complete import complete_runs
from dynasaur.commands._kernel_options import mcp_config_option
from dynasaur.commands._output import document, plain
from dynasaur.commands._wiring import json_option, library_option, open_library
from dynasaur.errors import ActionError, UsageError
from dynasaur.record import Status

if TYPE_CHECKING:
    from dynasaur.library import Library
    from dynasaur.replay import Difference, Replayed
    from dynasaur.types import Json

LINES = 20
"""Lines of a difference that are shown; `--json` gives both texts whole."""


@click.command("replay")
@click.argument("runs", nargs=-1, metavar="[RUN]...", shell_complete=complete_runs)
@click.option("--all", "everything", is_flag=True, help="Every recorded run that was solved.")
@click.option("--against", "revision", metavar="REV", help="Use the library as it was at REV.")
@click.option(
    "--cell-timeout", type=float, metavar="SECONDS", help="Time for one cell. Default: 300."
)
@mcp_config_option
@library_option
@json_option
def command(
    runs: tuple[str, ...],
    everything: bool,
    revision: str | None,
    library_path: Path | None,
    as_json: bool,
    **flags: object,
) -> int:
    """Run the code of the recorded RUNs again, without a model, and say what differs.

    RUN is a run's id, a part of it, `last`, or the folder of a run that was copied elsewhere.
    The kernel is a fresh one, the actions are those of today's library. Exit 1 when a step gives
    something else than it did.
    """
    from dynasaur.replay import replay
    from dynasaur.trajectory import load

    library, settings = open_library(library_path, flags)
    folders = _folders(library, runs, everything)
    told: list[Replayed] = []
    with _against(library, revision) as used:
        for folder in folders:
            found = replay(used, load(folder), cell_timeout=settings.cell_timeout)
            told.append(found)
            if not as_json:
                _say(found)
    if as_json:
        document([_fields(one) for one in told])
    return 1 if any(one.differences for one in told) else 0


def _folders(library: Library, runs: tuple[str, ...], everything: bool) -> list[Path]:
    from dynasaur.trajectory import FILE, find_run, list_runs

    if everything == bool(runs):
        raise UsageError("name the runs to replay, or give --all; `dynasaur runs` lists them")
    if everything:
        listed = list_runs(library.runs)
        return [library.runs / run for run, saved in listed if _is_solved(saved)]
    folders = []
    for run in runs:
        outside = Path(run)
        is_one = (outside / FILE).is_file()
        folders.append(outside if is_one else find_run(library.runs, run))
    return folders


def _is_solved(saved: object) -> bool:
    return isinstance(saved, dict) and saved.get("status") == Status.SOLVED


@contextmanager
def _against(library: Library, revision: str | None) -> Iterator[Library]:
    """The library, or what it was at a commit, in a folder of its own for as long as it is used."""
    from dynasaur.library import Library as Opened

    if revision is None:
        yield library
        return
    then = library.repo.at(revision)
    with TemporaryDirectory(prefix="dynasaur-at-", ignore_cleanup_errors=True) as made:
        for path in then.files(config.PACKAGE):
            with suppress(ActionError):  # no text, so no module
                text = then.text(path)
                (Path(made) / path).parent.mkdir(parents=True, exist_ok=True)
                (Path(made) / path).write_text(text, encoding="utf-8")
        tools, sandboxed = library.tools, library.sandboxed
        yield Opened(made, kernel=library.kernel, tools=tools, sandboxed=sandboxed)


def _say(found: Replayed) -> None:
    count = f"{found.steps} step{'' if found.steps == 1 else 's'}"
    skipped = ", ".join(map(str, found.skipped))
    left_out = f"; not run again: {skipped}, which had been stopped" if skipped else ""
    differing = sorted({one.number for one in found.differences})
    if not differing:
        click.echo(f"{found.run}: {count}, all the same{left_out}")
        return
    click.echo(f"{found.run}: {count}, {len(differing)} of them differ{left_out}")
    for one in found.differences:
        click.echo(f"  step {one.number}: {one.what}")
        for line in _lines(one):
            click.echo(f"    {plain(line)}")


def _lines(one: Difference) -> list[str]:
    recorded, replayed = one.recorded.splitlines(), one.replayed.splitlines()
    changes = list(unified_diff(recorded, replayed, n=0, lineterm=""))[2:]
    whole = [line for line in changes if not line.startswith("@@")]
    lines = [line if len(line) <= 300 else f"{line[:300]}..." for line in whole]
    if len(lines) > LINES:
        return [*lines[:LINES], f"({len(lines) - LINES} more lines; --json has them all)"]
    return lines


def _fields(found: Replayed) -> Json:
    differences: list[Json] = [
        {"step": one.number, "what": one.what, "recorded": one.recorded, "replayed": one.replayed}
        for one in found.differences
    ]
    return {
        "run": found.run,
        "same": not found.differences,
        "steps": found.steps,
        "skipped": list(found.skipped),
        "differences": differences,
    }
