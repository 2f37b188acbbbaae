"""`dynasaur give`: offer actions to a source."""

from __future__ import annotations

from pathlib import Path

import click

from dynasaur.commands._complete import complete_actions
from dynasaur.commands._output import document, plain
from dynasaur.commands._sources import agreed, network_options, open_desk, say
from dynasaur.commands._wiring import json_option, library_option, open_library


@click.command("give")
@click.argument(
    "names", nargs=-1, required=True, metavar="NAME...", shell_complete=complete_actions
)
@click.option("--to", "source", required=True, metavar="SOURCE", help="The source.")
@click.option(
    "--fork",
    default="",
    metavar="URL",
    help="Push to this fork. Default: as the manifest says, else to the source itself.",
)
@click.option("--draft", is_flag=True, help="The pull request is a draft.")
@click.option("--signoff", is_flag=True, help="Add a Signed-off-by line.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@network_options
@library_option
@json_option
def command(
    names: tuple[str, ...],
    source: str,
    fork: str,
    draft: bool,
    signoff: bool,
    yes: bool,
    timeout: float,
    allow_insecure: bool,
    library_path: Path | None,
    as_json: bool,
) -> int:
    """Offer actions to the source they are for: a branch with one commit for each.

    NAME is one of your own actions, or SOURCE/NAME for your edits of one that you took. What it
    needs of your own comes along. Every rule must hold, it must import alone and its examples
    pass; secrets, paths and machines of yours alone are refused. Nothing is ever forced.
    """
    from dynasaur.pins.manifest import check_fork
    from dynasaur.sources import give as giving

    desk = open_desk(library_path, allow_insecure=allow_insecure, timeout=timeout)
    library, _ = open_library(library_path)
    wish = desk.wishes().get(source)
    where = fork or (wish.fork if wish else "")
    to = check_fork(where) if where else None
    gift = giving.prepare(desk, library.registry, names, source)
    for one in gift.actions:
        mark = "~" if one.replaces else "+"
        line = f"{mark} {one.title}: {one.action.summary}  ({one.author.name})"
        click.echo(plain(line), err=True)
    address = to.url if to else gift.source.address.url
    if not yes and not agreed(
        f"Push branch {gift.branch} to {address}, for others to see?",
        "look at what would be given, then repeat with --yes",
    ):
        say("nothing was given")
        return 1
    pushed = giving.send(desk, gift, to, signoff=signoff)
    told = giving.request(desk, gift, pushed, draft=draft)
    if as_json:
        given = [one.title for one in gift.actions]
        document({"given": [*given], "branch": gift.branch, "pushed": pushed, "request": told})
        return 0
    click.echo(f"pushed: {gift.branch} to {pushed}")
    say(told)
    return 0
