"""What several commands share: the options that name a library, and opening it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dynasaur import config

if TYPE_CHECKING:
    from dynasaur.library import Library

F = TypeVar("F", bound=Callable[..., Any])


def library_option(function: F) -> F:
    """The option `--library DIR`."""
    return click.option(
        "--library",
        "library_path",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="The library's folder. Default: the nearest parent folder with an actions/ "
        "package, else $DYNASAUR_LIBRARY, else one in your data folder.",
    )(function)


def json_option(function: F) -> F:
    """The option `--json`."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON document on stdout."
    )(function)


def open_library(path: Path | None, **flags: object) -> tuple[Library, config.Settings]:
    """The library that a command works on, made on first use where it is the user's own.

    Args:
        path: What `--library` gave.
        flags: Settings that the command line gave; None means not given.

    Raises:
        UsageError: A setting has no sense, or the named folder is no library.
    """
    from dynasaur.library import Library

    root = config.find_library(path, Path.cwd(), os.environ)
    settings = config.load(root, os.environ, flags)
    if path is None and not root.exists():
        _, note = Library.create(root)
        click.echo(f"dynasaur: made the library {root}{note and '; ' + note}", err=True)
    library = Library(
        root,
        accept=settings.accept,
        sandbox=settings.sandbox,
        memory=settings.memory_bytes,
    )
    return library, settings
