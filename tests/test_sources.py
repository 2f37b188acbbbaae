"""Sharing libraries, through the command line and over real HTTP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from dynasaur.store import base_path
from tests.builders import sources
from tests.builders.git_server import GitServer
from tests.builders.repos import git, is_noted
from tests.builders.sources import Team, action, commit, publish

TEXT: dict[str, str | bytes] = {
    "actions/text/__init__.py": "",
    "actions/text/_strip.py": "def strip(text: str) -> str:\n    return text.strip()\n",
    "actions/text/clean.py": action("clean", "return strip(text)", top="from ._strip import strip"),
    "actions/text/shout.py": action(
        "shout", "return clean(text).upper()", top="from .clean import clean"
    ),
    "actions/web/__init__.py": "",
    "actions/web/fetch.py": action(
        "fetch", "return urlopen(text).read().decode()", top="from urllib.request import urlopen"
    ),
}

server, team = sources.server, sources.team


@pytest.fixture
def url(server: GitServer, tmp_path: Path) -> str:
    """A source that is published at version 1.0."""
    publish(server.folder / f"{tmp_path.name}.git", TEXT, tag="v1.0")
    return server.url(tmp_path.name)


@pytest.fixture
def origin(server: GitServer, tmp_path: Path, url: str) -> Path:
    """That source's repository."""
    return server.folder / f"{tmp_path.name}.git"


def lock(team: Team) -> dict[str, list[dict[str, object]]]:
    return tomllib.loads((team.root / "dynasaur.lock").read_text())


def ids(team: Team) -> list[object]:
    return [one["id"] for one in lock(team)["module"]]


# --- add and take ---------------------------------------------------------------------------------


def test_add_tells_what_the_library_has_already(team: Team, server: GitServer) -> None:
    """Its own, a source's and the built-in source's count, one of other bytes does not."""
    own, base = team.root / "actions" / "web" / "fetch.py", base_path() / "stats" / "mean.py"
    own.parent.mkdir()
    own.write_text(str(TEXT["actions/web/fetch.py"]))
    for name, more in (("one", {}), ("two", {"actions/stats/mean.py": base.read_bytes()})):
        other = {"actions/text/clean.py": str(TEXT["actions/text/clean.py"]) + "\n"}
        changed = other if name == "two" else {}
        publish(server.folder / f"known-{name}.git", {**TEXT, **changed, **more})
    words = ("--take", "shout", "--trust")
    one = team.run("source", "add", server.url("known-one"), *words)
    assert "  duplicates  1  (in the library already, to the byte)\n" in one.err
    two = team.run("source", "add", server.url("known-two"), "--trust", "--json")
    assert (two.json["actions"], two.json["duplicates"]) == (4, 3)  # all but its own clean


def test_add_asks_once_and_pins(team: Team, url: str, origin: Path) -> None:
    assert "nobody is there to ask" in team.refused("source", "add", f"{url}@v1.0", code=3)
    done = team.run("source", "add", f"{url}@v1.0", "--name", "acme", "--trust")
    tip = git(origin, "rev-parse", "v1.0")
    for shown in (tip, "signer  none", "licence  MIT", "actions  3", "capabilities  network"):
        assert shown in done.err
    assert done.out == "added: acme\n"
    (source,) = lock(team)["source"]
    assert (source["commit"], source["ref"]) == (tip, "refs/tags/v1.0")
    assert source["tree"] == git(origin, "rev-parse", "v1.0:actions")
    assert "module" not in lock(team)
    assert not (team.root / "actions" / "vendor").exists()
    assert json.loads(team.did("source", "list", "--json"))[0]["name"] == "acme"


