"""`dynasaur reject`: never again."""

from __future__ import annotations

from pathlib import Path

import click

from dynasaur.commands._complete import complete_actions
from dynasaur.commands._upkeep import tell
from dynasaur.commands._wiring import json_option, library_option, open_library


@click.command("reject")
@click.argument("name", shell_complete=complete_actions)
@click.option("--reason", default="", metavar="TEXT", help="Why; told to who proposes it again.")
@click.option("--with-dependents", is_flag=True, help="Remove the actions that use it, too.")
@library_option
@json_option
def command(
    name: str, reason: str, with_dependents: bool, library_path: Path | None, as_json: bool
) -> None:
    """Remove the action NAME, and refuse its like from now on.

    Its fingerprint stays in actions/rejected.toml: whatever is the same, under any name, is not
    admitted again. `dynasaur revert NAME` takes it back.
    """
    from dynasaur.upkeep import Ground, reject

    library, _ = open_library(library_path)
    done = reject(Ground(library.repo), name, reason, with_dependents=with_dependents)
    tell(done, as_json=as_json, removed="rejected")
