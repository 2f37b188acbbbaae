"""A report as reviewdog's diagnostic format, which reaches GitLab, Gerrit, Bitbucket and Gitea."""

from __future__ import annotations

import json

from dynasaur.review.rules import RULES
from dynasaur.review.say import safe
from dynasaur.review.values import Finding, Level, Report
from dynasaur.types import Json

_SEVERITIES: dict[Level, str] = {"error": "ERROR", "warning": "WARNING", "info": "INFO"}


def render(report: Report) -> str:
    """The report as one document (`reviewdog -f=rdjson`); columns are in UTF-8 code points."""
    found: Json = {
        "source": {"name": "dynasaur review"},
        "severity": "WARNING",
        "diagnostics": [_diagnostic(one, report.root) for one in report.open],
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _diagnostic(one: Finding, root: str) -> Json:
    return {
        "message": safe(f"{one.action}: {one.message} ({RULES[one.id].help})"),
        "location": {
            "path": root + one.path,
            "range": {
                "start": {"line": one.line, "column": one.column},
                "end": {"line": one.end_line, "column": one.end_column},
            },
        },
        "severity": _SEVERITIES[one.level],
        "code": {"value": one.id},
    }
