"""`dynasaur source add`, `remove` and `sync`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dynasaur.commands._complete import complete_sources
from dynasaur.commands._output import document, plain
from dynasaur.commands._sources import (
    agreed,
    desk_options,
    fields,
    open_desk,
    say,
    tell,
    words,
)
from dynasaur.commands._wiring import json_option, library_option
from dynasaur.errors import FailureError
from dynasaur.types import Json

if TYPE_CHECKING:
    from dynasaur.sources.add import Offer
    from dynasaur.sources.desk import Desk


@click.command("add", short_help="Pin another library, after a look.")
@click.argument("url", metavar="URL[@REV]")
@click.option("--name", default="", metavar="NAME", help="What to call it. Default: by its URL.")
@click.option("--take", multiple=True, metavar="GLOB", help="Vendor these actions at once.")
@click.option("--trust", is_flag=True, help="Do not ask: you know the source.")
@click.option("--allow-unlicensed", is_flag=True, help="Take it without a licence.")
@desk_options()
@json_option
def add(
    url: str,
    name: str,
    take: tuple[str, ...],
    trust: bool,
    allow_unlicensed: bool,
    desk: Desk,
    as_json: bool,
) -> int:
    """Fetch a library, show what would come, ask once, and pin its commit.

    URL is https://HOST/PATH, ssh://HOST/PATH or USER@HOST:PATH; REV is a tag, a branch or a
    commit. A library in a folder of its repository is URL[@REV]#subdirectory=FOLDER. What you
    agree to is remembered for this URL and these capabilities.
    """
    from dynasaur.pins import split
    from dynasaur.sources import add as adding

    address, revision = split(url)
    given = adding.offer(desk, address, revision, name=name, take=take)
    show(given)
    if not _approved(desk, given, trust=trust, allow_unlicensed=allow_unlicensed):
        say("nothing was added")
        return 1
    done = adding.add(desk, given)
    if as_json:
        about = given.snapshot.about
        document(
            {
                **fields(done),
                "url": about.url,
                "pinned": about.commit,
                "licence": about.licence,
                "signer": about.signer,
                "actions": len(given.snapshot.actions),
                "duplicates": given.duplicates,
                "capabilities": list(given.snapshot.capabilities),
                "packages": list(given.snapshot.packages),
            }
        )
        return 0
    click.echo(f"added: {done.source}")
    tell(done, as_json=False)
    return 0


@click.command("remove", short_help="Take a source away.")
@click.argument("name", shell_complete=complete_sources)
@library_option
@json_option
def remove(name: str, library_path: Path | None, as_json: bool) -> None:
    """Take the source NAME away, with what was vendored of it; refused while it is used."""
    from dynasaur.sources import add as adding

    done = adding.remove(open_desk(library_path), name)
    if not as_json:
        click.echo(f"removed: {name}")
    tell(done, as_json=as_json)


@click.command("sync", short_help="Install what the lock says.")
@click.option("--frozen", is_flag=True, help="Exactly the lock, or fail: for CI.")
@click.option("--trust", is_flag=True, help="Do not ask about new sources: you know them.")
@click.option("--allow-unlicensed", is_flag=True, help="Take them without a licence.")
@desk_options()
@json_option
def sync(
    frozen: bool,
    trust: bool,
    allow_unlicensed: bool,
    desk: Desk,
    as_json: bool,
) -> int:
    """Install what dynasaur.lock says; add and take what dynasaur.toml asks for besides.

    With --frozen nothing but the lock counts: it fails where dynasaur.toml asks for something
    else, and changes neither.
    """
    from dynasaur.sources import verify as verifying

    if frozen:
        restored = verifying.frozen(desk)
    else:
        _add_wanted(desk, trust=trust, allow_unlicensed=allow_unlicensed)
        restored = verifying.restore(desk)
        verifying.take_wanted(desk)
    left = [*verifying.differences(desk)]
    wrong = [one for one in verifying.verify(desk) if one.kind != "extra"]
    if as_json:
        told: list[Json] = [*left, *(one.message for one in wrong)]
        document({"restored": list(restored), "problems": told})
    else:
        for path in restored:
            click.echo(f"restored: {path}")
        for line in (*left, *(one.message for one in wrong)):
            say(line)
    return 1 if left or wrong else 0


def show(given: Offer) -> None:
    """Say what would come, on stderr: all of it is a stranger's text."""
    about = given.snapshot.about
    rows = [
        ("source", f"{about.url}  as {given.wish.name}"),
        ("commit", f"{about.commit}  ({given.ref})"),
        ("signer", about.signer),
        ("licence", about.licence or "NONE"),
        *(("licence", line) for line in _parts(given.snapshot.legal)),
        ("actions", f"{len(given.snapshot.actions):,}"),
        ("duplicates", f"{given.duplicates:,}  (in the library already, to the byte)"),
        ("capabilities", words(given.snapshot.capabilities)),
        ("packages", words(given.snapshot.packages)),
    ]
    if given.wish.take:
        rows.append(("takes", words(sorted(given.selection.pins), "nothing")))
    for key, value in rows:
        click.echo(plain(f"{key:>12}  {value}"), err=True)
    for pattern in given.idle:
        say(f"warning: it has no action {pattern}")
    for problem in about.problems[:5]:
        say(f"warning: {problem}")
    if len(about.problems) > 5:
        say(f"warning: {len(about.problems) - 5:,} more files are no actions")


def _parts(legal: Mapping[str, str]) -> list[str]:
    """The licences of parts of a source, where they have their own."""
    from dynasaur.pins.licence import licence_of

    found: dict[str, dict[str, str]] = {}
    for path, content in legal.items():
        folder, _, name = path.rpartition("/")
        found.setdefault(folder, {})[name] = content
    told = {folder: licence_of(texts) for folder, texts in sorted(found.items()) if folder}
    return [f"{licence}  (in {folder})" for folder, licence in told.items() if licence][:5]


def _approved(desk: Desk, given: Offer, *, trust: bool, allow_unlicensed: bool) -> bool:
    from dynasaur.pins import Address
    from dynasaur.sources.lookalike import lookalike
    from dynasaur.sources.trust import Trust, allowed

    about, known = given.snapshot.about, Trust()
    if not about.licence and not allow_unlicensed:
        raise FailureError(
            f"{about.url} has no licence, so nobody may use it: ask its owner, or say "
            "--allow-unlicensed"
        )
    pinned = (pin.url for pin in desk.lock().sources.values() if pin.url)
    trusted = map(Address.parse, {*known.urls, *pinned})
    if like := lookalike(given.wish.address, trusted):
        say(f"warning: this is not {like}, which you know: see that it is the one you mean")
    capabilities = given.snapshot.capabilities
    if trust or known.covers(about.url, capabilities) or allowed(given.wish.address, desk.allowed):
        return True
    say("capabilities are what its code shows; the boundary is the sandbox")
    if not agreed("Add it?", "look at what would come, then repeat with --trust"):
        return False
    known.grant(about.url, capabilities)
    return True


def _add_wanted(desk: Desk, *, trust: bool, allow_unlicensed: bool) -> None:
    """Add the sources that people wrote into the manifest."""
    from dynasaur.sources import add as adding

    pinned = desk.lock().sources
    for name, wish in desk.wishes().items():
        if name not in pinned:
            given = adding.offer_wish(desk, wish)
            show(given)
            if _approved(desk, given, trust=trust, allow_unlicensed=allow_unlicensed):
                adding.add(desk, given)
                click.echo(f"added: {name}")
