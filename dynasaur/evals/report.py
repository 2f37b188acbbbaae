"""The report of one or several evaluations: facts, and Markdown made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import combinations

from dynasaur.evals.finished import Finished, compare
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
        "accuracy": _share(share),
        "groups": groups,
        "failed": len(finished.failures),
        "ends": dict(finished.ends),
        "errors": dict(finished.errors),
        "means": {what: finished.mean(what) for what in NUMBERS},
        "tokens": finished.tokens,
        "cost": finished.cost,
        "library": {
            **asdict(funnel),
            "never_used": _share(finished.never_used),
            "new_per_call": finished.learning,
            "refused": dict(finished.refused),
            "categories": dict(finished.categories),
            "complexity": {kind: list(middle) for kind, middle in finished.complexity().items()},
        },
        "batches": [asdict(point) for point in finished.points()],
    }


def _share(share: object) -> Json:
    from dynasaur.evals.statistics import Share

    assert isinstance(share, Share)
    low, high = share.interval
    value = share.value if share.whole else None
    return {"part": share.part, "whole": share.whole, "value": value, "interval": [low, high]}


def tables(all_of: Sequence[Finished]) -> Iterator[tuple[str, str, list[list[str]]]]:
    """The report's tables: title, what it says, rows of which the first is the head."""
    yield "Results", _RESULTS, _results(all_of)
    if any(each.groups for each in all_of):
        yield "By group", "", _groups(all_of)
    if len(all_of) > 1:
        yield "Compared", _COMPARED, _compared(all_of)
    yield "How problems ended", "", _counts([each.ends for each in all_of], all_of)
    if any(each.errors for each in all_of):
        yield "Errors of steps", "", _counts([each.errors for each in all_of], all_of)
    yield "What became of generated actions", _FUNNEL, _funnels(all_of)
    yield "Complexity", _COMPLEXITY, _complexities(all_of)


_RESULTS = (
    "Share of right answers with its 95 % interval (Wilson); failures of model, kernel or worker "
    "stand apart. Tokens and cost are those of all; steps and seconds are means over problems."
)
_COMPARED = (
    "Over the problems that both have scored. p: McNemar's exact test, two-sided. Token ratio: "
    "second over first; where it is far from 1, a comparison of accuracies alone is not fair."
)
_FUNNEL = (
    "Counted in problems after the one that an action came from. EGL: new actions for each action "
    "that a problem called."
)
_COMPLEXITY = "Medians: independent paths (McCabe), nodes of the syntax tree, lines with code."


def _results(all_of: Sequence[Finished]) -> list[list[str]]:
    rows = [["run", "model", "right", "failed", "tokens", "steps", "seconds", "cost"]]
    for each in all_of:
        cost = each.cost
        rows.append(
            [
                each.name,
                str(each.plan["model"]),
                str(each.accuracy()),
                str(len(each.failures)),
                f"{each.tokens:,}",
                *(f"{each.mean(what):,.1f}" for what in ("steps", "seconds")),
                "unknown" if cost is None else f"${cost:,.4f}",
            ]
        )
    return rows


def _groups(all_of: Sequence[Finished]) -> list[list[str]]:
    groups = sorted({group for each in all_of for group in each.groups})
    head = ["group", *(each.name for each in all_of)]
    return [head, *([group, *(str(one.accuracy(group)) for one in all_of)] for group in groups)]


def _compared(all_of: Sequence[Finished]) -> list[list[str]]:
    rows = [["first", "second", "both", "first only", "second only", "neither", "p", "token ratio"]]
    for first, second in combinations(all_of, 2):
        pairing = compare(first, second)
        ratio = f"{second.tokens / first.tokens:.2f}" if first.tokens else "-"
        counts = (pairing.both, pairing.first, pairing.second, pairing.neither)
        rows.append([first.name, second.name, *map(str, counts), f"{pairing.p:.4f}", ratio])
    return rows


def _counts(counters: Sequence[object], all_of: Sequence[Finished]) -> list[list[str]]:
    from collections import Counter

    total: Counter[str] = Counter()
    each: list[Counter[str]] = []
    for counter in counters:
        assert isinstance(counter, Counter)
        each.append(counter)
        total.update(counter)
    head = ["", *(one.name for one in all_of)]
    return [head, *([kind, *(str(one[kind]) for one in each)] for kind, _ in total.most_common())]


def _funnels(all_of: Sequence[Finished]) -> list[list[str]]:
    rows = [["run", "admitted", "offered", "loaded", "called", "succeeded", "never used", "EGL"]]
    for each in all_of:
        counts = asdict(each.funnel).values()
        rows.append([each.name, *map(str, counts), str(each.never_used), f"{each.learning:.2f}"])
    return rows


def _complexities(all_of: Sequence[Finished]) -> list[list[str]]:
    rows = [["actions", "paths", "nodes", "lines"]]
    for each in all_of:
        for kind, middle in each.complexity().items():
            rows.append([f"{kind}, {each.name}", *(f"{value:g}" for value in middle)])
    return rows


def markdown(all_of: Sequence[Finished]) -> str:
    """The report as Markdown."""
    parts = [f"# {', '.join(sorted({each.plan['suite'] for each in all_of}))}", ""]
    for title, text, rows in tables(all_of):
        parts += [f"## {title}", ""]
        if text:
            parts += [text, ""]
        head, *body = ([cell.replace("|", "\\|") for cell in row] for row in rows)
        parts += [_row(head), _row(["---"] * len(head)), *map(_row, body), ""]
    return "\n".join(parts)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
