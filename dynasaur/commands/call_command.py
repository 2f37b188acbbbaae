"""`dynasaur call`: one action as a command."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from dynasaur.agent.permission import Permission
from dynasaur.calling import Arguments, Call, Shown, any_file
from dynasaur.commands._agent import model_of
from dynasaur.commands._arguments import command_of
from dynasaur.commands._complete import complete_actions
from dynasaur.commands._kernel_options import kernel_options
from dynasaur.commands._output import document, plain
from dynasaur.commands._person import Terminal
from dynasaur.commands._wiring import (
    action_of,
    json_option,
    library_option,
    open_library,
    outside_of,
)
from dynasaur.errors import KernelError, UsageError
from dynasaur.types import Action, Json

if TYPE_CHECKING:
    from dynasaur.agent import Approval


@click.command(
    "call",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    options_metavar="[OPTIONS]",
)
@click.argument("name", metavar="NAME", shell_complete=complete_actions)
@click.argument(
    "words", nargs=-1, type=click.UNPROCESSED, metavar="[ARGUMENT]... [--PARAM VALUE]..."
)
@click.option(
    "--save",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Copy the files that the action makes there.",
)
@click.option(
    "--cell-timeout", type=float, metavar="SECONDS", help="Time for the call. Default: 300."
)
@kernel_options
@library_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    /,
    name: str,
    words: tuple[str, ...],
    save: Path | None,
    library_path: Path | None,
    as_json: bool,
    **flags: object,
) -> int:
    """Call the action NAME, in the sandbox; its result is printed on stdout.

    What stands before NAME is for this command, what follows is for the action:
    `dynasaur call NAME --help` shows its parameters. A file that an argument names is copied
    into the sandbox; the action sees no other.
    """
    if name.startswith("-"):
        raise UsageError(f"there is no option {name}; see `dynasaur call --help`")
    library, settings = open_library(library_path, flags)
    action = action_of(library, settings, name)

    def call(given: Arguments, also_json: bool) -> int:
        with tempfile.TemporaryDirectory(prefix="dynasaur-call-", ignore_cleanup_errors=True) as at:
            work = Path(at) / "work"
            work.mkdir()
            model = partial(model_of, library.root, settings, flags)
            hosted = outside_of(library, settings, model, brief=True)
            person = Terminal() if Terminal.there() else None
            permit = Permission(cast("Approval", settings.approve), person)
            made = Call(library, work, hosted, permit)
            seconds, whole = settings.cell_timeout, as_json or also_json
            return _call(made, action, given, work, seconds, save, whole)

    inner = command_of(action, call)
    result = inner.main(
        list(words), prog_name=f"{context.command_path} {name}", standalone_mode=False
    )
    return result if isinstance(result, int) else 0


def _call(
    call: Call,
    action: Action,
    given: Arguments,
    work: Path,
    seconds: float,
    save: Path | None,
    as_json: bool,
) -> int:
    shown = Shown(work, any_file)
    arguments = shown.arguments(given)
    call.start()
    try:
        outcome = call.run(action, arguments, seconds)
    finally:
        call.close()
    if outcome.seen.output:
        said = outcome.seen.output.rstrip("\n").splitlines()
        click.echo("\n".join(map(plain, said)), err=True)
    if outcome.failure:
        raise outcome.failure
    _made(work, shown.given, save)
    _print(outcome.results[0], as_json)
    return 0


def _made(work: Path, given: set[str], save: Path | None) -> None:
    """The files that the action made: copied out, or told of."""
    from dynasaur.kernel.made import files_of

    made = [name for name in files_of(work) if name not in given]
    if not made:
        return
    if save is None:
        some = ", ".join(made[:3]) + (", ..." if len(made) > 3 else "")
        click.echo(f"dynasaur: it made {plain(some)}; --save DIR keeps what it makes", err=True)
        return
    for name, content in _contents(work, made):
        target = save / name
        if target.exists():
            raise UsageError(f"{target} is there already; name another folder with --save")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        click.echo(f"dynasaur: saved {plain(str(target))}", err=True)


def _contents(work: Path, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    from dynasaur.kernel.made import read_made

    for name in names:
        try:
            yield name, read_made(work, name)
        except KernelError as error:
            click.echo(f"dynasaur: not saved: {error}", err=True)


def _print(result: Json, as_json: bool) -> None:
    if as_json:
        document(result)
        return
    text = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False, indent=2)
    if not isinstance(result, list | dict | str):
        text = json.dumps(result, ensure_ascii=False)
    click.echo(text.encode("utf-8", "backslashreplace"))
