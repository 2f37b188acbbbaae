"""`dynasaur deprecate`: use another action instead."""

from __future__ import annotations

from pathlib import Path

import click

from dynasaur.commands._complete import complete_actions
from dynasaur.commands._upkeep import tell
from dynasaur.commands._wiring import json_option, library_option, open_library


@click.command("deprecate")
@click.argument("name", shell_complete=complete_actions)
@click.option("--use", "other", required=True, metavar="OTHER", help="What to use instead.")
@library_option
@json_option
def command(name: str, other: str, library_path: Path | None, as_json: bool) -> None:
    """Say in the head of the action NAME that OTHER is to be used instead.

    It stays and can be called; `list` and `show` tell of it. OTHER may come from a source.
    """
    from dynasaur.upkeep import Ground, deprecate

    library, _ = open_library(library_path)
    done = deprecate(Ground(library.repo), name, library.get(other))
    tell(done, as_json=as_json, changed="deprecated")
