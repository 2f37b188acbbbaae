"""A report as SARIF 2.1.0, as GitHub's code scanning reads it."""

from __future__ import annotations

import json
from urllib.parse import quote

from dynasaur import __version__
from dynasaur.review.rules import RULES, Rule
from dynasaur.review.say import safe
from dynasaur.review.values import Finding, Level, Report
from dynasaur.types import Json

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST = 5000
"""Results that GitHub keeps of one run."""

_LEVELS: dict[Level, str] = {"error": "error", "warning": "warning", "info": "note"}
_PRECISION = {"high": "high", "medium": "medium", "low": "low"}


def render(report: Report) -> str:
    """The report as one SARIF log with one run."""
    rules = sorted({one.id for one in report.findings})
    results: list[Json] = [_result(one, rules, report.root) for one in report.findings[:MOST]]
    driver: dict[str, Json] = {
        "name": "dynasaur review",
        "semanticVersion": __version__,
        "rules": [_rule(RULES[one]) for one in rules],
    }
    notes: list[Json] = [
        {
            "level": "error",
            "message": {"text": safe(f"{one.path} was not reviewed: {one.reason}")},
        }
        for one in report.unread
    ]
    run: dict[str, Json] = {
        "tool": {"driver": driver},
        "automationDetails": {"id": "dynasaur-review/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notes}],
        "results": results,
    }
    log: Json = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _rule(rule: Rule) -> Json:
    properties: dict[str, Json] = {"precision": "high", "tags": _tags(rule)}
    if rule.severity is not None:
        properties["security-severity"] = f"{rule.severity:.1f}"
    return {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.title}. {rule.help}"},
        "help": {"text": rule.help, "markdown": f"**{rule.title}.** {rule.help}"},
        "defaultConfiguration": {"level": _LEVELS[rule.level]},
        "properties": properties,
    }


def _tags(rule: Rule) -> list[Json]:
    return ["actions", "security"] if rule.severity is not None else ["actions"]


def _result(one: Finding, rules: list[str], root: str) -> Json:
    region: dict[str, Json] = {
        "startLine": one.line,
        "startColumn": one.column,
        "endLine": one.end_line,
        "endColumn": one.end_column,
    }
    place: dict[str, Json] = {
        "artifactLocation": {"uri": quote(root + one.path)},
        "region": region,
    }
    result: dict[str, Json] = {
        "ruleId": one.id,
        "ruleIndex": rules.index(one.id),
        "level": _LEVELS[one.level],
        "message": {"text": safe(f"{one.action}: {one.message}")},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"primaryLocationLineHash": one.fingerprint},
        "properties": {"precision": _PRECISION[one.confidence]},
    }
    if one.accepted:
        result["suppressions"] = [{"kind": "external", "justification": safe(one.accepted)}]
    return result
