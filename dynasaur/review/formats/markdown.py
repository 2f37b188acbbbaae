"""A report as one comment of a pull request: cut at whole sections under GitHub's limit."""

from __future__ import annotations

import re

from dynasaur.config import PACKAGE
from dynasaur.review.formats.parts import (
    BOUNDARY,
    SYMBOLS,
    backed,
    by_risk,
    difference,
    gains,
    kinds_of,
    of_callers,
    signatures,
    total,
    verdict,
    what,
)
from dynasaur.review.rules import RULES
from dynasaur.review.say import safe
from dynasaur.review.values import Change, Finding, Kind, Level, Report, Twin

LIMIT = 65_536
"""Characters of a comment that GitHub takes."""

ROOM = 60_000
"""Characters that are filled."""

MARKER = "<!-- dynasaur-review v1 head="
"""How a comment begins that is found again, and edited."""

_SIGNS: dict[Level | None, str] = {
    "error": "\N{CROSS MARK}",
    "warning": "\N{WARNING SIGN}\ufe0f",
    "info": "\N{INFORMATION SOURCE}\ufe0f",
    None: "\N{WHITE HEAVY CHECK MARK}",
}
_DIFF_LINES = 120
_ROWS = 100
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$@!&])")


def render(report: Report, room: int = ROOM) -> str:
    """The report as GitHub's Markdown.

    Args:
        report: The report.
        room: Characters that it may have; whole sections are left out, the last ones first.
    """
    level, told = verdict(report)
    sign = _SIGNS[None if level == "info" else level]
    start = f"{MARKER}{report.head or 'worktree'} -->\n## {sign} {told}\n"
    end = f"\n<sub>{total(report)} Base {report.base[:10] or 'none'}, "
    end += f"head {report.head[:10] or 'the work tree'}. {BOUNDARY}</sub>\n"
    left_out = "\n_{:,} more sections did not fit: run `dynasaur review` to see them._\n"
    sections = list(_sections(report))
    kept: list[str] = []
    used = len(start) + len(end) + len(left_out) + 10
    for number, section in enumerate(sections):
        if used + len(section) > room:
            kept.append(left_out.format(len(sections) - number))
            break
        kept.append(section)
        used += len(section)
    return start + "".join(kept) + end


def _sections(report: Report) -> list[str]:
    ordered = by_risk(report)
    found = [_findings("Look at first", report.open, ("error",))]
    found.append(_capabilities(report))
    found.append(_findings("To look at", report.open, ("warning",)))
    found.append(_unread(report))
    found.append(_changes(ordered))
    news = tuple(one for one in report.open if one.id != "DYN101")  # told as a change
    found.append(_findings("Good to know", news, ("info",), folded=True))
    found += [_twin(one) for one in report.twins]
    found += [_diff(one) for one in ordered if not one.vendored and one.kind is not Kind.REMOVED]
    found.append(_accepted(report))
    return [one for one in found if one]


def _findings(
    head: str, findings: tuple[Finding, ...], levels: tuple[Level, ...], *, folded: bool = False
) -> str:
    wanted = [one for one in findings if one.level in levels]
    if not wanted:
        return ""
    rows = [
        f"| {one.id}<br>{one.name} | {inline(one.action)} | {told(one.message)} | {_where(one)} |"
        for one in wanted[:_ROWS]
    ]
    if len(wanted) > _ROWS:
        rows.append(f"| | | {len(wanted) - _ROWS} more | |")
    table = "\n".join(["| rule | action | what | where |", "|---|---|---|---|", *rows])
    table += "\n\n" + _helps(wanted[:_ROWS]) if not folded else ""
    return _fold(f"{head} ({len(wanted)})", table) if folded else f"\n### {head}\n\n{table}\n"


def _where(one: Finding) -> str:
    """The line alone, where the action already says in which file."""
    if one.path == f"{PACKAGE}/{one.action}.py":
        return f"line&nbsp;{one.line}"
    return code(f"{one.path}:{one.line}")


def _helps(findings: list[Finding]) -> str:
    """What to do about each rule that has findings, once; rules of the same help together."""
    same: dict[str, list[str]] = {}
    for number in sorted({one.id for one in findings}):
        same.setdefault(RULES[number].help, []).append(f"{number} {RULES[number].name}")
    lines = [f"- **{', '.join(rules)}**: {told(text)}" for text, rules in same.items()]
    return _fold("What to do", "\n".join(lines)).strip()