def test_take_vendors_the_closure_in_one_commit(team: Team, url: str, origin: Path) -> None:
    team.did("source", "add", url, "--name", "acme", "--trust")
    before = team.log("--format=%H")
    taken = team.did("take", "acme/shout")
    assert taken.splitlines() == [f"took: acme/text/{one}" for one in ("_strip", "clean", "shout")]
    assert ids(team) == ["acme/text/_strip", "acme/text/clean", "acme/text/shout"]
    assert len(team.log("--format=%H").splitlines()) == len(before.splitlines()) + 1
    assert is_noted(team.root), "for the history"
    assert git(team.root, "status", "--porcelain") == ""
    vendored = team.root / "actions/vendor/acme"
    assert (vendored / "LICENSE").read_text() == git(
        origin, "cat-file", "-p", "main:LICENSE"
    ) + "\n"
    for path in ("text/clean.py", "text/_strip.py", "text/shout.py"):
        assert (vendored / path).read_bytes() == bytes(TEXT[f"actions/{path}"], "utf-8")  # type: ignore[arg-type]
    tip = git(origin, "rev-parse", "main")
    said = team.log("-1", "--format=%B")
    assert said.startswith("take acme/text/shout\n")
    assert f"Dynasaur-Source: {url}@{tip}:actions/text/shout.py" in said
    assert "Dynasaur-Licence: MIT" in said
    assert team.did("source", "verify") == ""
    assert team.run("check").code == 0


def test_names_of_sources_do_not_fall_through(team: Team, url: str, server: GitServer) -> None:
    publish(server.folder / "other.git", {**TEXT, "actions/text/clean.py": action("clean")})
    team.did("source", "add", url, "--name", "acme", "--take", "text/clean", "--trust")
    team.did("source", "add", server.url("other"), "--name", "beta", "--take", "clean", "--trust")
    assert {"acme/text/clean", "beta/text/clean"} <= set(ids(team))
    said = team.refused("show", "clean")
    assert said == "no action 'clean': did you mean acme/text/clean, beta/text/clean?"
    assert team.refused("show", "text/clean").startswith("no action 'text/clean'")
    assert "return strip(text)" in team.did("show", "acme/clean")
    assert 'return text + " clean"' in team.did("show", "beta/text/clean")
    assert team.refused("show", "fetch").endswith("acme/web/fetch, beta/web/fetch?")
    found = json.loads(team.did("source", "search", "fetch", "--json"))
    assert [one["name"] for one in found][:2] == ["acme/web/fetch", "beta/web/fetch"]
    (team.root / "actions" / "text").mkdir()
    (team.root / "actions" / "text" / "clean.py").write_text(action("clean", summary="Ours."))
    assert "Ours." in team.did("show", "clean")
    hits = json.loads(team.did("search", "clean", "--json"))
    assert hits[0]["source"] == "local"


def test_taken_actions_run_under_their_own_package(team: Team, url: str) -> None:
    team.did("source", "add", url, "--name", "acme", "--take", "text/*", "--trust")
    code = "from actions.vendor.acme.text.shout import shout; print(shout('  a '))"
    done = subprocess.run([sys.executable, "-c", code], cwd=team.root, capture_output=True)
    assert (done.stdout, done.stderr) == (b"A\n", b"")


def test_what_is_taken_runs_only_as_it_was_approved(team: Team, url: str) -> None:
    """An edit may change what a taken action does, not what it reaches for."""
    team.did("source", "add", url, "--name", "acme", "--take", "text/*", "--trust")
    call = ("call", "acme/text/shout", "a")
    assert team.did(*call) == "A\n"
    done = team.run("call", "--sandbox", "none", "acme/text/shout", "a")
    assert (done.code, done.out) == (1, "")
    assert "acme/text/_strip is another library's: it runs only in the sandbox" in done.err
    helper = "actions/vendor/acme/text/_strip.py"
    team.edit(helper, "text.strip()", "text.strip() + '?'")
    assert team.did(*call) == "A?\n"
    team.edit(helper, "def strip", "import socket\n\n\ndef strip")
    team.edit(helper, "return text", "socket.create_connection(('a', 1))\n    return text")
    assert "reaches for more than was approved: network" in team.refused(*call)


