"""`dynasaur source list`, `outdated`, `verify` and `search`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dynasaur.commands._output import columns, document
from dynasaur.commands._sources import (
    counted,
    desk_options,
    network_options,
    open_desk,
    say,
    words,
)
from dynasaur.commands._wiring import json_option, library_option, open_library
from dynasaur.errors import FailureError
from dynasaur.types import Json

if TYPE_CHECKING:
    from dynasaur.sources.desk import Desk
    from dynasaur.types import Hit

FAILED = 2
NO_SOURCES = "the library has no sources yet: add one with `dynasaur source add URL`"


@click.command("list", short_help="List the sources and their pins.")
@library_option
@json_option
def listing(library_path: Path | None, as_json: bool) -> None:
    """List the sources, where each is pinned, and what is vendored of it."""
    desk = open_desk(library_path)
    lock = desk.lock()
    found: list[dict[str, Json]] = []
    for name, pin in sorted(lock.sources.items()):
        here = not pin.url or desk.cache.has(pin.address, pin.commit)
        found.append(
            {
                "name": name,
                "url": pin.url or None,
                "ref": pin.ref,
                "commit": pin.commit or None,
                "licence": pin.licence,
                "signer": pin.signer,
                "capabilities": list(pin.capabilities),
                "modules": len(lock.of(name)),
                "cached": here,
            }
        )
    if as_json:
        document([*found])
        return
    rows = []
    for one in found:
        commit = str(one["commit"] or "built in")[:12]
        state = "" if one["cached"] else "  (not in the cache: dynasaur source sync)"
        rows.append(
            (
                str(one["name"]),
                commit,
                str(one["licence"]),
                f"{one['modules']} vendored",
                f"{one['url'] or one['ref']}{state}",
            )
        )
    columns(rows)
    if not found:
        say(NO_SOURCES)


@click.command("outdated", short_help="Ask what is newer.")
@desk_options()
@json_option
def outdated(
    desk: Desk,
    as_json: bool,
) -> int:
    """Ask the sources for what is newer: exit 0 nothing, 1 something, 2 one cannot be asked."""
    from dynasaur.sources.verify import outdated as newer

    found: list[Json] = []
    failed = False
    sources = [pin for _, pin in sorted(desk.lock().sources.items()) if pin.url]
    for pin in sources:
        name = pin.name
        try:
            one = newer(desk, pin)
        except FailureError as error:
            say(f"error: {error}")
            failed = True
            continue
        if one is None:
            continue
        told: dict[str, Json] = {"name": name, "pinned": pin.commit}
        told |= {"revision": one.revision, "commit": one.commit, "strange": [*one.strange]}
        found.append(told)
        if not as_json:
            click.echo(f"{name}: {pin.commit[:12]} -> {one.commit[:12]} ({one.revision})")
        for line in one.strange:
            say(f"warning: {name}: {line}")
    if as_json:
        document(found)
    elif found:
        say("`dynasaur source update NAME [--to REV]` shows what would change, and moves there")
    elif not failed:
        say("nothing is newer" if sources else NO_SOURCES)
    return FAILED if failed else 1 if found else 0


@click.command("verify", short_help="Compare files, lock and sources.")
@click.option("--online", is_flag=True, help="Ask the sources whether their commits still stand.")
@desk_options(offline=False)
@json_option
def verify(online: bool, desk: Desk, as_json: bool) -> int:
    """Compare vendored files with dynasaur.lock, and that with the sources: exit 1 if not so."""
    from dynasaur.sources.verify import verify as compare

    found = compare(desk, online=online)
    if as_json:
        document([{"kind": one.kind, "what": one.what, "message": one.message} for one in found])
    else:
        for one in found:
            click.echo(one.message)
        modules = counted(len(desk.lock().modules), "vendored module")
        say(f"{modules}, {counted(len(found), 'finding') if found else 'nothing found'}")
    return 1 if found else 0


@click.command("search", short_help="Find actions in the sources.")
@click.argument("query", nargs=-1, required=True)
@click.option("-k", default=10, show_default=True, type=click.IntRange(1, 1000), help="How many.")
@click.option("--index", metavar="URL", help="Search a public index of sources, a JSON file.")
@network_options
@library_option
@json_option
def search(
    query: tuple[str, ...],
    k: int,
    index: str | None,
    timeout: float,
    allow_insecure: bool,
    library_path: Path | None,
    as_json: bool,
) -> None:
    """Find actions in all added sources; with --index, sources that could be added."""
    from dynasaur.pins import LOCK, read_lock
    from dynasaur.repo.files import read_plain

    asked = " ".join(query)
    if index:
        entries = _search_index(index, asked, k, allow_insecure, timeout)
        if as_json:
            document([{**one} for one in entries])
        else:
            columns([(one["url"], one["summary"]) for one in entries])
        return
    library, _ = open_library(library_path)
    taken = read_lock(read_plain(library.root / LOCK)).modules
    hits = [hit for name in library.sources for hit in library.retriever.search(asked, k, name)]
    hits = sorted(hits, key=lambda hit: -hit.score)[:k]
    found = [("/".join(filter(None, _place(hit))), hit) for hit in hits]
    if as_json:
        document(
            [
                {
                    "name": name,
                    "score": round(hit.score, 4),
                    "signature": hit.action.signature,
                    "summary": hit.action.summary,
                    "taken": name in taken,
                }
                for name, hit in found
            ]
        )
        return
    columns(
        [
            (f"{hit.score:.2f}", name, "taken" if name in taken else "", hit.action.summary)
            for name, hit in found
        ]
    )
    if not hits:
        say(f"nothing in the sources fits ({words(library.sources, 'there are none')})")


def _search_index(
    index: str, asked: str, k: int, allow_insecure: bool, seconds: float
) -> list[dict[str, str]]:
    """Search a public index of sources."""
    from dynasaur.sources import public

    entries = public.search(index, asked, k, allow_insecure=allow_insecure, seconds=seconds)
    if not entries:
        say("nothing in that index fits")
    return [{"url": one.url, "summary": one.summary} for one in entries]


def _place(hit: Hit) -> tuple[str, str, str]:
    return hit.action.source, hit.action.category, hit.action.name
