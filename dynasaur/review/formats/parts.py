"""What several formats say alike."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator
from typing import TypeGuard

from dynasaur.capabilities import Capability
from dynasaur.review.backing import voided
from dynasaur.review.sides import name_of
from dynasaur.review.values import Change, Finding, Kind, Level, Report, Side

SYMBOLS = {
    Kind.ADDED: "+",
    Kind.REMOVED: "-",
    Kind.RENAMED: ">",
    Kind.MOVED: ">",
    Kind.CONTRACT: "~",
    Kind.BODY: "~",
    Kind.DEPRECATED: "!",
    Kind.DOCUMENTATION: ".",
}
MARKS: dict[Level, str] = {"error": "x", "warning": "!", "info": "i"}
BOUNDARY = "What code can do is found by reading it and can be hidden: the sandbox is the boundary."
_NAMES = 12
"""Callers that are named."""

_WIDEST = 500
"""Characters of a line of a diff that are shown."""

_LONGEST = 3000
"""Lines of a text that are compared line by line."""


def worth_showing(report: Report) -> list[Change]:
    """The changes but for empty files: a package's, of which there is nothing to be read."""
    return [
        one
        for one in report.changes
        if any(side and side.blob.data != b"" for side in (one.before, one.after))
    ]


def by_risk(report: Report) -> list[Change]:
    """The changes, those with the worst findings first; what is vendored comes last."""
    worst: dict[str, int] = {}
    for number, one in enumerate(report.open):
        if one.level != "info":
            worst.setdefault(one.action, number)
    order = [Kind.CONTRACT, Kind.REMOVED, Kind.BODY, Kind.ADDED, Kind.RENAMED, Kind.MOVED]

    def weight(one: Change) -> tuple[bool, int, int, str]:
        kind = order.index(one.kind) if one.kind in order else len(order)
        return one.vendored, worst.get(one.name, len(report.open)), kind, one.name

    return sorted(worth_showing(report), key=weight)


def of_callers(change: Change) -> tuple[str, str]:
    """The callers that break, and those that fit, each once; empty for none."""
    broken = list(dict.fromkeys(name_of(one.module) for one in change.callers if one.problem))
    every = dict.fromkeys(name_of(one.module) for one in change.callers)
    return _some(broken), _some([one for one in every if one not in broken])


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return ", ".join(names[:_NAMES]) + more


def verdict(report: Report) -> tuple[Level | None, str]:
    """The review in one line, and how bad it is; None where nothing was to be reviewed."""
    counts = report.counts
    told = ", ".join(
        filter(None, [_count(counts["error"], "error"), _count(counts["warning"], "warning")])
    )
    if counts["error"]:
        return "error", f"Not to be merged as it is: {told}."
    if counts["warning"]:
        return "warning", f"To be looked at before it is merged: {told}."
    if report.unread:
        return "warning", f"Not all of it was reviewed: {_count(len(report.unread), 'file')} left."
    if not report.changes and not report.findings:
        return None, "No action changed."
    if report.accepted:
        return "info", f"Nothing speaks against it but what was accepted ({len(report.accepted)})."
    return "info", "Nothing was found that speaks against it."


def _count(number: int, word: str) -> str:
    return "" if not number else f"1 {word}" if number == 1 else f"{number:,} {word}s"


