"""What the shell can complete: names of actions, runs and sources.

A shell that asks is never told of an error: it is given nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dynasaur.errors import DynasaurError

if TYPE_CHECKING:
    from dynasaur.library import Library

MOST = 200
"""Names that are offered at once."""


def complete_runs(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Ids of runs, newest first, and `last`."""
    from dynasaur.trajectory import run_names

    names: list[str] = []
    with _no_errors():
        names = ["last", *run_names(_library(context).runs)]
    return [name for name in names if name.startswith(incomplete)][:MOST]


def complete_actions(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Names of actions: the library's own and those of its sources."""
    names: list[str] = []
    with _no_errors():
        names = _library(context).names()
    return [name for name in names if name.startswith(incomplete)][:MOST]


def complete_sources(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Names of the library's sources."""
    from dynasaur.pins.manifest import read_manifest

    names: list[str] = []
    with _no_errors():
        manifest = _library(context).root / "dynasaur.toml"
        names = sorted(read_manifest(manifest.read_bytes()))
    return [name for name in names if name.startswith(incomplete)][:MOST]


@contextlib.contextmanager
def _no_errors() -> Iterator[None]:
    with contextlib.suppress(DynasaurError, OSError):
        yield


def _library(context: click.Context) -> Library:
    """The library that the words so far name; it is not made where there is none."""
    import os

    from dynasaur import config
    from dynasaur.library import Library

    flag = context.params.get("library_path")
    return Library(config.find_library(flag and Path(flag), Path.cwd(), os.environ))
