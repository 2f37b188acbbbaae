"""Printing: JSON documents, columns that fit the terminal, text that cannot harm it."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from dynasaur.record import Admission
    from dynasaur.types import Action, Json

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def document(value: Json) -> None:
    """Print one JSON document, and nothing else, on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace"))


def plain(text: str) -> str:
    """`text` without control characters: what a model or a stranger wrote must not steer."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def about(action: Action) -> str:
    """What an action does, on one line, and what to use instead where it is deprecated."""
    return described(action.summary, action.provenance.deprecated)


def described(summary: str, instead: str) -> str:
    """A summary, and what to use instead where that is not empty, on one line."""
    return f"(deprecated: use {instead}) {summary}" if instead else summary


def columns(rows: Sequence[Sequence[str]]) -> None:
    """Print rows aligned; on a terminal the last column is cut to its width."""
    if not rows:
        return
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]) - 1)]
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for row in rows:
        line = "  ".join([*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), row[-1]])
        line = plain(line).rstrip()
        click.echo(line if room is None or len(line) <= room else line[: room - 1] + "…")


def admission(results: Sequence[Admission], as_json: bool) -> int:
    """Print what the registry admitted and refused.

    Returns:
        The exit code: 0 when something was admitted and nothing refused.
    """
    admitted = [name for result in results for name in result.admitted]
    refused = [refusal for result in results for refusal in result.refused]
    if as_json:
        reasons: list[Json] = [{"name": one.name, "reason": one.reason} for one in refused]
        document({"admitted": list(admitted), "refused": reasons})
        return 1 if refused or not admitted else 0
    for name in admitted:
        click.echo(f"kept: {name}")
    for one in refused:
        click.echo(f"not kept: {one.name}: {plain(one.reason)}", err=True)
    for note in dict.fromkeys(result.note for result in results if result.note):
        click.echo(f"dynasaur: {plain(note)}", err=True)
    if not admitted and not refused:
        click.echo("dynasaur: no public function in what was given", err=True)
    return 1 if refused or not admitted else 0