def total(report: Report) -> str:
    """The one line at the end."""
    shown = worth_showing(report)
    changes = [one for one in shown if not one.vendored]
    kinds = Counter(one.kind for one in changes)
    changed = sum(kinds[one] for one in (Kind.CONTRACT, Kind.BODY, Kind.DOCUMENTATION))
    breaking = {
        one.action for one in report.findings if one.id[:4] == "DYN2" and one.level == "error"
    }
    parts = [
        f"{kinds[Kind.ADDED]} added",
        f"{changed} changed" + (f" ({len(breaking)} breaking)" if breaking else ""),
        f"{kinds[Kind.RENAMED] + kinds[Kind.MOVED]} renamed",
        f"{kinds[Kind.REMOVED]} removed",
    ]
    if kinds[Kind.DEPRECATED]:
        parts.append(f"{kinds[Kind.DEPRECATED]} deprecated")
    if vendored := len(shown) - len(changes):
        parts.append(f"{vendored} vendored")
    more = [f"capabilities +{len(gains(report))}", f"dependencies +{_of(report, 'DYN501')}"]
    if report.examples:
        more.append(f"examples {report.examples.held}/{report.examples.ran}")
    more.append(f"callers {len({c.path for one in report.changes for c in one.callers})}")
    if report.accepted:
        more.append(f"accepted {len(report.accepted)}")
    if report.unread:
        more.append(f"not reviewed {len(report.unread)}")
    return f"Review: {', '.join(parts)}; {'; '.join(more)}."


def _of(report: Report, number: str) -> int:
    return sum(one.id == number for one in report.findings)


def gains(report: Report) -> tuple[Finding, ...]:
    """The findings that tell of what code could not do before."""
    return tuple(one for one in report.findings if one.id[:4] == "DYN4")


def kinds_of(capabilities: tuple[Capability, ...]) -> list[str]:
    """The kinds of what code can do, each once."""
    return sorted({str(one.kind) for one in capabilities})


def what(change: Change) -> str:
    """What happened to a module, in a word or two."""
    words = {
        Kind.CONTRACT: "contract changed",
        Kind.BODY: "body changed",
        Kind.DOCUMENTATION: "documentation only",
    }
    told = words.get(change.kind, str(change.kind))
    if change.kind in {Kind.RENAMED, Kind.MOVED} and change.before:
        told = f"{told} from {name_of(change.before.module)}"
    return f"{told}, {words.get(change.also, str(change.also))}" if change.also else told


def signatures(change: Change) -> tuple[str, str]:
    """The signature before and after; empty where there is none."""
    before = change.before.action.signature if change.before and change.before.action else ""
    after = change.after.action.signature if change.after and change.after.action else ""
    return before, after


def backed(change: Change) -> str:
    """What backs an action, in words; empty for what is none."""
    action = change.after.action if change.after else None
    if action is None:
        return ""
    known = action.provenance
    void = " (voided by this edit)" if voided(change) else ""
    parts = [
        known.evidence and f"evidence {known.evidence}{void}",
        known.run and f"run {known.run}",
    ]
    parts += [known.model and f"model {known.model}", known.task and f"task “{known.task[:80]}”"]
    told = ", ".join(filter(None, parts))
    words = {"initial": "written by people", "generated": "written by a model, nothing backs it"}
    return told or words.get(known.origin, "")


def difference(change: Change, most: int) -> Iterator[str]:
    """The changed lines with some around them, as a unified diff; at most so many."""
    before = change.before.text.rstrip("\n").split("\n") if _has_text(change.before) else []
    after = change.after.text.rstrip("\n").split("\n") if _has_text(change.after) else []
    if max(len(before), len(after)) > _LONGEST:
        yield f"({len(before):,} and {len(after):,} lines: too many to be compared here)"
        return
    lines = list(difflib.unified_diff(before, after, lineterm="", n=2))[2 if before else 3 :]
    yield from map(_cut, lines[:most])
    if len(lines) > most:
        path = change.side.path
        yield f"({len(lines) - most:,} more lines: `git diff` of {path} shows them)"


def _cut(line: str) -> str:
    """A line that can be read; what is to its right is counted, as it may well be hidden there."""
    more = len(line) - _WIDEST
    return line if more <= 0 else f"{line[:_WIDEST]} ({more:,} more characters)"


def _has_text(side: Side | None) -> TypeGuard[Side]:
    return side is not None and bool(side.text)


def place(finding: Finding) -> str:
    """Where it is to be seen."""
    return f"{finding.path}:{finding.line}:{finding.column}"
