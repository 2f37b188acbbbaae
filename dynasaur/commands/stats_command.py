"""`dynasaur stats`: what became of actions, by the records of the runs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dynasaur.commands._complete import complete_actions
from dynasaur.commands._output import columns, document
from dynasaur.commands._wiring import json_option, library_option, open_library
from dynasaur.config import PACKAGE
from dynasaur.types import LOCAL, Json

if TYPE_CHECKING:
    from dynasaur.usage import Month, Report, Tally

HEADER = ("offered", "loaded", "called", "succeeded", "calls", "last used", "action")


@click.command("stats")
@click.argument("name", required=False, shell_complete=complete_actions)
@library_option
@json_option
def command(name: str | None, library_path: Path | None, as_json: bool) -> None:
    """Show how often actions were offered, loaded, called, and returned.

    Of the action NAME, or of the library's own and all others that were met, most called first.
    The numbers are runs, those under "calls" calls, as far as they are recorded on this machine.
    """
    from dynasaur.store import Store

    library, _ = open_library(library_path)
    report = library.usage()
    if name:
        short = name.rpartition("/")[2]
        chosen = short if short in report.actions else library.get(name).name
        _show_one(chosen, report, as_json)
        return
    entries = Store(library.root / PACKAGE).entries().values()
    own = {entry.name for entry in entries if entry.source == LOCAL}
    rows = _ranked({*own, *report.actions}, report)
    if as_json:
        actions: list[Json] = [{"own": name in own, **_fields(name, one)} for name, one in rows]
        document({"actions": actions, **_totals(own, report)})
        return
    if not report.months:
        click.echo("dynasaur: no runs yet", err=True)
    columns([HEADER, *(_row(name, tally) for name, tally in rows)])
    for line in _summary(own, report):
        click.echo(line)


def _show_one(name: str, report: Report, as_json: bool) -> None:
    ((_, tally),) = _ranked({name}, report)
    if as_json:
        document(_fields(name, tally))
    else:
        columns([HEADER, _row(name, tally)])


def _ranked(names: Collection[str], report: Report) -> list[tuple[str, Tally]]:
    from dynasaur.usage import Tally

    found = [(name, report.actions.get(name, Tally())) for name in names]
    return sorted(found, key=lambda one: (-one[1].calls, -one[1].offered, one[0]))


def _row(name: str, tally: Tally) -> tuple[str, ...]:
    counts = tally.offered, tally.loaded, tally.called, tally.succeeded, tally.calls
    return (*map(str, counts), tally.last_used[:10] or "never", name)


def _fields(name: str, tally: Tally) -> dict[str, Json]:
    return {
        "name": name,
        "offered": tally.offered,
        "loaded": tally.loaded,
        "called": tally.called,
        "succeeded": tally.succeeded,
        "calls": tally.calls,
        "last_used": tally.last_used or None,
        "last_run": tally.last_run or None,
    }


def _totals(own: Collection[str], report: Report) -> dict[str, Json]:
    """Of the library: its own actions that no run called, and each month's new ones per call."""
    called = {name for name, tally in report.actions.items() if tally.calls}
    unused = len(set(own) - called)
    months: list[Json] = [
        {
            "month": month.month,
            "runs": month.runs,
            "new": month.new,
            "calls": month.calls,
            "new_per_call": _per_call(month),
        }
        for month in report.months
    ]
    return {
        "own": len(own),
        "never_called": unused,
        "share_never_called": round(unused / len(own), 4) if own else None,
        "months": months,
    }


def _per_call(month: Month) -> float | None:
    return round(month.new / month.calls, 4) if month.calls else None


def _summary(own: Collection[str], report: Report) -> Iterator[str]:
    tallies = report.actions.values()
    funnel = {
        "offered": sum(tally.offered for tally in tallies),
        "loaded": sum(tally.loaded for tally in tallies),
        "called": sum(tally.called for tally in tallies),
        "succeeded": sum(tally.succeeded for tally in tallies),
    }
    yield ""
    yield "all: " + " -> ".join(f"{stage} {count}" for stage, count in funnel.items())
    totals = _totals(own, report)
    share = f" ({totals['never_called']} of {len(own)})" if own else ""
    percent = f"{totals['share_never_called']:.0%}" if own else "-"
    yield f"own actions that no run called: {percent}{share}"
    for month in report.months:
        ratio = _per_call(month)
        shown = "-" if ratio is None else f"{ratio:.2f}"
        yield (
            f"{month.month}: {month.runs} runs, {month.new} new actions, {month.calls} calls, "
            f"{shown} new per call"
        )
