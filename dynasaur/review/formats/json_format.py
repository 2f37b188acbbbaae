"""A report as JSON, and the schema that it keeps: version 1."""

from __future__ import annotations

import json
from importlib.resources import files

from dynasaur import __version__
from dynasaur.review.formats.parts import kinds_of
from dynasaur.review.say import shown
from dynasaur.review.sides import name_of
from dynasaur.review.values import Change, Finding, Report, Side
from dynasaur.types import Json

VERSION = "dynasaur.review/1"


def render(report: Report) -> str:
    """The report as one JSON document: sorted, without times, the same for the same range."""
    return json.dumps(document(report), ensure_ascii=False, indent=2) + "\n"


def document(report: Report) -> dict[str, Json]:
    """The report as JSON's own types."""
    counts = report.counts
    return {
        "schema": VERSION,
        "tool": {"name": "dynasaur", "version": __version__},
        "base": report.base,
        "head": report.head,
        "range": shown(report.range),
        "root": report.root,
        "summary": {
            "changes": len(report.changes),
            "errors": counts["error"],
            "warnings": counts["warning"],
            "infos": counts["info"],
            "accepted": len(report.accepted),
            "notReviewed": len(report.unread),
            "outside": report.outside,
            "examples": None
            if report.examples is None
            else {"ran": report.examples.ran, "held": report.examples.held},
        },
        "actions": [_change(one) for one in report.changes],
        "findings": [_finding(one) for one in report.findings],
        "notReviewed": [{"path": one.path, "reason": one.reason} for one in report.unread],
    }


def schema() -> str:
    """The JSON Schema of the document."""
    return (files("dynasaur.review.formats") / "schema.json").read_text("utf-8")


def _change(change: Change) -> Json:
    return {
        "name": shown(change.name),
        "change": str(change.kind),
        "also": str(change.also) if change.also else None,
        "vendored": change.vendored,
        "before": _side(change.before),
        "after": _side(change.after),
        "capabilities": {
            "before": [*kinds_of(change.before.capabilities)] if change.before else [],
            "after": [*kinds_of(change.after.capabilities)] if change.after else [],
        },
        "callers": [
            {
                "name": shown(name_of(one.module)),
                "path": shown(one.path),
                "line": one.line,
                "column": one.column,
                "problem": shown(one.problem) or None,
            }
            for one in change.callers
        ],
    }


def _side(side: Side | None) -> Json:
    if side is None:
        return None
    action = side.action
    told = action.provenance if action else None
    return {
        "path": shown(side.path),
        "blob": side.blob.id or None,
        "signature": shown(action.signature) if action else None,
        "fingerprint": side.exact or None,
        "evidence": (shown(told.evidence) or None) if told else None,
        "run": (shown(told.run) or None) if told else None,
        "model": (shown(told.model) or None) if told else None,
    }


def _finding(one: Finding) -> Json:
    return {
        "id": one.id,
        "name": one.name,
        "level": one.level,
        "confidence": one.confidence,
        "action": one.action,
        "path": one.path,
        "line": one.line,
        "column": one.column,
        "endLine": one.end_line,
        "endColumn": one.end_column,
        "message": one.message,
        "fingerprint": one.fingerprint,
        "accepted": one.accepted or None,
    }
