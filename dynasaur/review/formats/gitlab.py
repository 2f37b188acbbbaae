"""A report as GitLab's code quality report."""

from __future__ import annotations

import json

from dynasaur.review.say import safe
from dynasaur.review.values import Finding, Level, Report
from dynasaur.types import Json

_SEVERITIES: dict[Level, str] = {"error": "critical", "warning": "major", "info": "info"}


def render(report: Report) -> str:
    """The report as a list of issues; GitLab tells new ones by their fingerprints."""
    found: Json = [_issue(one, report.root) for one in report.open]
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _issue(one: Finding, root: str) -> Json:
    return {
        "description": safe(f"{one.action}: {one.message}"),
        "check_name": f"{one.id} {one.name}",
        "fingerprint": one.fingerprint,
        "severity": _SEVERITIES[one.level],
        "location": {
            "path": root + one.path,
            "positions": {
                "begin": {"line": one.line, "column": one.column},
                "end": {"line": one.end_line, "column": one.end_column},
            },
        },
    }
