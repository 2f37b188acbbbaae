"""`dynasaur search`: find actions in the library."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dynasaur.commands._output import about, columns, document, plain
from dynasaur.commands._retriever_options import retriever_options
from dynasaur.commands._wiring import (
    json_option,
    library_option,
    open_library,
)

if TYPE_CHECKING:
    from dynasaur.index import Reason
    from dynasaur.library import Library
    from dynasaur.types import Hit, Json


@click.command("search")
@click.argument("query", nargs=-1, required=True)
@click.option("-k", default=10, show_default=True, type=click.IntRange(1, 1000), help="How many.")
@click.option("--source", metavar="NAME", help="Only of this source; `local` is the library.")
@click.option("--explain", is_flag=True, help="Show which words of which fields made the rank.")
@click.option(
    "--usage/--no-usage",
    default=True,
    help="Let actions that returned for similar tasks rise a little. Default: yes.",
)
@retriever_options
@library_option
@json_option
def command(
    query: tuple[str, ...],
    k: int,
    source: str | None,
    explain: bool,
    usage: bool,
    library_path: Path | None,
    as_json: bool,
    **flags: object,
) -> None:
    """Find actions that fit QUERY, best first.

    An exact name in QUERY ranks first: written as code (mean_of_column, `mean`, mean(x)), with
    its source or category (base/mean, tables.mean), or as all of QUERY; of three to six words
    ("mean of column") in order anywhere; of two words beside one other word at most; of one
    word beside none, where words like "the" do not count. A word that is a name by chance ("the
    mean of these prices") is ranked as a word, but of ten results and more one is the action
    that fits best of those so named. Deprecated actions rank last.
    """
    library, _ = open_library(library_path, flags, usage=usage)
    words = " ".join(query)
    hits = library.retriever.search(words, k, source)
    reasons = [library.retriever.explain(words, hit) if explain else () for hit in hits]
    if as_json:
        document([_document(*one, explain) for one in zip(hits, reasons, strict=True)])
        return
    rows: list[tuple[str, ...]] = []
    for hit, why in zip(hits, reasons, strict=True):
        action = hit.action
        rows.append((f"{hit.score:.2f}", action.source, action.name, about(action)))
        rows += [("", "", f"  {one.field}", f"{one.score:+.2f} {one.word}") for one in why]
    columns(rows)
    if not hits:
        click.echo(f"dynasaur: {_why_nothing(library, source)}", err=True)


def _why_nothing(library: Library, source: str | None) -> str:
    known = {entry.source for entry in library.retriever.entries()} if source else set()
    if source is None or source in known:
        return "nothing in the library fits"
    return f"no action is of a source {plain(source)}; there are {', '.join(sorted(known))}"


def _document(hit: Hit, reasons: Sequence[Reason], explain: bool) -> Json:
    why: list[Json] = [
        {"field": one.field, "word": one.word, "score": round(one.score, 4)} for one in reasons
    ]
    return {
        "name": hit.action.name,
        "source": hit.action.source,
        "score": round(hit.score, 4),
        "signature": hit.action.signature,
        "summary": hit.action.summary,
        "deprecated": hit.action.provenance.deprecated,
        **({"reasons": why} if explain else {}),
    }