def _capabilities(report: Report) -> str:
    if not gains(report):
        return ""
    rows = []
    for change in by_risk(report):
        was = kinds_of(change.before.capabilities) if change.before else []
        now = kinds_of(change.after.capabilities) if change.after else []
        if new := [one for one in now if one not in was]:
            told = ", ".join(f"**{one}**" for one in new)
            rows.append(f"| {inline(change.name)} | {', '.join(was) or 'nothing'} | {told} |")
    if not rows:
        return ""
    if len(rows) > _ROWS:
        rows[_ROWS:] = [f"| {len(rows) - _ROWS:,} more | | |"]
    head = "| action | could | can now, too |\n|---|---|---|\n"
    return "\n### Capabilities gained\n\n" + head + "\n".join(rows) + "\n"


def _changes(changes: list[Change]) -> str:
    if not changes:
        return ""
    rows = []
    for change in changes[:_ROWS]:
        before, after = signatures(change)
        shape = code(after or before)
        if before and after and before != after:
            shape = f"was {code(before)}<br>is {code(after)}"
        broken, fit = of_callers(change)
        used = [("breaks", broken)] if broken else []
        used += [("fits", fit)] if fit else []
        happened = "<br>".join(
            [inline(what(change)), *(f"{how} {inline(who)}" for how, who in used)]
        )
        rows.append(
            f"| {code(SYMBOLS[change.kind])} | {inline(change.name)} | {happened} | {shape} "
            f"| {inline(backed(change))} |"
        )
    if len(changes) > _ROWS:
        rows.append(f"| | {len(changes) - _ROWS} more | | | |")
    head = "| | action | what | signature | backed by |\n|---|---|---|---|---|\n"
    return "\n### Changes\n\n" + head + "\n".join(rows) + "\n"


def _diff(change: Change) -> str:
    lines = list(difference(change, _DIFF_LINES))
    if not lines:
        return ""
    return _fold(f"{inline(change.name)}: {inline(what(change))}", block("\n".join(lines), "diff"))


def _twin(twin: Twin) -> str:
    how = {"exact": "is the same as", "lifted": "differs in constants from", "near": "is near"}
    score = f" ({twin.score:.2f})" if twin.how == "near" else ""
    cells = [(twin.action, twin.text), (twin.other, twin.other_text)]
    # side by side: blank lines in a cell let what is in it be Markdown, and fences hold it
    body = "\n\n</td><td>\n\n".join(
        f"**{inline(name)}**\n\n{block(text, 'python')}" for name, text in cells
    )
    body = f'<table><tr valign="top"><td>\n\n{body}\n\n</td></tr></table>'
    return _fold(f"{inline(twin.action)} {how[twin.how]} {inline(twin.other)}{score}", body)


def _unread(report: Report) -> str:
    if not report.unread:
        return ""
    lines = [f"- {code(one.path)}: {told(one.reason)}" for one in report.unread[:_ROWS]]
    if len(report.unread) > _ROWS:
        lines.append(f"- {len(report.unread) - _ROWS} more")
    return "\n### Not reviewed\n\n" + "\n".join(lines) + "\n"


def _accepted(report: Report) -> str:
    if not report.accepted:
        return ""
    lines = [
        f"- {one.id} {inline(one.action)}: {told(one.message)} ({inline(one.accepted)})"
        for one in report.accepted[:_ROWS]
    ]
    return _fold(f"Accepted ({len(report.accepted)})", "\n".join(lines))


def _fold(head: str, body: str) -> str:
    return f"\n<details><summary>{head}</summary>\n\n{body}\n\n</details>\n"


def inline(text: str) -> str:
    """Text that stays text: no mark-up, no mention, no link, no line of a table's."""
    plain = safe(text).replace("\n", " ")
    plain = _SPECIAL.sub(lambda found: f"&#{ord(found[0])};", plain)
    return re.sub(r"(?i)\b(https?|ftp|www)(?=[:.])", r"\1&#8203;", plain)


def told(text: str) -> str:
    """A message: what stands between backticks is code, the rest stays text."""
    parts = re.split(r"`([^`]+)`", text)
    return "".join(code(one) if number % 2 else inline(one) for number, one in enumerate(parts))


def code(text: str) -> str:
    """Text as code within a line."""
    return f"<code>{inline(text)}</code>" if text else ""


def block(text: str, language: str) -> str:
    """Text as a block of code, whatever fences it holds."""
    shown = safe(text).rstrip("\n")
    longest = max((len(run) for run in re.findall(r"`{3,}", shown)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{shown}\n{fence}"
