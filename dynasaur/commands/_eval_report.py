"""`dynasaur eval report`: the files that make a report."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path

import click

from dynasaur.commands._output import document, plain
from dynasaur.errors import FailureError, UsageError
from dynasaur.evals.finished import Finished
from dynasaur.evals.folder import LIBRARY
from dynasaur.evals.private import repository_of
from dynasaur.evals.report import facts, markdown
from dynasaur.evals.results import Result
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
    open_to_all = _may_show(all_of, output)
    try:
        written = _write(all_of, output, whole=open_to_all)
    except OSError as error:
        raise FailureError(f"{output} cannot be written: {error.strerror}") from error
    for path in written:
        click.echo(f"wrote: {path}", err=True)
    return 0


def _may_show(all_of: Sequence[Finished], output: Path) -> bool:
    """Whether the files may show what problems ask and what was answered; says what follows."""
    gated = ", ".join(sorted({each.plan["suite"] for each in all_of if each.records.gated}))
    if not gated:
        return True
    if top := repository_of(output.parent):
        click.echo(
            f"note: {output} lies in the repository {top}, and {gated}'s terms forbid to pass its "
            "problems on: answers and the pages of runs are left out; -o outside of it has them",
            err=True,
        )
        return False
    click.echo(
        f"note: answers and the pages of runs show problems of {gated}, whose terms forbid to "
        "pass them on",
        err=True,
    )
    return True


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


def _write(all_of: Sequence[Finished], output: Path, *, whole: bool) -> list[Path]:
    """Write the files of a report; where it is not whole, without answers and pages of runs.

    Returns:
        What was written.
    """
    results = {each.name: _results(each, whole=whole) for each in all_of}
    written = [output, output.with_suffix(".json"), output.with_suffix(".csv")]
    if output.suffix == ".md":
        _save(output, markdown(all_of))
    else:
        from dynasaur.evals.page import page

        runs = Path(f"{output.stem}-runs") if whole else None
        text = page(all_of, runs, results)
        if runs:
            _write_runs(all_of, output.parent / runs)
            written.append(output.parent / runs)
        _save(output, text)
    every = json.dumps([facts(each) for each in all_of], indent=2)
    _save(written[1], every + "\n")
    _save(written[2], _csv(results))
    return written


def _results(each: Finished, *, whole: bool) -> tuple[Result, ...]:
    """The results as the report shows them."""
    return tuple(map(each.records.answered, each.results)) if whole else each.results


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
            record = each.records.of(result)
            if result.run and record.is_dir():
                text = exported("html", load(record), each.folder / LIBRARY)
                _save(folder / page_name(each, result), text)


def _csv(results: Mapping[str, Sequence[Result]]) -> str:
    """One line a problem and evaluation; lists and answers as JSON."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [one.name for one in fields(Result)]
    writer.writerow(["evaluation", *names])
    for evaluation, every in results.items():
        for result in every:
            row = asdict(result)
            cells = (row[name] for name in names)
            writer.writerow(
                [
                    evaluation,
                    *(c if isinstance(c, str | int | float) else json.dumps(c) for c in cells),
                ]
            )
    return out.getvalue()
