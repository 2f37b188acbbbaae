"""A report for a person at a terminal: the verdict, what to look at in order of risk, the diffs."""

from __future__ import annotations

import ast
import io
from typing import TYPE_CHECKING

from dynasaur.review.formats.parts import (
    BOUNDARY,
    MARKS,
    SYMBOLS,
    backed,
    by_risk,
    difference,
    gains,
    kinds_of,
    of_callers,
    place,
    signatures,
    total,
    verdict,
    what,
)
from dynasaur.review.say import on_a_line, safe
from dynasaur.review.values import Change, Finding, Kind, Level, Report, Twin

if TYPE_CHECKING:
    from rich.console import Console

DIFF_LINES = 60
"""Lines of one diff that are shown."""

TWIN_LINES = 24
"""Lines of a function that is like another."""

WIDE = 110
"""Columns from which findings stand in a table, and functions side by side."""

_STYLES: dict[Level | None, str] = {"error": "bold red", "warning": "yellow", "info": "cyan"}
_KINDS = {
    "+": "green",
    "-": "red",
    ">": "magenta",
    "~": "yellow",
    "!": "magenta",
    ".": "dim",
}


def render(report: Report, *, width: int = 80, color: bool = False) -> str:
    """The report as text.

    Args:
        report: The report.
        width: Columns that there are.
        color: With ANSI colours.
    """
    from rich.console import Console

    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=color,
        no_color=not color,
        color_system="standard" if color else None,
        highlight=False,
        emoji=False,
        markup=False,
        legacy_windows=False,
    )
    _Page(console, width).report(report)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in str(text).split("\n"))


