"""`dynasaur reference`: the help of every command, as one document."""

from __future__ import annotations

from collections.abc import Iterator

import click

WIDTH = 88
"""Columns of the help texts, whatever the terminal has."""


@click.command("reference")
@click.pass_context
def command(context: click.Context) -> None:
    """Print the help of all commands as one Markdown document."""
    root = context.find_root()
    click.echo("\n".join(_document(root.command)), nl=False)


def _document(root: click.Command) -> Iterator[str]:
    yield "# The commands of dynasaur"
    yield ""
    yield "Made by `dynasaur reference` from what `dynasaur COMMAND --help` says."
    yield ""
    yield from _section(root, "dynasaur", None)


def _section(one: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    context = click.Context(one, parent=parent, info_name=name, max_content_width=WIDTH)
    context.terminal_width = WIDTH
    yield f"## {context.command_path}"
    yield ""
    yield "```text"
    yield one.get_help(context)
    yield "```"
    yield ""
    if isinstance(one, click.Group):
        for inner in one.list_commands(context):
            found = one.get_command(context, inner)
            if found is not None and not found.hidden:
                yield from _section(found, inner, context)
