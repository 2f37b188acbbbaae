"""`dynasaur review`: what a range changes, judged, in a terminal, in CI, as a comment."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dynasaur.commands._progress import Bar
from dynasaur.commands._wiring import json_option, library_option, open_library
from dynasaur.errors import FailureError, UsageError

if TYPE_CHECKING:
    from dynasaur.review import Options, Report

FORMATS = ("text", "markdown", "json", "sarif", "github", "rdjson", "gitlab")


@click.command("review")
@click.argument("range_", metavar="[RANGE]", required=False)
@click.option(
    "--format",
    "formats",
    metavar="FORMAT[=FILE]",
    multiple=True,
    help=f"One of {', '.join(FORMATS)}; can be given several times. Default: text.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where to write the report.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info", "never"]),
    default="error",
    show_default=True,
    help="The least level of a finding that ends in exit code 1.",
)
@click.option("--select", multiple=True, metavar="RULES", help="Only these: DYN4,clone,...")
@click.option("--ignore", multiple=True, metavar="RULES", help="None of these.")
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    help="Findings that are accepted: such as actions/accepted.toml, or a report as JSON.",
)
@click.option("--fetch", is_flag=True, help="Fetch what this clone lacks; ask the package index.")
@click.option("--run-examples", is_flag=True, help="Run changed actions' examples, sandboxed.")
@click.option(
    "--report",
    "told",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Do not review: take what --format json wrote, as data.",
)
@click.option(
    "--comment",
    type=click.IntRange(min=1),
    metavar="PR",
    help="Keep one comment of pull request PR current, on GitHub.",
)
@click.option("-i", "--interactive", is_flag=True, help="Walk through the findings.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto")
@click.option(
    "--schema",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda context, _, asked: _print_schema(context) if asked else None,
    help="Print the schema of --format json.",
)
@library_option
@json_option
def command(
    range_: str | None,
    formats: tuple[str, ...],
    output: Path | None,
    fail_on: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    baseline: Path | None,
    fetch: bool,
    run_examples: bool,
    told: Path | None,
    comment: int | None,
    interactive: bool,
    color: str,
    library_path: Path | None,
    as_json: bool,
) -> int:
    """Review the actions that RANGE changes; nothing of it is checked out, imported or run.

    RANGE is git's: A..B, A...B (from where the two parted), or A against the work tree.
    Default: what a pull request asks to merge in CI, else @{upstream}...HEAD.

    A finding is accepted by a comment beside the code, `# dynasaur: accept[DYN401] reason`, or
    by a line in actions/accepted.toml.

    \b
    Exit codes:
      0  no finding at or above --fail-on (and always for --format sarif alone)
      1  there are some
      2  it could not be reviewed
    """  # noqa: D301 - click's own mark for lines that stay as they are
    wanted = _wanted((*formats, "json") if as_json else formats, output)
    options = _options(select, ignore, baseline)
    if told:
        report = _read(told)
    else:
        options = _with_help(options, library_path, fetch=fetch, run_examples=run_examples)
        report = _review(library_path, range_, options, fetch=fetch)
    if interactive:
        report = _walked(report, library_path)
    for name, place in wanted:
        if not (interactive and place is None and not formats):
            _write(report, name, place, color)
    if comment:
        _comment(report, comment, library_path)
    if {name for name, _ in wanted} == {"sarif"}:
        return 0
    return 1 if report.fails(fail_on) else 0  # type: ignore[arg-type]


def _review(path: Path | None, text: str | None, options: Options, *, fetch: bool) -> Report:
    """The report; whatever keeps it from being made is exit code 2, and never a clean result."""
    from dynasaur import config
    from dynasaur.review import default_range, review

    root = config.find_library(path, Path.cwd(), os.environ)
    if not root.is_dir():
        raise UsageError(f"{root} is no library: name one with --library")
    try:
        options = replace(options, words=config.words_file(root), progress=Bar("Reviewing"))
        return review(root, text or default_range(os.environ), options, fetch=fetch)
    except FailureError as error:
        raise UsageError(f"it could not be reviewed: {error}") from error


def _print_schema(context: click.Context) -> None:
    from dynasaur.review.formats.json_format import schema

    click.echo(schema(), nl=False)
    context.exit()


def _read(path: Path) -> Report:
    from dynasaur.review.formats.json_read import read

    try:
        return read(path.read_text("utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read as a report") from error


def _with_help(options: Options, path: Path | None, *, fetch: bool, run_examples: bool) -> Options:
    """The options, with what asks the package index and what runs examples."""
    from functools import partial

    if fetch:
        from dynasaur.review.strangers import unknown

        options = replace(options, unknown=partial(unknown, environ=os.environ))
    if run_examples:
        from dynasaur.review.replay import runner

        library, _ = open_library(path)
        options = replace(options, run_examples=runner(library.registry))
    return options


def _walked(report: Report, path: Path | None) -> Report:
    from dynasaur.commands._review_walk import Walk

    library, _ = open_library(path)
    return Walk(library, report).run()


def _comment(report: Report, number: int, path: Path | None) -> None:
    from dynasaur import config
    from dynasaur.repo.git import Git
    from dynasaur.review.comment import connect

    root = config.find_library(path, Path.cwd(), os.environ)
    folder = root if root.is_dir() else Path.cwd()
    remote = Git(folder).line("config", "--get", "remote.origin.url", accept=(0, 1, 128))
    address = connect(os.environ, remote).post(number, report)
    click.echo(f"dynasaur: commented: {address}", err=True)


def _wanted(formats: tuple[str, ...], output: Path | None) -> list[tuple[str, Path | None]]:
    """The formats, each with the file that it goes to; None for stdout."""
    found: list[tuple[str, Path | None]] = []
    for one in formats or ("text",):
        name, _, place = one.partition("=")
        if name not in FORMATS:
            raise UsageError(f"--format {name}: known are {', '.join(FORMATS)}")
        found.append((name, Path(place) if place else None))
    bare = [number for number, (_, place) in enumerate(found) if place is None]
    if len(bare) > 1:
        raise UsageError("only one format can go to stdout: write --format FORMAT=FILE")
    if output and not bare:
        raise UsageError("-o: every format has a file of its own already")
    if output:
        found[bare[0]] = (found[bare[0]][0], output)
    return found


def _options(select: tuple[str, ...], ignore: tuple[str, ...], baseline: Path | None) -> Options:
    from dynasaur.review import Options
    from dynasaur.review.waivers import baseline as read

    accepted = {}
    if baseline:
        try:
            accepted = read(baseline.read_text("utf-8"), str(baseline))
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{baseline} cannot be read as a baseline") from error
    return Options(_rules(select, "--select"), _rules(ignore, "--ignore"), accepted)


def _rules(listed: tuple[str, ...], option: str) -> tuple[str, ...]:
    from dynasaur.review.rules import RULES

    found = tuple(one.strip() for part in listed for one in part.split(",") if one.strip())
    for one in found:
        if not any(rule.id.startswith(one) or rule.name == one for rule in RULES.values()):
            raise UsageError(f"{option} {one}: no such rule; try DYN4, DYN401 or network")
    return found


def _write(report: Report, name: str, place: Path | None, color: str) -> None:
    from dynasaur.review.formats.table import FORMATS as RENDERED
    from dynasaur.review.formats.text import render

    if name == "text":
        text = render(report, width=_width(place), color=_colored(color, place))
    else:
        text = RENDERED[name](report)
    if place is None:
        click.echo(text.encode("utf-8", "backslashreplace"), nl=False)
        return
    try:
        place.write_text(text, "utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(f"{place} cannot be written: {error.strerror}") from error


def _width(place: Path | None) -> int:
    columns = shutil.get_terminal_size((100, 24)).columns
    return min(max(columns, 40), 200) if place is None else 100


def _colored(color: str, place: Path | None) -> bool:
    if color != "auto":
        return color == "always"
    return place is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
