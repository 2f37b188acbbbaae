"""`dynasaur history`: what became of one action."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dynasaur.commands._complete import complete_actions
from dynasaur.commands._output import document, plain
from dynasaur.commands._wiring import json_option, library_option, open_library
from dynasaur.types import Json

if TYPE_CHECKING:
    from dynasaur.upkeep import Form


@click.command("history")
@click.argument("name", shell_complete=complete_actions)
@click.option("--patch", is_flag=True, help="Show each change, too.")
@library_option
@json_option
def command(name: str, patch: bool, library_path: Path | None, as_json: bool) -> None:
    """Show what became of the action NAME, newest first: who, when, by which run.

    An action that was moved is followed to where it was before; one that is gone by now has a
    history, too.
    """
    from dynasaur.upkeep import forms

    library, _ = open_library(library_path)
    found = forms(library.repo, name)
    if as_json:
        document([_fields(form, patch) for form in found])
        return
    for at, form in enumerate(found):
        for line in [*([""] if at and patch else []), *_lines(form)]:
            click.echo(plain(line))
        if patch:
            click.echo("\n".join(f"    {plain(line)}" for line in form.patch().splitlines()))


def _lines(form: Form) -> list[str]:
    event, told = form.event, form.told
    state = form.after or form.before
    lines = [
        f"{event.commit[:10]}  {event.when[:10]}  {form.kind:<7}  {event.author}: {event.subject}"
    ]
    about = {
        "file": state.path if state and form.kind != "changed" else "",
        "run": told.run,
        "model": told.model,
        "evidence": told.evidence,
        "task": told.task,
    }
    shown = "  ".join(f"{key} {value}" for key, value in about.items() if value)
    return [*lines, f"            {shown}"] if shown else lines


def _fields(form: Form, patch: bool) -> Json:
    event, told = form.event, form.told
    shown: dict[str, Json] = {
        "kind": form.kind,
        "commit": event.commit,
        "time": event.when,
        "author": event.author,
        "subject": event.subject,
        "path": event.path,
        "run": told.run,
        "task": told.task,
        "model": told.model,
        "evidence": told.evidence,
    }
    return shown | ({"patch": form.patch()} if patch else {})
