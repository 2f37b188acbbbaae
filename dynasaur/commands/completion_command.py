"""`dynasaur completion`: what a shell needs to complete its words."""

from __future__ import annotations

import click


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the script that lets SHELL complete words: commands, options, actions, runs, sources.

    In ~/.bashrc: eval "$(dynasaur completion bash)". In ~/.zshrc: eval "$(dynasaur completion
    zsh)". For fish: dynasaur completion fish > ~/.config/fish/completions/dynasaur.fish
    """
    from click.shell_completion import get_completion_class

    made = get_completion_class(shell)
    assert made is not None
    root = context.find_root()
    script = made(root.command, {}, "dynasaur", "_DYNASAUR_COMPLETE")
    click.echo(script.source_template % script.source_vars())
