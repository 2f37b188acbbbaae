"""`dynasaur export`: actions for other programs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dynasaur.commands._complete import complete_actions
from dynasaur.commands._output import document, plain
from dynasaur.commands._wiring import json_option, library_option, open_library
from dynasaur.errors import FailureError, UsageError

if TYPE_CHECKING:
    from dynasaur.library import Library
    from dynasaur.shipping.bundle import Bundle
    from dynasaur.types import Action, Json

F = TypeVar("F", bound=Callable[..., Any])


def _choice_options(function: F) -> F:
    """`NAME...`, `--all`, `--library`."""
    function = library_option(function)
    function = click.option(
        "--all", "initial", is_flag=True, help="The initial actions, too, where none is named."
    )(function)
    return click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=complete_actions)(
        function
    )


def _writing_options(function: F) -> F:
    """`--force`, `--json`."""
    function = json_option(function)
    return click.option(
        "--force", is_flag=True, help="Replace folders that hold what no export wrote, too."
    )(function)


@click.group("export")
def command() -> None:
    """Give actions to other programs: as Agent Skills, function schemas, or a Python package.

    By default all of the library's own actions. What an action imports goes with it; one that
    asks the host cannot go, and is told of.
    """


@command.command("skills")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@_choice_options
@_writing_options
def skills(
    folder: Path,
    names: tuple[str, ...],
    initial: bool,
    library_path: Path | None,
    force: bool,
    as_json: bool,
) -> int:
    """Write a folder for each action below DIR, as Agent Skills.

    Each has SKILL.md and a script that runs by itself, with Python or `uv run`.
    """
    from dynasaur.shipping.folders import write_folders
    from dynasaur.shipping.skills import skills_of

    bundles, problems = _bundles(library_path, names, initial=initial)
    made = skills_of(bundles)
    write_folders(folder, {one.name: one.files for one in made}, force=force)
    return _tell([str(folder / one.name) for one in made], problems, as_json, "exported")


@command.command("openai-tools", short_help="Print the actions' function schemas.")
@_choice_options
@click.option(
    "--api",
    type=click.Choice(["chat", "responses"]),
    default="chat",
    show_default=True,
    help="The interface that takes them.",
)
def openai_tools(
    names: tuple[str, ...], initial: bool, library_path: Path | None, api: Any
) -> None:
    """Print the actions' function schemas as one JSON list, strict where they can be."""
    from dynasaur.shipping.functions import function_of

    _, actions = _chosen(library_path, names, initial=initial)
    document([function_of(action, api) for action in actions])


@command.command("package", short_help="Write a Python project and its wheel to DIR.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@_choice_options
@click.option("--name", metavar="NAME", help="The package's name. Default: the library folder's.")
@click.option("--version", default="0.1.0", show_default=True, help="Its version.")
@_writing_options
def package(
    folder: Path,
    names: tuple[str, ...],
    initial: bool,
    library_path: Path | None,
    name: str | None,
    version: str,
    force: bool,
    as_json: bool,
) -> int:
    """Write a Python project to DIR, with its wheel in DIR/dist: installable, with commands."""
    from dynasaur.packages.wants import clash, wants_of
    from dynasaur.shipping.bundle import bundle_of
    from dynasaur.shipping.folders import write_folders
    from dynasaur.shipping.package import Package

    library, actions = _chosen(library_path, names, initial=initial)
    bundles, problems = _split(library, actions)
    whole = bundle_of(library, [one for bundle in bundles for one in bundle.actions])
    if why := clash(wants_of(whole.modules)):
        raise FailureError(f"these actions cannot be one package: {why}; name fewer")
    named = name or library.root.name
    made = Package(named, version, f"{len(whole.actions)} actions of {named}", whole)
    made.check()
    twice = {one.name for one in whole.actions}
    if len(twice) < len(whole.actions):
        raise UsageError("two of these actions have the same name; name one of them alone")
    write_folders(folder, {"": made.project()}, force=force)
    return _tell([str(folder / "dist" / made.wheel_name)], problems, as_json, "wrote")


def _chosen(
    path: Path | None, names: Sequence[str], *, initial: bool
) -> tuple[Library, list[Action]]:
    from dynasaur.shipping.bundle import chosen

    library, _ = open_library(path)
    return library, chosen(library, names, initial=initial)


def _bundles(
    path: Path | None, names: Sequence[str], *, initial: bool
) -> tuple[list[Bundle], list[str]]:
    return _split(*_chosen(path, names, initial=initial))


def _split(library: Library, actions: Sequence[Action]) -> tuple[list[Bundle], list[str]]:
    from dynasaur.shipping.bundle import split

    bundles, problems = split(library, actions)
    if not bundles:
        raise FailureError(f"nothing can be exported: {problems[0]}")
    return bundles, problems


def _tell(made: Sequence[str], problems: Sequence[str], as_json: bool, verb: str) -> int:
    """Print what was written and what was not; exit code 1 where something was not."""
    if as_json:
        lines: dict[str, Json] = {"written": list(made), "left_out": list(problems)}
        document(lines)
    else:
        for one in made:
            click.echo(f"{verb}: {plain(one)}")
        for problem in problems:
            click.echo(f"not exported: {plain(problem)}", err=True)
    return 1 if problems else 0
