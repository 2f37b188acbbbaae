"""The report as one page of HTML: plots inside it, tables that sort, nothing fetched."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from dynasaur.evals.finished import Finished
from dynasaur.evals.plan import flat
from dynasaur.evals.plots import pictures
from dynasaur.evals.results import Result
from dynasaur.evals.scorers.answers import as_text
from dynasaur.evals.tables import tables
from dynasaur.export.page import shown

SHOWN = 300
"""Characters of an answer or reason."""

SHORT = 44
"""Characters of a cell that stands on one line."""


def page(
    all_of: Sequence[Finished], runs: Path | None, results: Mapping[str, Sequence[Result]]
) -> str:
    """The page.

    Args:
        all_of: The evaluations.
        runs: Folder of the problems' own pages, as the page names it; None where there are none.
        results: By evaluation, what it shows of the results.
    """
    body = _body(all_of, runs, results)
    return "\n".join([*_head(all_of), *body, "</main></body></html>", ""])


def _safe(text: str) -> str:
    return html.escape(shown(text))


def _part(name: str) -> str:
    return files("dynasaur").joinpath("evals", name).read_text(encoding="utf-8")


def _head(all_of: Sequence[Finished]) -> Iterator[str]:
    script = _part("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'"
    )
    title = _safe(f"Evaluation: {', '.join(each.name for each in all_of)}")
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title><style>{_part('page.css')}</style>"
    yield f"<script>{script}</script></head><body><main><h1>{title}</h1>"


def _body(
    all_of: Sequence[Finished], runs: Path | None, results: Mapping[str, Sequence[Result]]
) -> Iterator[str]:
    for title, text, rows in tables(all_of):
        head, *body = ([_safe(cell) for cell in row] for row in rows)
        yield f"<section><h2>{_safe(title)}</h2>"
        if text:
            yield f"<p>{_safe(text)}</p>"
        yield from _table(head, body)
        yield "</section>"
    yield "<section><h2>Pictures</h2><div class='pictures'>"
    for title, svg in pictures(all_of):
        yield f"<figure><figcaption>{_safe(title)}</figcaption>{svg}</figure>"
    yield "</div></section>"
    yield "<section><h2>Problem by problem</h2>"
    leads = "Each outcome leads to the record of its run; heads sort."
    yield f"<p>{leads if runs else 'Heads sort.'}</p>"
    yield from _side_by_side(all_of, runs)
    yield "</section>"
    for each in all_of:
        yield f"<section><h2>Problems of {_safe(each.name)}</h2>"
        yield f"<details><summary>All {len(each.results)}</summary>"
        yield from _problems(each, runs, results[each.name])
        yield "</details></section>"
    for each in all_of:
        yield f"<section><h2>How {_safe(each.name)} was made</h2><details><summary>All that shaped"
        yield " its results</summary><dl>"
        for key, value in flat(each.manifest).items():
            yield f"<div><dt>{_safe(key)}</dt><dd>{_safe(str(value))}</dd></div>"
        yield "</dl></details></section>"


def _table(head: Sequence[str], body: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table that sorts, of cells that are HTML; short cells are not broken."""
    yield '<div class="wide"><table><thead><tr>'
    yield "".join(f'<th scope="col"><button>{cell}</button></th>' for cell in head)
    yield "</tr></thead><tbody>"
    for row in body:
        yield f"<tr>{''.join(map(_cell, row))}</tr>"
    yield "</tbody></table></div>"


def _cell(inner: str) -> str:
    short = len(html.unescape(re.sub(r"<[^>]*>", "", inner))) <= SHORT
    return f'<td class="short">{inner}</td>' if short else f"<td>{inner}</td>"


def _side_by_side(all_of: Sequence[Finished], runs: Path | None) -> Iterator[str]:
    """One row a problem, one column an evaluation."""
    of = [{one.id: one for one in each.results} for each in all_of]
    groups = {one.id: one.group for each in all_of for one in each.results}
    rows = []
    for name, group in groups.items():
        cells = [
            _outcome(each, found[name], runs) if name in found else "-"
            for each, found in zip(all_of, of, strict=True)
        ]
        rows.append([_safe(name), _safe(group), *cells])
    yield from _table(["problem", "group", *(_safe(each.name) for each in all_of)], rows)


def _problems(each: Finished, runs: Path | None, results: Sequence[Result]) -> Iterator[str]:
    numbers = ("steps", "tokens", "seconds", "cost")
    head = ("problem", "group", "outcome", "answer", *numbers, "generated used")
    rows = [
        (
            _safe(one.id),
            _safe(one.group),
            _outcome(each, one, runs),
            _safe((as_text(one.answer) if one.status == "solved" else one.reason)[:SHOWN]),
            str(one.steps),
            f"{one.tokens:,}",
            f"{one.seconds:.1f}",
            "unknown" if one.cost is None else f"${one.cost:,.4f}",
            _safe(", ".join(one.generated)),
        )
        for one in results
    ]
    yield from _table(head, rows)


def _outcome(each: Finished, one: Result, runs: Path | None) -> str:
    """What became of a problem, with the way to its record where that is there."""
    said = one.outcome
    shows = f'<span class="{_safe(said.split()[0])}">{_safe(said)}</span>'
    if runs is None or not one.run or not each.records.of(one).is_dir():
        return shows
    link = _safe((runs / page_name(each, one)).as_posix())
    return f'<a href="{link}">{shows}</a>'


def page_name(each: Finished, result: Result) -> str:
    """The file of a problem's own page."""
    digest = hashlib.sha256(str(each.folder.absolute()).encode()).hexdigest()[:6]
    return f"{digest}-{result.run}.html"