def test_nothing_of_other_libraries_is_tried_outside_of_the_sandbox(
    team: Team, url: str, tmp_path: Path
) -> None:
    """The gate runs what it judges, with all that this needs: here it refuses, and ran nothing."""
    team.did("source", "add", url, "--name", "acme", "--take", "text/*", "--trust")
    ran = tmp_path / "ran"
    helper = "actions/vendor/acme/text/_strip.py"
    team.edit(helper, "def strip", f"open({str(ran)!r}, 'w').close()\n\n\ndef strip")
    mine = tmp_path / "mine.py"
    top = "from actions.vendor.acme.text.shout import shout"
    mine.write_text(action("call_out", "return shout(text)", top=top))
    settings = team.folder / "home" / ".config" / "dynasaur" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("sandbox = 'none'\n")
    done = team.run("add", mine)
    assert "acme/text/_strip is another library's: it runs only in the sandbox" in done.err
    assert done.code == 1
    assert not ran.exists()
    mine.write_text(action("call_in"))
    assert team.run("add", mine).code == 0


def test_trust_is_by_address_and_capabilities(
    team: Team, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dynasaur.sources.trust import Trust

    file = team.folder / "home" / "data" / "dynasaur" / "trust.toml"
    Trust(file).grant(url, ["network"])
    team.did("source", "add", url, "--name", "acme")
    team.did("source", "remove", "acme")
    Trust(file).grant("https://example.org/x", ["network"])
    file.write_text(file.read_text().replace('["network"]', "[]"))
    assert "nobody is there" in team.refused("source", "add", url, code=3)


def test_a_source_without_a_licence(team: Team, server: GitServer) -> None:
    publish(server.folder / "bare.git", {**TEXT, "LICENSE": ""})
    commit(server.folder / "bare.git", {**TEXT})
    bare = server.url("bare")
    assert "no licence" in team.refused("source", "add", bare, "--trust")
    team.did("source", "add", bare, "--trust", "--allow-unlicensed")


def test_remove(team: Team, url: str) -> None:
    (team.root / "dynasaur.toml").write_text("# ours\n\n[[accept]]\nfingerprint = 'x'\n")
    git(team.root, "add", ".")
    git(team.root, "commit", "--quiet", "-m", "manifest")
    team.did("source", "add", url, "--name", "acme", "--take", "text/clean", "--trust")
    (team.root / "actions" / "own.py").write_text(
        action("own", "return clean(text)", top="from .vendor.acme.text.clean import clean")
    )
    assert "own.py import" in team.refused("source", "remove", "acme")
    (team.root / "actions" / "own.py").unlink()
    team.did("source", "remove", "acme")
    assert not (team.root / "actions/vendor/acme/text/clean.py").exists()
    assert "acme" not in (team.root / "dynasaur.lock").read_text()
    manifest = (team.root / "dynasaur.toml").read_text()
    assert "acme" not in manifest
    assert "# ours" in manifest
    assert git(team.root, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("take", "acme/cleen"), 1, "did you mean acme/clean?"),
        (("take", "acme/zzzz"), 1, "`dynasaur source search` finds what acme has"),
        (("take", "clean"), 2, "write SOURCE/NAME"),
        (("take", "acme/clean", "beta/clean"), 2, "one source at a time"),
        (("take", "beta/clean"), 2, "no source 'beta': there are acme"),
        (
            ("take", "base/mean"),
            2,
            "base is the built-in source: its actions are always there",
        ),
        (("take", "local/mean"), 2, "local is this library itself"),
        (("source", "remove", "base"), 2, "base is the built-in source"),
        (("take", "acme/*"), 1, "has several *"),
        (("take", "acme/text/shout"), 2, "taken already"),
        (("source", "add", "URL"), 2, "is here already, as acme"),
        (("source", "add", "OTHER", "--name", "acme"), 2, "there is another source acme"),
        (("source", "remove", "beta"), 2, "no source 'beta'"),
        (("source", "diff", "beta"), 2, "no source 'beta'"),
        (("source", "update", "acme", "--to", "v9"), 2, "has no revision 'v9': there are"),
    ],
)
def test_bad_input(shared: tuple[Team, str], words: tuple[str, ...], code: int, said: str) -> None:
    team, url = shared
    given = [url if one == "URL" else f"{url}x" if one == "OTHER" else one for one in words]
    assert said in team.refused(*given, code=code)


