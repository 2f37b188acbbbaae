"""`dynasaur import-openapi`: the operations of a web service as actions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dynasaur import config
from dynasaur.commands._output import document, plain
from dynasaur.commands._wiring import json_option, library_option, open_library
from dynasaur.errors import StoreError

if TYPE_CHECKING:
    from dynasaur.openapi.importing import Plan
    from dynasaur.types import Json


@click.command("import-openapi")
@click.argument("description", metavar="FILE_OR_URL")
@click.option("--name", default="", metavar="NAME", help="What to call it. Default: by its title.")
@click.option(
    "--take",
    multiple=True,
    metavar="GLOB",
    help="Only these operations: names (get_*), or 'METHOD /path'. Repeatable.",
)
@click.option("--url", default="", metavar="URL", help="Where it is, if not as its text says.")
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@library_option
@json_option
def command(
    description: str,
    name: str,
    take: tuple[str, ...],
    url: str,
    dry_run: bool,
    library_path: Path | None,
    as_json: bool,
) -> int:
    """Write one typed action for each operation of a service that describes itself by OpenAPI.

    FILE_OR_URL is an OpenAPI document 2.0 (Swagger), 3.0 or 3.1, in JSON or YAML. The files are
    written to be looked at, and committed by you. Calls go through the host, which alone has the
    key: nothing of it stands in a file. To let a service be called, set it up in your own
    settings, as is told at the end. Importing again renews what changed.
    """
    from dynasaur.openapi import importing
    from dynasaur.openapi.document import read

    library, _ = open_library(library_path)
    known = library.retriever.modules
    planned = importing.plan(read(description), library.root, known, name=name, take=take, url=url)
    try:
        do = importing.differing if dry_run else importing.write
        changed = do(library.root, planned.files)
    except OSError as error:
        raise StoreError(f"{error.filename} cannot be written: {error.strerror}") from error
    if as_json:
        actions: list[Json] = [Path(one).stem for one in sorted(planned.files) if "__" not in one]
        document(
            {
                "service": planned.service,
                "url": planned.url,
                "actions": actions,
                "written": list(changed),
                "left": dict(planned.left),
            }
        )
        return 0
    for path in changed:
        click.echo(f"{'would write' if dry_run else 'wrote'}: {path}")
    for operation, why in planned.left.items():
        click.echo(f"dynasaur: left out: {operation}: {plain(why)}", err=True)
    _say_next(planned, changed)
    return 0


def _say_next(planned: Plan, changed: tuple[str, ...]) -> None:
    """What the user has to do so that the actions can be called."""
    if not changed:
        click.echo("dynasaur: nothing has changed", err=True)
    file = config.user_file()
    known = config.table_of(file, ()).get("apis")
    if isinstance(known, dict) and planned.service in known:
        return
    lines = [f"[apis.{planned.service}]", f"url = {json.dumps(planned.url or 'https://...')}"]
    if planned.key:
        lines.append(f'key = "{planned.service.upper()}_KEY"  # the variable that holds your key')
        lines += [f"{key} = {json.dumps(value)}" for key, value in planned.key.items()]
    click.echo(f"dynasaur: to let it be called, write into {file}:", err=True)
    for line in lines:
        click.echo(f"    {plain(line)}", err=True)
