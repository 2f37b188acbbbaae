"""Printing: JSON documents, columns that fit the terminal, text that cannot harm it."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Sequence

import click

from dynasaur.types import Json

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def document(value: Json) -> None:
    """Print one JSON document, and nothing else, on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace"))


def plain(text: str) -> str:
    """`text` without control characters: what a model or a stranger wrote must not steer."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


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
