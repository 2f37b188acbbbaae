"""`dynasaur import-tools`: functions and tools of other packages as actions."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path

import click

from dynasaur.commands._kernel_options import kernel_options
from dynasaur.commands._output import admission, document, plain
from dynasaur.commands._wiring import json_option, library_option, open_library
from dynasaur.config import user_file
from dynasaur.errors import FailureError, UsageError

MOST = 50
"""Actions that one command may make."""


@click.command("import-tools")
@click.argument("specs", metavar="MODULE[:NAME]...", nargs=-1, required=True)
@click.option(
    "--take",
    "patterns",
    multiple=True,
    metavar="GLOB",
    help="Only what is called so, by its module or as an action, with * and ?.",
)
@click.option(
    "--needs",
    multiple=True,
    metavar="REQUIREMENT",
    help="A package to install first, such as numpy>=2; by the rules of --install.",
)
@click.option(
    "--host",
    default="",
    metavar="NAME",
    help="Copy nothing: print the settings of a tool server NAME that calls them on this machine.",
)
@click.option("--dry-run", is_flag=True, help="Print the actions; keep nothing.")
@kernel_options
@library_option
@json_option
def command(
    specs: tuple[str, ...],
    patterns: tuple[str, ...],
    needs: tuple[str, ...],
    host: str,
    dry_run: bool,
    library_path: Path | None,
    as_json: bool,
    **flags: object,
) -> int:
    """Make actions that call functions and tools of installed packages.

    MODULE:NAME is a function, a tool of LangChain or smolagents (or its class), or function
    schemas as OpenAI's interfaces take them, beside the functions of their names; MODULE alone
    means all that is public in it. The module is imported in the sandbox, and the actions go
    through the same gate as any other.

    What has state or needs keys cannot be copied into a sandbox: --host NAME prints what to write
    into your own settings, so that it is called outside, with your rights.
    """
    from dynasaur.adopting.core import adopt

    if host:
        return _settings(host, specs, as_json)
    library, _ = open_library(library_path, flags)
    found = adopt(library, specs, needs)
    texts = {
        name: text
        for name, text in found.texts.items()
        if not patterns or any(_fits(one, name, found.called[name]) for one in patterns)
    }
    for problem in found.problems:
        click.echo(f"left out: {plain(problem)}", err=True)
    if found.texts and not texts:
        raise UsageError(f"nothing of {', '.join(specs)} is called {' or '.join(patterns)}")
    if not texts:
        raise FailureError(f"nothing of {', '.join(specs)} can be an action")
    if len(texts) > MOST:
        raise UsageError(
            f"{len(texts)} actions at once: name some as MODULE:NAME, or choose with --take"
        )
    if dry_run:
        click.echo("\n\n".join(plain_text(text) for text in texts.values()))
        return 0
    return admission([library.add(text) for text in texts.values()], as_json)


def _settings(name: str, specs: tuple[str, ...], as_json: bool) -> int:
    """Print the settings of a tool server; only the user writes them down."""
    from dynasaur.adopting.core import parts
    from dynasaur.toolbox.servers import tables

    for spec in specs:
        parts(spec)  # what is no name is refused before it is printed
    file = user_file()
    tables({name: {"python": [*specs]}}, file, "user")
    if as_json:
        document({"server": name, "python": [*specs], "file": str(file)})
        return 0
    click.echo(f"dynasaur: write this into {file}, then see `dynasaur tools --refresh`:", err=True)
    click.echo(f"[mcp.{name}]\npython = {json.dumps(specs)}")
    return 0


def _fits(pattern: str, *names: str) -> bool:
    return any(fnmatchcase(name, pattern) for name in names)


def plain_text(text: str) -> str:
    """A text of several lines for a terminal."""
    return "\n".join(plain(line) for line in text.split("\n"))
