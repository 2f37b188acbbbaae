"""`dynasaur eval report`: the files that make a report."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path

import click

from dynasaur.commands._output import document, plain
from dynasaur.errors import FailureError, UsageError
from dynasaur.evals.finished import Finished
from dynasaur.evals.folder import LIBRARY
from dynasaur.evals.report import facts, markdown
from dynasaur.evals.results import Result
from dynasaur.evals.suites.table import SUITES
from dynasaur.evals.tables import tables


def show(folders: Sequence[Path], output: Path | None, *, as_json: bool) -> int:
    """Write or print the report of some evaluations."""
    all_of = [Finished(folder) for folder in folders]
    names = [each.name for each in all_of]
    if len(set(names)) < len(names):
        raise UsageError("two evaluations have the same folder name; rename one")
    if as_json:
        document([facts(each) for each in all_of])
        return 0
    if output is None:
        if sys.stdout.isatty():
            _print(all_of)
        else:
            click.echo(markdown(all_of))
        return 0
    if output.suffix not in (".html", ".md"):
        raise UsageError(f"{output}: a report is a .html or a .md file")
    try:
        _write(all_of, output)
    except OSError as error:
        raise FailureError(f"{output} cannot be written: {error.strerror}") from error
    click.echo(f"written: {output}", err=True)
    gated = sorted({each.plan["suite"] for each in all_of if SUITES[each.plan["suite"]].gated})
    if gated and output.suffix == ".html":
        click.echo(
            f"note: the pages in {output.stem}-runs show problems of {', '.join(gated)}, whose "
            "terms forbid to pass them on; the report itself does not",
            err=True,
        )
    return 0


def _print(all_of: Sequence[Finished]) -> None:
    """The tables on a terminal, folded to its width."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    for title, text, (head, *body) in tables(all_of):
        console.print(Text(title, style="bold"))
        if text:
            console.print(Text(text, style="dim"))
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
        for at, name in enumerate(head):
            table.add_column(Text(plain(name)), overflow="fold", ratio=2 if at == 0 else 1)
        for row in body:
            table.add_row(*(Text(plain(cell)) for cell in row))
        console.print(table)
        console.print()


def _write(all_of: Sequence[Finished], output: Path) -> None:
    if output.suffix == ".md":
        _save(output, markdown(all_of))
    else:
        from dynasaur.evals.page import page

        runs = Path(f"{output.stem}-runs")
        text = page(all_of, runs)
        _write_runs(all_of, output.parent / runs)
        _save(output, text)
    every = json.dumps([facts(each) for each in all_of], indent=2)
    _save(output.with_suffix(".json"), every + "\n")
    _save(output.with_suffix(".csv"), _csv(all_of))


def _save(path: Path, text: str) -> None:
    """Write a file of the report; answers can hold what UTF-8 has no bytes for."""
    path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="")


def _write_runs(all_of: Sequence[Finished], folder: Path) -> None:
    """A page for each problem's run; a run whose record is gone has none."""
    from dynasaur.evals.page import page_name
    from dynasaur.export import exported
    from dynasaur.trajectory import load

    folder.mkdir(exist_ok=True)
    for each in all_of:
        for result in each.results:
            record = each.record(result)
            if result.run and record.is_dir():
                text = exported("html", load(record), each.folder / LIBRARY)
                _save(folder / page_name(each, result), text)


def _csv(all_of: Sequence[Finished]) -> str:
    """One line a problem and evaluation; lists and answers as JSON."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [one.name for one in fields(Result)]
    writer.writerow(["evaluation", *names])
    for each in all_of:
        for result in each.results:
            row = asdict(result)
            cells = (row[name] for name in names)
            writer.writerow(
                [
                    each.name,
                    *(c if isinstance(c, str | int | float) else json.dumps(c) for c in cells),
                ]
            )
    return out.getvalue()
