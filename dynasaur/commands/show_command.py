"""`dynasaur show`: one action, whole."""

from __future__ import annotations

from pathlib import Path

import click

from dynasaur.commands._complete import complete_actions
from dynasaur.commands._output import document, plain
from dynasaur.commands._wiring import action_of, json_option, library_option, open_library


@click.command("show")
@click.argument("name", metavar="NAME[@REV]", shell_complete=complete_actions)
@library_option
@json_option
def command(name: str, library_path: Path | None, as_json: bool) -> None:
    """Show the action NAME: its file, as it is, or as it was at the revision REV."""
    library, settings = open_library(library_path)
    bare, _, revision = name.partition("@")
    action = library.get_at(bare, revision) if revision else action_of(library, settings, name)
    near = () if revision else library.registry.like(action)
    if not as_json:
        click.echo(f"{action.path}  [{action.source}]", err=True)
        if instead := action.provenance.deprecated:
            click.echo(f"dynasaur: deprecated: use {plain(instead)}", err=True)
        if near:
            said = ", ".join(f"{other} ({score:.2f})" for other, score in near)
            click.echo(f"near: {plain(said)}", err=True)
        click.echo("\n".join(plain(line) for line in action.text.splitlines()))
        return
    given = action.provenance
    document(
        {
            "name": action.name,
            "category": action.category,
            "source": action.source,
            "module": action.module,
            "signature": action.signature,
            "summary": action.summary,
            "docstring": action.docstring,
            "requires": list(action.requires),
            "dependencies": list(action.dependencies),
            "provenance": {
                "origin": given.origin,
                "task": given.task,
                "model": given.model,
                "run": given.run,
                "evidence": given.evidence,
                "replay": given.replay,
                "deprecated": given.deprecated,
            },
            "near": [{"name": other, "score": round(score, 2)} for other, score in near],
            "path": str(action.path),
            "text": action.text,
        }
    )
