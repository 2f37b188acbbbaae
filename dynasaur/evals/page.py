"""The report as one page of HTML: plots inside it, tables that sort, nothing fetched."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path

from dynasaur.evals.finished import Finished
from dynasaur.evals.plots import pictures
from dynasaur.evals.results import Result
from dynasaur.evals.scorers.answers import as_text
from dynasaur.evals.tables import tables

SHOWN = 300
"""Characters of an answer or reason."""


def page(all_of: Sequence[Finished], runs: Path) -> str:
    """The page.

    Args:
        all_of: The evaluations.
        runs: Folder of the problems' own pages, as the page names it.
    """
    return "\n".join([*_head(all_of), *_body(all_of, runs), "</main></body></html>", ""])


def _part(name: str) -> str:
    return files("dynasaur").joinpath("evals", name).read_text(encoding="utf-8")


def _head(all_of: Sequence[Finished]) -> Iterator[str]:
    script = _part("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'"
    )
    title = escape(f"Evaluation: {', '.join(each.name for each in all_of)}")
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title><style>{_part('page.css')}</style>"
    yield f"<script>{script}</script></head><body><main><h1>{title}</h1>"


def _body(all_of: Sequence[Finished], runs: Path) -> Iterator[str]:
    for title, text, rows in tables(all_of):
        yield f"<section><h2>{escape(title)}</h2>"
        if text:
            yield f"<p>{escape(text)}</p>"
        yield from _table(rows)
        yield "</section>"
    yield "<section><h2>Pictures</h2><div class='pictures'>"
    for title, svg in pictures(all_of):
        yield f"<figure><figcaption>{escape(title)}</figcaption>{svg}</figure>"
    yield "</div></section>"
    for each in all_of:
        yield f"<section><h2>Problems of {escape(each.name)}</h2>"
        yield from _problems(each, runs)
        yield "</section>"
    for each in all_of:
        yield f"<section><h2>How {escape(each.name)} was made</h2><dl>"
        for key, value in each.plan.items():
            yield f"<div><dt>{escape(key)}</dt><dd>{escape(str(value))}</dd></div>"
        yield "</dl></section>"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    head, *body = rows
    yield '<div class="wide"><table><thead><tr>'
    yield "".join(f'<th scope="col"><button>{escape(cell)}</button></th>' for cell in head)
    yield "</tr></thead><tbody>"
    for row in body:
        yield f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
    yield "</tbody></table></div>"


def _problems(each: Finished, runs: Path) -> Iterator[str]:
    head = ("problem", "group", "outcome", "answer", "steps", "tokens", "seconds", "generated used")
    yield '<div class="wide"><table class="problems"><thead><tr>'
    yield "".join(f'<th scope="col"><button>{escape(cell)}</button></th>' for cell in head)
    yield "</tr></thead><tbody>"
    for one in each.results:
        link = escape((runs / page_name(each, one)).as_posix(), quote=True)
        name = f'<a href="{link}">{escape(one.id)}</a>' if one.run else escape(one.id)
        cells = (
            escape(one.group),
            f'<span class="{outcome(one).split()[0]}">{escape(outcome(one))}</span>',
            escape((as_text(one.answer) if one.status == "solved" else one.reason)[:SHOWN]),
            str(one.steps),
            f"{one.tokens:,}",
            f"{one.seconds:.1f}",
            escape(", ".join(one.generated)),
        )
        yield f"<tr><td>{name}</td>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
    yield "</tbody></table></div>"


def outcome(result: Result) -> str:
    """What became of a problem, in one or two words."""
    if result.status == "solved":
        return {True: "right", False: "wrong", None: "not scored"}[result.right]
    return result.end or result.status


def page_name(each: Finished, result: Result) -> str:
    """The file of a problem's own page."""
    digest = hashlib.sha256(str(each.folder.absolute()).encode()).hexdigest()[:6]
    return f"{digest}-{result.run}.html"