class _Page:
    def __init__(self, console: Console, width: int) -> None:
        self._console, self._width = console, width

    def report(self, report: Report) -> None:
        level, told = verdict(report)
        self._line(told, "bold green" if level in {None, "info"} else _STYLES[level])
        if report.range:
            ends = f"{report.base[:10]}..{report.head[:10] or 'the work tree'}"
            self._line(f"{report.range} ({ends})", "dim")
        findings = tuple(one for one in report.open if one.id != "DYN101")  # told as a change
        if findings:
            self._head("To look at, worst first")
            self._findings(findings)
        if gains(report):
            self._line(BOUNDARY, "dim")
        if report.changes:
            self._head("Changes")
            for change in by_risk(report):
                self._change(change)
        for twin in report.twins:
            self._twin(twin)
        self._rest(report)
        self._console.print()
        self._line(total(report), "bold")

    def _rest(self, report: Report) -> None:
        if report.unread:
            self._head("Not reviewed")
            for one in report.unread:
                self._item(f"{one.path}: {one.reason}", "red")
        if report.accepted:
            self._head("Accepted")
            for found in report.accepted:
                self._item(f"{found.id} {found.action}: {found.message} ({found.accepted})", "dim")
        if report.outside:
            files = "1 changed file" if report.outside == 1 else f"{report.outside:,} changed files"
            self._console.print()
            self._line(f"{files} outside of actions/: not part of this review.", "dim")
        for note in report.notes:
            self._line(note, "yellow")

    # --- findings -----------------------------------------------------------------------------

    def _findings(self, findings: tuple[Finding, ...]) -> None:
        if self._width >= WIDE:
            self._table(findings)
            return
        for one in findings:
            self._line(f"{MARKS[one.level]} {one.id} {one.name}  {one.action}", _STYLES[one.level])
            self._item(one.message, "", 4)
            self._item(f"{place(one)}{_doubt(one)}", "dim", 4)

    def _table(self, findings: tuple[Finding, ...]) -> None:
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        longest = max(len(f"{one.id} {one.name}") for one in findings) + 2
        table.add_column(width=longest, no_wrap=True)
        table.add_column(max_width=28, overflow="fold")
        table.add_column(ratio=1, overflow="fold")
        table.add_column(max_width=52, overflow="fold")
        for one in findings:
            rule = Text(f"{MARKS[one.level]} {one.id} {one.name}", style=_STYLES[one.level])
            where = Text(on_a_line(f"{place(one)}{_doubt(one)}"), style="dim")
            table.add_row(rule, Text(on_a_line(one.action)), Text(on_a_line(one.message)), where)
        self._console.print(table)

    # --- changes ------------------------------------------------------------------------------

    def _change(self, change: Change) -> None:
        symbol = SYMBOLS[change.kind]
        self._console.print()
        vendored = " (vendored)" if change.vendored else ""
        self._line(f"{symbol} {change.name}  {what(change)}{vendored}", f"bold {_KINDS[symbol]}")
        before, after = signatures(change)
        if before and after and before != after:
            self._item(f"- {before}", "red", 2, 4)
            self._item(f"+ {after}", "green", 2, 4)
        elif before or after:
            self._item(after or before, "", 2, 4)
        self._facts(change)
        if change.kind is not Kind.REMOVED and not change.vendored:
            self._diff(change)

    def _facts(self, change: Change) -> None:
        was = kinds_of(change.before.capabilities) if change.before else []
        now = kinds_of(change.after.capabilities) if change.after else []
        if was != now and change.after:
            new = [one if one in was else f"+{one}" for one in now]
            gone = [f"-{one}" for one in was if one not in now]
            self._item(f"can: {', '.join([*new, *gone])}", "", 2)
        elif now:
            self._item(f"can: {', '.join(now)}", "dim", 2)
        if told := backed(change):
            self._item(told, "dim", 2)
        broken, fit = of_callers(change)
        if broken:
            self._item(f"callers that break: {broken}", "red", 2)
        if fit:
            self._item(f"callers that fit: {fit}", "dim", 2)

    def _diff(self, change: Change) -> None:
        from rich.text import Text

        styles = {"+": "green", "-": "red", "@": "cyan", "(": "dim"}
        for line in difference(change, DIFF_LINES):
            style = styles.get(line[:1], "")
            self._console.print(Text("  " + safe(line), style=style), soft_wrap=True)

    # --- twins --------------------------------------------------------------------------------

    def _twin(self, twin: Twin) -> None:
        from rich.table import Table
        from rich.text import Text

        how = {"exact": "the same as", "lifted": "but for constants", "near": "near"}[twin.how]
        score = f" ({twin.score:.2f})" if twin.how == "near" else ""
        self._head(f"{twin.action} is {how} {twin.other}{score}")
        one, other = _function(twin.text, twin.action), _function(twin.other_text, twin.other)
        if self._width < WIDE:
            for name, code in ((twin.action, one), (twin.other, other)):
                self._item(name, "bold", 2)
                for line in code:
                    self._console.print(Text("    " + safe(line)), soft_wrap=True)
            return
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, expand=True)
        table.add_column(on_a_line(twin.action), ratio=1, overflow="fold")
        table.add_column(on_a_line(twin.other), ratio=1, overflow="fold")
        table.add_row(Text(safe("\n".join(one))), Text(safe("\n".join(other))))
        self._console.print(table)

    # --- lines --------------------------------------------------------------------------------

    def _head(self, text: str) -> None:
        self._console.print()
        self._line(text, "bold underline")

    def _line(self, text: str, style: str) -> None:
        self._item(text, style, 0)

    def _item(self, text: str, style: str, indent: int = 2, hang: int | None = None) -> None:
        """A paragraph, broken to the width; its further lines are indented."""
        from rich.padding import Padding
        from rich.text import Text

        hang = indent if hang is None else hang
        room = max(self._width - hang, 20)
        first, *more = Text(on_a_line(text), style=style).wrap(self._console, room) or [Text("")]
        self._console.print(Padding(first, (0, 0, 0, indent)))
        for line in more:
            self._console.print(Padding(line, (0, 0, 0, hang)))


def _doubt(finding: Finding) -> str:
    return "" if finding.confidence == "high" else f" ({finding.confidence} confidence)"


def _function(text: str, name: str) -> list[str]:
    """A function's own lines, its docstring left out, shortened."""
    wanted = name.rpartition("/")[2]
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return text.split("\n")[:TWIN_LINES]
    lines = text.split("\n")
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == wanted:
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            start = body[0].lineno if body else node.end_lineno or node.lineno
            head = lines[node.lineno - 1 : node.body[0].lineno - 1]
            rest = lines[start - 1 : node.end_lineno]
            found = (
                [*head, *rest]
                if body and start > node.body[0].lineno
                else lines[node.lineno - 1 : node.end_lineno]
            )
            more = len(found) - TWIN_LINES
            return found if more <= 0 else [*found[:TWIN_LINES], f"({more} more lines)"]
    return lines[:TWIN_LINES]
