"""`dynasaur call`: one action as a command."""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dynasaur.commands._arguments import Given, command_of
from dynasaur.commands._complete import complete_actions
from dynasaur.commands._kernel_options import kernel_options
from dynasaur.commands._output import document, plain
from dynasaur.commands._wiring import library_option, open_library
from dynasaur.errors import FailureError, KernelError, LimitError, UsageError
from dynasaur.types import Action, Ending, Json, Module, Observation

if TYPE_CHECKING:
    from dynasaur.agent.protocols import Kernel
    from dynasaur.library import Library

RESULT = "give_result_of_call"


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
@click.pass_context
def command(
    context: click.Context,
    /,
    name: str,
    words: tuple[str, ...],
    save: Path | None,
    library_path: Path | None,
    **flags: object,
) -> int:
    """Call the action NAME, in the sandbox; its result is printed on stdout.

    What stands before NAME is for this command, what follows is for the action:
    `dynasaur call NAME --help` shows its parameters. A file that an argument names is copied
    into the sandbox; the action sees no other.
    """
    library, settings = open_library(library_path, flags)
    action = library.get(name)

    def call(given: Given, as_json: bool) -> int:
        with tempfile.TemporaryDirectory(prefix="dynasaur-call-", ignore_cleanup_errors=True) as at:
            work = Path(at) / "work"
            work.mkdir()
            return _call(library, action, given, work, settings.cell_timeout, save, as_json)

    inner = command_of(action, call)
    result = inner.main(
        list(words), prog_name=f"{context.command_path} {name}", standalone_mode=False
    )
    return result if isinstance(result, int) else 0


def _call(
    library: Library,
    action: Action,
    given: Given,
    work: Path,
    seconds: float,
    save: Path | None,
    as_json: bool,
) -> int:
    shown = Shown(work)
    arguments = [_literal(shown.value(value)) for value in given.positional]
    arguments += [f"{key}={_literal(shown.value(value))}" for key, value in given.named.items()]
    results: list[Json] = []

    def give(result: Json) -> Json:
        results.append(result)
        return None

    kernel = library.kernel(work, {RESULT: give})
    kernel.start()
    try:
        modules = library.retriever.closure([action.module])
        _supply(library, kernel, modules)
        kernel.load(modules, {action.name: action.module})
        awaited = "await " if action.signature.startswith("async ") else ""
        code = f"{RESULT}({awaited}{action.name}({', '.join(arguments)}))"
        seen = kernel.execute(code, timeout=seconds)
    finally:
        kernel.close()
    _tell(seen, action.name)
    _made(work, shown.given, save)
    _print(results[0], as_json)
    return 0


def _supply(library: Library, kernel: Kernel, modules: Sequence[Module]) -> None:
    """Give the kernel the packages that the action's head asks for."""
    from dynasaur.packages import wants_of

    if wants := wants_of(modules):
        supply = library.packages.ensure(wants)
        if supply.problem:
            raise FailureError(supply.problem)
        if supply.site is not None:
            kernel.supply(supply.site)


def _literal(value: object) -> str:
    """A value as Python source."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"float('{value}')"
    return repr(value)


class Shown:
    """The files that arguments name, copied where the action sees them.

    A file below the current folder keeps its relative path, so that no text has to change for it;
    any other gets a place of its own, and its argument that path.
    """

    def __init__(self, work: Path) -> None:
        self._work = work
        self.given: set[str] = set()

    def value(self, value: object) -> object:
        """The argument as the action is given it."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {key: self.value(item) for key, item in value.items()}
        return value

    def _text(self, text: str) -> str:
        path = Path(text).expanduser() if 0 < len(text) < 4_096 and "\0" not in text else None
        try:
            if path is None or not path.is_file():
                return text
        except OSError:
            return text
        inside = not path.is_absolute() and ".." not in path.parts
        name = path if inside else Path(f"given-{len(self.given) + 1}") / path.name
        target = self._work / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
        except OSError as error:
            raise UsageError(f"{text}: cannot be read: {error.strerror}") from error
        self.given.add(name.as_posix())
        return text if inside else name.as_posix()


def _tell(seen: Observation, name: str) -> None:
    """What the action printed; raises what it came to when it gave no result."""
    if seen.output:
        click.echo("\n".join(map(plain, seen.output.rstrip("\n").splitlines())), err=True)
    if seen.ended is Ending.TIMEOUT:
        raise LimitError(f"{name}: {plain(seen.notice)}")
    if not seen.ok:
        error = seen.error
        said = f"{error.type}: {' '.join(error.message.split())}" if error else seen.notice
        raise FailureError(f"{name}: {plain(said)}")


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
