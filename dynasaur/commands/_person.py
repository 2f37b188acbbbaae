"""The person at the terminal: approves code, edits it, and speaks to the model after Ctrl-C."""

from __future__ import annotations

import sys

import click

from dynasaur.agent.protocols import Verdict
from dynasaur.commands._output import plain

_QUESTION = "Run it? [Y]es, [e]dit, or why not"
_MAY_BE_CALLED = "Call it? [Y]es, [a]lways, or why not"


class Terminal:
    """Asks on stderr and reads from the terminal."""

    def __init__(self) -> None:
        self._always: set[str] = set()

    @staticmethod
    def there() -> bool:
        """Somebody can be asked."""
        return sys.stdin.isatty() and sys.stderr.isatty()

    def approve(self, number: int, code: str, why: str) -> Verdict:
        """Whether the code of a step, which the screen has shown, may run as it is."""
        click.echo(f"Step {number} asks first: {plain(why)}.", err=True)
        while True:
            said = click.prompt(_QUESTION, default="y", show_default=False, err=True).strip()
            if said.lower() in {"y", "yes"}:
                return Verdict(code)
            if said.lower() not in {"e", "edit"}:
                return Verdict("", _reason(said))
            edited = click.edit(code, extension=".py")
            if edited and edited.strip():
                code = edited
                click.echo("\n".join(plain(line) for line in code.splitlines()), err=True)

    def refusal(self, name: str, arguments: str, why: str) -> str | None:
        """Why a host function may not be called; None where it may."""
        if name in self._always:
            return None
        click.echo(f"{plain(name)} asks first: {plain(why)}.", err=True)
        click.echo(f"  with {plain(arguments)}", err=True)
        said = click.prompt(_MAY_BE_CALLED, default="y", show_default=False, err=True).strip()
        if said.lower() in {"a", "always"}:
            self._always.add(name)
        return None if said.lower() in {"y", "yes", "a", "always"} else _reason(said)

    def says(self) -> str | None:
        """What the user has to say to the model; None to end the run."""
        click.echo("\nStopped. Ctrl-C again, or nothing, ends the run.", err=True)
        try:
            said = click.prompt("Tell the model", default="", show_default=False, err=True).strip()
        except click.Abort:
            return None
        return said or None


def _reason(said: str) -> str:
    """What a person gave as a reason; a plain no is none."""
    return "" if said.lower() in {"n", "no"} else said
