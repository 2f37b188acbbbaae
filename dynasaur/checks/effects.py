"""Importing it does nothing: the module holds imports, constants and definitions only."""

from __future__ import annotations

from collections.abc import Iterator

from dynasaur import source
from dynasaur.checks.subject import ActionText, Finding


def check(subject: ActionText) -> Iterator[Finding]:
    """No statement at the top level, and no default value, runs a program."""
    for line, code in source.effects(subject.action.text):
        yield Finding(
            "effects", line, f"`{code}` would run whenever it is imported; move it into a function"
        )
