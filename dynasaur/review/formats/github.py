"""A report as annotations of GitHub Actions: workflow commands on stdout.

GitHub shows ten errors and ten warnings of a step; what is more is counted in a notice. Nothing
that a stranger wrote begins a line, or ends the command that it is in.
"""

from __future__ import annotations

from dynasaur.review.formats.parts import total, verdict
from dynasaur.review.say import safe
from dynasaur.review.values import Finding, Level, Report

SHOWN = 10
"""Annotations of one level that GitHub shows of a step."""

_COMMANDS: dict[Level, str] = {"error": "error", "warning": "warning", "info": "notice"}


def render(report: Report) -> str:
    """The report as workflow commands, one a line."""
    lines = []
    left = 0
    for level in ("error", "warning"):
        found = [one for one in report.open if one.level == level]
        lines += [_annotation(one, report.root) for one in found[:SHOWN]]
        left += len(found[SHOWN:])
    if left:
        lines.append(f"::notice::{left} more findings: the summary has all")
    _, told = verdict(report)
    lines.append(f"::notice title=dynasaur review::{data(f'{told} {total(report)}')}")
    return "\n".join(lines) + "\n"


def _annotation(one: Finding, root: str) -> str:
    places = [f"file={value(root + one.path)}", f"line={one.line}", f"endLine={one.end_line}"]
    if one.end_line == one.line:
        places += [f"col={one.column}", f"endColumn={one.end_column}"]
    places.append(f"title={value(f'{one.id} {one.name}')}")
    return f"::{_COMMANDS[one.level]} {','.join(places)}::{data(f'{one.action}: {one.message}')}"


def data(text: str) -> str:
    """Text after the `::`."""
    return safe(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def value(text: str) -> str:
    """A property's value."""
    return data(text).replace(":", "%3A").replace(",", "%2C")
