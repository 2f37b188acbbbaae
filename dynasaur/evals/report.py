"""The report of one or several evaluations: facts, and Markdown made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from dynasaur.evals.complexity import middle
from dynasaur.evals.finished import Finished
from dynasaur.evals.missed import missed
from dynasaur.evals.statistics import Share
from dynasaur.evals.tables import tables
from dynasaur.export.page import shown
from dynasaur.types import Json

NUMBERS = ("steps", "tokens", "seconds")


def facts(finished: Finished) -> dict[str, Json]:
    """All that is counted of an evaluation, as JSON."""
    share = finished.accuracy()
    funnel = finished.funnel
    groups: dict[str, Json] = {group: _share(finished.accuracy(group)) for group in finished.groups}
    return {
        "name": finished.name,
        "plan": finished.plan,
        "manifest": {key: one for key, one in finished.manifest.items() if key != "plan"},
        "accuracy": _share(share),
        "groups": groups,
        "failed": len(finished.failures),
        "repeated": len(finished.repeated),
        "ends": dict(finished.ends),
        "errors": dict(finished.errors),
        "missed": dict(missed(finished.results)),
        "means": {what: finished.mean(what) for what in NUMBERS},
        "tokens": finished.tokens,
        "judge_tokens": sum(one.judge_tokens for one in finished.results),
        "cost": finished.cost,
        "library": {
            **asdict(funnel),
            "never_used": _share(finished.never_used),
            "new_per_call": finished.learning,
            "refused": dict(finished.refused),
            "categories": dict(finished.categories),
            "complexity": {kind: list(middle(of)) for kind, of in finished.complexities().items()},
            "frozen": asdict(finished.frozen) if finished.frozen else None,
        },
        "batches": [asdict(point) for point in finished.points()],
    }


def _share(share: Share) -> Json:
    low, high = share.interval
    value = share.value if share.whole else None
    return {"part": share.part, "whole": share.whole, "value": value, "interval": [low, high]}


def markdown(all_of: Sequence[Finished]) -> str:
    """The report as Markdown."""
    parts = [f"# {', '.join(sorted({each.plan['suite'] for each in all_of}))}", ""]
    for title, text, rows in tables(all_of):
        parts += [f"## {title}", ""]
        if text:
            parts += [text, ""]
        head, *body = ([shown(cell).replace("|", "\\|") for cell in row] for row in rows)
        parts += [_row(head), _row(["---"] * len(head)), *map(_row, body), ""]
    return "\n".join(parts)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
