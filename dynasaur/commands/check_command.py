"""`dynasaur check`: every rule over the library, or over some of its files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dynasaur.commands._output import document, plain
from dynasaur.commands._wiring import json_option, library_option, open_library

if TYPE_CHECKING:
    from dynasaur.audit import Report


@click.command("check")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--evidence", is_flag=True, help="Run the examples of docstrings, too.")
@library_option
@json_option
def command(
    paths: tuple[Path, ...], evidence: bool, library_path: Path | None, as_json: bool
) -> int:
    """Check the library's actions, or those in each PATH.

    They parse, keep the rules, find what they import, import alone in the sandbox, and are no
    clones. Of copies from sources it is asked only that they parse and find what they import.
    """
    from dynasaur.audit import Audit

    library, _ = open_library(library_path)
    report = Audit(library.registry).run(paths, evidence=evidence)
    if as_json:
        _print_json(report, library.root)
    else:
        _print_lines(report)
    return 1 if report.faults else 0


def _print_lines(report: Report) -> None:
    for fault in report.faults:
        found = fault.finding
        told = f"{_near(fault.path)}:{found.line}: {found.rule}: {found.message}"
        click.echo(plain(told.replace("\n", "\N{REPLACEMENT CHARACTER}")))  # one line, one finding
    files = "1 file" if report.checked == 1 else f"{report.checked:,} files"
    count = len(report.faults)
    findings = "nothing found" if not count else "1 finding" if count == 1 else f"{count} findings"
    click.echo(f"dynasaur: {files} checked, {findings}", err=True)


def _print_json(report: Report, root: Path) -> None:
    document(
        {
            "checked": report.checked,
            "findings": [
                {
                    "path": fault.path.relative_to(root).as_posix(),
                    "line": fault.finding.line,
                    "rule": fault.finding.rule,
                    "message": fault.finding.message,
                }
                for fault in report.faults
            ],
        }
    )


def _near(path: Path) -> Path:
    """The path as seen from here, where it lies below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