@pytest.fixture(scope="module")
def shared(
    server: GitServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Team, str]]:
    """A library with a source, for what changes nothing."""
    with pytest.MonkeyPatch.context() as patch:
        team = Team(tmp_path_factory.mktemp("shared") / "ada", patch)
        publish(server.folder / "shared.git", TEXT)
        url = server.url("shared")
        team.did("source", "add", url, "--name", "acme", "--take", "shout", "--trust")
        yield team, url


# --- update ---------------------------------------------------------------------------------------


def test_updates_are_never_implicit(team: Team, url: str, origin: Path) -> None:
    assert "has no sources yet" in team.run("source", "outdated").err
    team.did("source", "add", url, "--name", "acme", "--take", "text/*", "--trust")
    still = team.run("source", "outdated")
    assert (still.code, still.err) == (0, "dynasaur: nothing is newer\n")
    new = {**TEXT, "actions/text/clean.py": action("clean", "return text.strip()", top="import re")}
    new["actions/text/more.py"] = action("more")
    tip = commit(origin, {"LICENSE": "MIT License", **_licence(origin), **new})
    done = team.run("source", "outdated")
    assert (done.code, tip[:12] in done.out) == (1, True)
    assert team.run("source", "sync", "--frozen").code == 0
    shown = team.run("source", "diff", "acme")
    assert shown.code == 1
    assert "~ acme/text/clean" in shown.out
    assert "+ acme/text/more" in shown.out
    assert "repeat with --yes" in team.refused("source", "update", "acme", code=3)
    team.did("source", "update", "acme", "--yes")
    assert "acme/text/more" in ids(team)
    assert "acme/text/_strip" not in ids(team)
    assert not (team.root / "actions/vendor/acme/text/_strip.py").exists()
    assert team.did("source", "verify") == ""


def _licence(origin: Path) -> dict[str, str | bytes]:
    return {"LICENSE": git(origin, "cat-file", "-p", "main:LICENSE") + "\n"}


def test_what_an_update_refuses(team: Team, url: str, origin: Path) -> None:
    team.did("source", "add", f"{url}@v1.0", "--name", "acme", "--take", "text/clean", "--trust")
    old, lic = git(origin, "rev-parse", "main"), _licence(origin)
    evil = action(
        "clean",
        "import os; os.system(text)\n    return text",
        head='# /// script\n# dependencies = ["evil>=1"]\n# ///\n',
    )
    new = commit(
        origin,
        {
            **TEXT,
            **lic,
            "actions/text/clean.py": evil,
            "LICENSE": "GNU General Public License version 3",
        },
    )
    done = team.run("source", "update", "acme", "--to", new, "--yes")
    assert done.code == 1
    for said in ("acme/text/clean gains subprocess", "needs evil>=1", "licence is GPL-3.0-only"):
        assert f"{said}" in done.err
    team.did("source", "update", "acme", "--to", new, "--yes", "--accept")
    assert "a downgrade" in team.run("source", "update", "acme", "--to", old, "--yes").err
    other = commit(origin, {**TEXT, **lic}, branch="side", orphan=True)
    assert "does not follow" in team.run("source", "update", "acme", "--to", other, "--yes").err
    assert "acme/text/clean" in ids(team)


