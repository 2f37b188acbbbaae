"""A report as reviewdog's diagnostic format, which reaches GitLab, Gerrit, Bitbucket and Gitea."""

from __future__ import annotations

import json
from collections.abc import Sequence

from dynasaur.review.rules import RULES
from dynasaur.review.say import safe
from dynasaur.review.values import Finding, Level, Report
from dynasaur.types import Json

_SEVERITIES: dict[Level, str] = {"error": "ERROR", "warning": "WARNING", "info": "INFO"}


def render(report: Report) -> str:
    """The report as one document (`reviewdog -f=rdjson`).

    Columns are counted in bytes there: where a file's text is not at hand, lines are all it says.
    """
    sides = [side for one in report.changes for side in (one.before, one.after) if side]
    lines = {side.path: side.text.split("\n") for side in sides}
    found: Json = {
        "source": {"name": "dynasaur review"},
        "severity": "WARNING",
        "diagnostics": [_diagnostic(one, report.root, lines.get(one.path)) for one in report.open],
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _diagnostic(one: Finding, root: str, lines: Sequence[str] | None) -> Json:
    return {
        "message": safe(f"{one.action}: {one.message} ({RULES[one.id].help})"),
        "location": {
            "path": root + one.path,
            "range": {
                "start": _position(one.line, one.column, lines),
                "end": _position(one.end_line, one.end_column, lines),
            },
        },
        "severity": _SEVERITIES[one.level],
        "code": {"value": one.id},
    }


def _position(line: int, column: int, lines: Sequence[str] | None) -> Json:
    if not lines:
        return {"line": line}
    text = lines[line - 1] if line <= len(lines) else ""
    before = text[: column - 1]
    more = len(before.encode("utf-8", "surrogatepass")) - len(before)
    return {"line": line, "column": column + more}
