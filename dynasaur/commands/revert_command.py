"""`dynasaur revert`: one action back to what it was."""

from __future__ import annotations

from pathlib import Path

import click

from dynasaur.commands._complete import complete_actions
from dynasaur.commands._upkeep import tell
from dynasaur.commands._wiring import json_option, library_option, open_library
from dynasaur.errors import UsageError


@click.command("revert")
@click.argument("name", metavar="NAME[@REV]", shell_complete=complete_actions)
@click.option("--with-dependents", is_flag=True, help="Remove the actions that would break, too.")
@library_option
@json_option
def command(name: str, with_dependents: bool, library_path: Path | None, as_json: bool) -> None:
    """Bring the action NAME back to what it was before its last change, or at REV.

    An action that has only been added is removed; one that was removed comes back. It is one
    commit, and nothing is done that would break other actions.
    """
    from dynasaur.upkeep import Ground, revert

    name, at, revision = name.partition("@")
    if not name or (at and not revision):
        raise UsageError("name an action and, after @, a commit: `dynasaur revert mean@HEAD~3`")
    library, _ = open_library(library_path)
    done = revert(Ground(library.repo), name, revision, with_dependents=with_dependents)
    tell(done, as_json=as_json, changed="reverted")
