"""What people have accepted: a comment beside the code, or a line in a committed file."""

from __future__ import annotations

import io
import json
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from dynasaur.errors import UsageError
from dynasaur.review.rules import RULES, among
from dynasaur.review.say import Spot, found
from dynasaur.review.values import Change, Finding
from dynasaur.toml_lines import rendered, tables

FILE = "accepted.toml"
"""Its name, in the actions package."""

UNION = f"{FILE} merge=union"
"""What git needs to be told, in the package's attributes, to take the lines of both branches."""

_TITLE = "# Accepted by people: `dynasaur review` does not fail over these."
_COMMENT = re.compile(r"#\s*dynasaur:\s*accept\[([^\]\n]*)\][ \t]*([^\n]*)")


@dataclass(frozen=True, slots=True)
class Accepted:
    """One finding that a person has accepted.

    Attributes:
        fingerprint: The finding's.
        rule: Its rule's id.
        action: What it concerns.
        reason: Why, on one line.
        until: The last day on which that holds, `2027-01-31`; empty for ever.
    """

    fingerprint: str
    rule: str
    action: str
    reason: str
    until: str = ""


def parse(text: str) -> dict[str, Accepted]:
    """The entries of a file; a line that is none, such as a merge's mark, is skipped."""
    entries = {}
    for key, about in tables(text):
        if str(about.get("reason", "")).strip():
            told = (str(about.get(name, "")) for name in ("rule", "action", "reason", "until"))
            entries[key] = Accepted(key, *told)
    return entries


def render(entries: Iterable[Accepted]) -> str:
    """The file's text: one line for each, sorted, so that branches merge."""
    return rendered(_TITLE, ((one.fingerprint, _told(one)) for one in entries))


def _told(one: Accepted) -> Mapping[str, str]:
    told = {"rule": one.rule, "action": one.action, "reason": one.reason, "until": one.until}
    return {key: value for key, value in told.items() if value}


def baseline(text: str, where: str) -> dict[str, Accepted]:
    """The entries of a baseline: a file such as `accepted.toml`, or a report as JSON.

    Raises:
        UsageError: It is neither.
    """
    if not text.lstrip().startswith("{"):
        entries = parse(text)
        if not entries and text.strip() and "=" in text:
            raise UsageError(f"{where} holds no accepted finding: each needs a reason")
        return entries
    try:
        listed = json.loads(text)["findings"]
        return {
            one["fingerprint"]: Accepted(
                one["fingerprint"], one["id"], one["action"], "it is in the baseline"
            )
            for one in listed
        }
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{where} is no report of `dynasaur review --format json`") from error


# --- applying them --------------------------------------------------------------------------------


def waived(
    findings: Iterable[Finding],
    changes: Sequence[Change],
    accepted: Mapping[str, Accepted],
    texts: Mapping[str, str],
) -> Iterator[Finding]:
    """The findings, with why people accepted them; and what is wrong with waivers.

    Args:
        findings: The findings.
        changes: What happened to each module.
        accepted: What a file says, by fingerprint.
        texts: The texts of the files that findings are in, by path.
    """
    today = datetime.now(UTC).date().isoformat()
    comments = {path: list(_comments(text)) for path, text in texts.items()}
    earlier = {
        one.after.path: {reason for _, _, reason in _comments(one.before.text)}
        for one in changes
        if one.before and one.after
    }
    arrived = {one.after.path for one in changes if one.after}
    for one in findings:
        entry = accepted.get(one.fingerprint)
        if entry and (not entry.until or entry.until >= today):
            yield replace(one, accepted=entry.reason)
            continue
        reason = _beside(one, comments.get(one.path, ()))
        yield replace(one, accepted=reason)
        if reason and one.path in arrived and reason not in earlier.get(one.path, ()):
            spot = Spot(one.path, one.line, one.column, one.end_line, one.end_column)
            message = f"{one.id} is accepted by this range itself: {reason}"
            yield found("DYN901", one.action, spot, message, one.fingerprint)
    for change in changes:
        for line, names, reason in comments.get(change.after.path, ()) if change.after else ():
            if not reason:
                assert change.after is not None
                spot = Spot.of_line(change.after, line)
                message = "the waiver gives no reason, and counts for nothing"
                yield found("DYN902", change.name, spot, message, f"waiver {names}")


def _comments(text: str) -> Iterator[tuple[int, tuple[str, ...], str]]:
    """The waivers of a text: line, rules, reason."""
    if not _COMMENT.search(text):
        return
    for number, comment in _told_in(text):
        for listed, reason in _COMMENT.findall(comment):
            names = tuple(filter(None, re.split(r"[\s,]+", listed)))
            yield number, names, " ".join(reason.split())


def _told_in(text: str) -> list[tuple[int, str]]:
    """The comments of a text, with their lines: what only stands in a string is none.

    Of a text that is no Python those that fill their lines.
    """
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    try:
        return [(one.start[0], one.string) for one in tokens if one.type == tokenize.COMMENT]
    except (tokenize.TokenError, SyntaxError, ValueError):
        lines = enumerate(text.split("\n"), 1)
        return [(number, line) for number, line in lines if line.lstrip().startswith("#")]


def _beside(one: Finding, comments: Iterable[tuple[int, tuple[str, ...], str]]) -> str:
    """The reason of a waiver on the finding's lines, or right above; empty for none."""
    for line, names, reason in comments:
        near = one.line - 1 <= line <= one.end_line
        if near and names and one.id in RULES and among(one.id, names):
            return reason
    return ""