def test_held_young_and_missing(team: Team, url: str, origin: Path) -> None:
    team.did("source", "add", url, "--name", "acme", "--take", "text/clean", "--trust")
    commit(origin, {**TEXT, **_licence(origin), "actions/text/clean.py": action("clean")})
    git(origin, "commit-tree", "main^{tree}", "-m", "x")
    assert "no revision 'v9'" in team.refused("source", "update", "acme", "--to", "v9", code=2)
    assert "younger" in team.refused("source", "update", "acme", "--yes", "--min-age", "900w")
    assert "must be like" in team.refused("source", "update", "acme", "--min-age", "x", code=2)
    team.edit("dynasaur.toml", "[sources.acme]", "[sources.acme]\nhold = true")
    assert "is held" in team.refused("source", "update", "acme", code=2)
    assert "no source 'x': there are acme" in team.refused("source", "update", "x", code=2)


# --- verify, sync, offline -----------------------------------------------------------------------


def test_verify_and_sync(team: Team, url: str) -> None:
    team.did("source", "add", url, "--name", "acme", "--take", "text/*", "--trust")
    vendored = team.root / "actions/vendor/acme/text"
    (vendored / "clean.py").unlink()
    (vendored / "shout.py").write_text("changed = True\n")
    os.mkfifo(vendored / "extra.py")
    done = team.run("source", "verify", "--json")
    kinds = {one["what"].rpartition("/")[2]: one["kind"] for one in done.json}
    assert (done.code, kinds) == (
        1,
        {"clean.py": "missing", "shout.py": "changed", "extra.py": "extra"},
    )
    assert team.run("source", "sync", "--frozen").code == 1
    git(team.root, "checkout", "--quiet", "--", "actions/vendor/acme/text/shout.py")
    (vendored / "clean.py").unlink()
    (vendored / "extra.py").unlink()
    assert "restored: actions/vendor/acme/text/clean.py" in team.did("source", "sync", "--frozen")
    assert git(team.root, "status", "--porcelain") == ""


def test_sync_installs_what_people_wrote(team: Team, url: str) -> None:
    (team.root / "dynasaur.toml").write_text(f'# wanted\n[sources.acme]\nurl = "{url}"  # here\n')
    git(team.root, "add", ".")
    git(team.root, "commit", "--quiet", "-m", "want acme")
    assert "not in dynasaur.lock" in team.refused("source", "sync", "--frozen")
    assert "nobody is there" in team.refused("source", "sync", code=3)
    team.did("source", "sync", "--trust")
    team.edit("dynasaur.toml", "  # here", '  # here\ntake = ["clean"]')
    assert "takes acme/text/clean" in team.refused("source", "sync", "--frozen")
    team.did("source", "sync")
    assert "acme/text/clean" in ids(team)
    text = (team.root / "dynasaur.toml").read_text()
    assert text.startswith("# wanted\n")
    assert "# here" in text


