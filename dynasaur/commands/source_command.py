"""`dynasaur source`: other people's libraries."""

from __future__ import annotations

import click

from dynasaur.commands import _source_add, _source_look, _source_update


@click.group("source")
def command() -> None:
    """Libraries of other people, pinned to a commit and verified.

    Nothing of a source is ever run to be looked at, and nothing of it is updated unasked. Its
    actions are called SOURCE/NAME; a bare name never means one of them.
    """


for _one in (
    _source_add.add,
    _source_look.listing,
    _source_add.remove,
    _source_look.outdated,
    _source_update.diff,
    _source_update.update,
    _source_look.verify,
    _source_add.sync,
    _source_look.search,
):
    command.add_command(_one)