def test_offline_works_from_the_shared_cache(
    team: Team, url: str, server: GitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "not in the cache" in team.refused("source", "add", url, "--offline", "--trust")
    team.did("source", "add", url, "--name", "acme", "--trust")
    asked = len(server.asked)
    team.did("take", "acme/shout", "--offline")
    team.did("source", "update", "acme", "--offline", "--yes")
    team.did("source", "sync", "--frozen", "--offline")
    team.did("init", team.folder / "second")
    team.did("source", "add", url, "--offline", "--trust", "--library", team.folder / "second")
    assert len(server.asked) == asked
    assert json.loads(team.did("cache", "gc", "--json"))["removed"] == 0
    assert json.loads(team.did("cache", "gc", "--older-than", "0", "--json"))["removed"] == 2
    assert "not in the cache" in team.did("source", "list")
    assert "not in the cache" in team.refused("source", "update", "acme", "--offline")
    team.did("source", "sync")
    assert "not in the cache" not in team.did("source", "list")


# --- merging --------------------------------------------------------------------------------------


def test_edits_are_merged_and_clashes_resolved(team: Team, url: str, origin: Path) -> None:
    team.did("source", "add", url, "--name", "acme", "--take", "text/clean", "--trust")
    path = "actions/vendor/acme/text/clean.py"
    team.edit(path, "return strip(text)", "return strip(text).lower()")
    assert "changed by hand" in team.run("source", "verify").out
    mine = TEXT["actions/text/clean.py"]
    assert isinstance(mine, str)
    commit(
        origin,
        {
            **TEXT,
            **_licence(origin),
            "actions/text/clean.py": mine.replace('"""Text with', '"""A text with', 1),
        },
    )
    team.did("source", "update", "acme", "--yes")
    text = (team.root / path).read_text()
    assert "A text with" in text
    assert ".lower()" in text
    pin = next(one for one in lock(team)["module"] if one["id"] == "acme/text/clean")
    assert pin["modified"] is True
    assert team.did("source", "verify") == ""

    commit(
        origin,
        {
            **TEXT,
            **_licence(origin),
            "actions/text/clean.py": mine.replace("strip(text)", "strip(text).upper()"),
        },
    )
    said = team.refused("source", "update", "acme", "--yes")
    assert "clash; resolve them in" in said
    waiting = Path(said.partition("resolve them in ")[2].partition(", then")[0])
    assert "<<<<<<< yours" in waiting.read_text()
    assert team.refused("source", "update", "acme", "--yes") == said
    waiting.write_text(mine.replace("strip(text)", "strip(text).title()"))
    team.did("source", "update", "acme", "--yes")
    assert ".title()" in (team.root / path).read_text()
    assert team.did("source", "verify") == ""
    assert not waiting.exists()


def test_edits_that_are_not_committed_are_in_the_way(team: Team, url: str, origin: Path) -> None:
    team.did("source", "add", url, "--name", "acme", "--take", "text/clean", "--trust")
    commit(origin, {**TEXT, **_licence(origin), "actions/text/clean.py": action("clean")})
    file = team.root / "actions/vendor/acme/text/clean.py"
    file.write_text(file.read_text() + "# draft\n")
    assert "not committed" in team.refused("source", "update", "acme", "--yes")
    (team.root / "dynasaur.lock").write_text((team.root / "dynasaur.lock").read_text() + "\n")
    assert "dynasaur.lock has changes that are not committed" in team.refused("take", "acme/shout")


# --- what an admission vendors --------------------------------------------------------------------


def test_the_public_index(team: Team, tmp_path: Path) -> None:
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
    from threading import Event, Thread

    over = Event()

    (tmp_path / "index.json").write_text(
        json.dumps(
            {
                "version": 1,
                "sources": [
                    {
                        "url": "https://example.org/a",
                        "summary": "Tables.\x1b[31m",
                        "actions": ["x/read_table"],
                    },
                    {"url": "https://example.org/b", "summary": "Web."},
                ],
            }
        )
    )
    (tmp_path / "bad.json").write_text('{"version": 2}')

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *given: object) -> None:
            super().__init__(*given, directory=str(tmp_path))  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            """Nothing."""

        def do_GET(self) -> None:
            if self.path != "/slow":
                return super().do_GET()
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                while not over.wait(0.1):
                    self.wfile.write(b" ")
            return None

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        Thread(target=http.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{http.server_port}"
        done = team.run("source", "search", "read", "table", "--index", f"{base}/index.json")
        assert "https://example.org/a" in done.out
        assert "\x1b" not in done.out
        assert "https://example.org/b" not in done.out
        assert "version" in team.refused("source", "search", "x", "--index", f"{base}/bad.json")
        assert "not found" in team.refused("source", "search", "x", "--index", f"{base}/none.json")
        for one in ('{"version": 1, "sources": [1]}', '{"version": 1, "sources": {"a": 1}}', "[]"):
            (tmp_path / "bad.json").write_text(one)
            said = team.refused("source", "search", "x", "--index", f"{base}/bad.json")
            assert said.endswith("is no index of sources")
        (tmp_path / "folder").mkdir()
        said = team.refused("source", "search", "x", "--index", f"{base}/folder")
        assert said.endswith(
            "it redirects to another address, which is not followed: give that one"
        )
        slow = ("--index", f"{base}/slow", "--timeout", "0.5")
        assert "is too slow" in team.refused("source", "search", "x", *slow)
        over.set()
        http.shutdown()
