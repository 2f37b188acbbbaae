"""Libraries that lie in a folder of their repository: sources of a mono-repo, and users in one."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from tests.builders import sources
from tests.builders.git_server import GitServer
from tests.builders.repos import git
from tests.builders.sources import MIT, Team, action, commit, publish

AT = "#subdirectory="
TEXT = "libs/text"
MONO: dict[str, str | bytes] = {
    "LICENSE": "SPDX-License-Identifier: Apache-2.0\n",
    "README.md": "Everything of ours.\n",
    f"{TEXT}/NOTICE": "By us.\n",
    f"{TEXT}/actions/__init__.py": "",
    f"{TEXT}/actions/text/__init__.py": "",
    f"{TEXT}/actions/text/clean.py": action("clean"),
    f"{TEXT}/actions/text/shout.py": action(
        "shout", "return clean(text).upper()", top="from .clean import clean"
    ),
    "libs/web/LICENSE": MIT,
    "libs/web/actions/__init__.py": "",
    "libs/web/actions/web/fetch.py": action(
        "fetch", "return urlopen(text).read().decode()", top="from urllib.request import urlopen"
    ),
}

server, team = sources.server, sources.team


@pytest.fixture
def origin(server: GitServer, tmp_path: Path) -> Path:
    """A repository with two libraries, at version 1.0."""
    folder = server.folder / f"{tmp_path.name}.git"
    publish(folder, {**MONO, "actions/__init__.py": ""}, tag="v0")  # makes the repository
    commit(folder, MONO, tag="v1.0")
    return folder


@pytest.fixture
def url(server: GitServer, tmp_path: Path, origin: Path) -> str:
    return server.url(tmp_path.name)


def lock(team: Team) -> dict[str, dict[str, object]]:
    table = tomllib.loads((team.root / "dynasaur.lock").read_text())
    pins = [*table["source"], *table.get("module", [])]
    return {one.get("id") or one["name"]: one for one in pins}


def test_two_libraries_of_one_repository(
    team: Team, server: GitServer, url: str, origin: Path
) -> None:
    given = f"{url}@v1.0{AT}{TEXT}"
    shown = team.run("source", "add", given, "--trust")
    assert (shown.code, shown.out) == (0, "added: text\n"), shown.err
    for line in (f"source  {url}{AT}{TEXT}  as text", "licence  Apache-2.0", "capabilities  none"):
        assert line in shown.err
    asked = len(server.asked)
    team.did("source", "add", f"{url}{AT}libs/web/", "--take", "fetch", "--trust")
    assert len(server.asked) - asked <= 2  # its history is in the cache: only the references
    assert f"{url}{AT}{TEXT} is here already, as text" in team.refused(
        "source", "add", f"{url}{AT}{TEXT}", code=2
    )
    team.did("take", "text/shout")
    pins = lock(team)
    assert pins["text"]["url"] == f"{url}{AT}{TEXT}"
    assert pins["text"]["tree"] == git(origin, "rev-parse", f"v1.0:{TEXT}/actions")
    assert (pins["text"]["licence"], pins["web"]["licence"]) == ("Apache-2.0", "MIT")
    assert (pins["text"]["legal"], pins["web"]["legal"]) == (["LICENSE", "NOTICE"], ["LICENSE"])
    wanted = tomllib.loads((team.root / "dynasaur.toml").read_text())["sources"]
    assert wanted["text"] == {"url": f"{url}{AT}{TEXT}", "rev": "v1.0", "take": ["text/shout"]}
    tip = git(origin, "rev-parse", "v1.0")
    said = team.log("-1", "--format=%B")
    assert f"Dynasaur-Source: {url}@{tip}:{TEXT}/actions/text/shout.py\n" in said
    assert (team.root / "actions/vendor/text/NOTICE").read_text() == "By us.\n"
    assert team.did("source", "verify", "--online") == ""
    (team.root / "actions/vendor/text/text/clean.py").unlink()
    assert team.did("source", "sync", "--frozen", "--offline").endswith("text/clean.py\n")
    hits = json.loads(team.did("source", "search", "fetch", "--json"))
    assert hits[0]["name"] == "web/web/fetch"
    assert [one["url"] for one in json.loads(team.did("source", "list", "--json"))] == [
        f"{url}{AT}{TEXT}",
        f"{url}{AT}libs/web",
    ]


def test_an_update_of_one_folder(team: Team, url: str, origin: Path) -> None:
    team.did("source", "add", f"{url}@v1.0{AT}{TEXT}", "--take", "*", "--trust")
    newer = {**MONO, f"{TEXT}/actions/text/clean.py": action("clean", "return text.strip()")}
    tip = commit(origin, newer, tag="v1.1")
    assert team.run("source", "outdated").out.endswith("(v1.1)\n")
    shown = team.run("source", "diff", "text", "v1.1")
    assert "~ text/text/clean" in shown.out
    assert "fetch" not in shown.out
    team.did("source", "update", "text", "--to", "v1.1", "--yes")
    assert "text.strip()" in (team.root / "actions/vendor/text/text/clean.py").read_text()
    assert lock(team)["text"]["commit"] == tip
    assert f"{url}{AT}{TEXT}" in (team.root / "dynasaur.toml").read_text()
    commit(origin, {path: text for path, text in MONO.items() if "libs/web" in path}, tag="v1.2")
    said = team.refused("source", "update", "text", "--to", "v1.2", "--yes")
    assert said.endswith(f"has no folder {TEXT}; there are some in libs/web: add {AT}FOLDER")


BAD = {
    "": "no actions/ package; there are some in libs/text, libs/web: add #subdirectory=FOLDER",
    f"{AT}libs": "has no libs/actions/ package; there are some in libs/text, libs/web",
    f"{AT}libs/nothing": "has no folder libs/nothing; there are some in",
    f"{AT}README.md": "has no folder README.md",
    f"{AT}link": "has no folder link",
    f"{AT}link/text": "has no folder link",
    f"{AT}libs/../..": "'subdirectory=libs/../..' names no folder of a repository",
    f"{AT}-x": "names no folder",
    AT: "names no folder",
    f"#{TEXT}": "write #subdirectory=FOLDER",
    f"#egg=x&subdirectory={TEXT}": "write #subdirectory=FOLDER",
}


def test_folders_that_are_none(team: Team, url: str, origin: Path) -> None:
    commit(origin, {**MONO, "120000 link": "libs"})
    for end, said in BAD.items():
        code = 2 if "#subdirectory=FOLDER" in said and end else 1
        code = 2 if "names no folder" in said else code
        assert said in team.refused("source", "add", f"{url}{end}", "--trust", code=code), end


def test_what_is_trusted_is_one_folder(team: Team, url: str) -> None:
    """Both libraries are of one repository; each is asked about."""
    from dynasaur.sources.trust import Trust

    file = team.folder / "home" / "data" / "dynasaur" / "trust.toml"
    Trust(file).grant(f"{url}{AT}{TEXT}", [])
    team.did("source", "add", f"{url}{AT}{TEXT}")
    assert "nobody is there" in team.refused("source", "add", f"{url}{AT}libs/web", code=3)


def move_into(team: Team, folder: str) -> None:
    """The team's library goes into a folder of its repository, as in one that holds more."""
    inner = team.root / folder
    inner.mkdir(parents=True)
    git(team.root, "mv", "actions", f"{folder}/actions")
    team.commit("move the library")
    team.root = inner


def test_give_between_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: GitServer, url: str, origin: Path
) -> None:
    bea = Team(tmp_path / "bea", monkeypatch)
    top = bea.root
    (top / "notes.txt").write_text("by hand")
    move_into(bea, "ours/the actions")
    bea.did("source", "add", f"{url}{AT}{TEXT}", "--name", "acme", "--take", "shout", "--trust")
    assert git(top, "ls-files", "--", "*.lock") == "ours/the actions/dynasaur.lock"
    clean = "actions/vendor/acme/text/clean.py"
    bea.edit(clean, 'text + " clean"', 'text + " cleaned"')
    own = bea.root / "actions/text/whisper.py"
    own.parent.mkdir()
    (own.parent / "__init__.py").touch()
    imported = "from ..vendor.acme.text.clean import clean"
    own.write_text(action("whisper", "return clean(text).lower()", top=imported))
    bea.commit("add text/whisper")
    given = ("give", "acme/text/clean", "whisper", "--to", "acme", "--yes")
    assert "a fork has the library where" in bea.refused(*given, "--fork", f"{url}{AT}x", code=2)
    done = bea.run(*given)
    assert done.code == 0, done.err
    branch = done.out.split()[1]
    changed = git(origin, "diff", "--name-status", "main", branch).splitlines()
    assert changed == [
        f"M\t{TEXT}/actions/text/clean.py",
        f"A\t{TEXT}/actions/text/whisper.py",
    ]
    assert "from .clean import clean" in git(
        origin, "show", f"{branch}:{TEXT}/actions/text/whisper.py"
    )
    assert f"/compare/{branch}" in done.err
    assert "subdirectory" not in done.err
    git(origin, "update-ref", "refs/heads/main", f"refs/heads/{branch}")
    bea.did("source", "update", "acme", "--yes")
    assert lock(bea)["acme/text/clean"]["modified"] is False
    assert git(top, "status", "--porcelain") == ""


def test_licences_of_parts_travel_with_them(team: Team, server: GitServer, tmp_path: Path) -> None:
    """What a source has itself from elsewhere keeps its licence; so does a category."""
    name, gpl = f"parts-{tmp_path.name}", "SPDX-License-Identifier: GPL-3.0-only\n"
    folder = server.folder / f"{name}.git"
    imported = "from ..vendor.beta.text.trim import trim"
    files: dict[str, str | bytes] = {
        "actions/text/clean.py": action("clean"),
        "actions/text/tidy.py": action("tidy", "return trim(text)", top=imported),
        "actions/vendor/beta/text/trim.py": action("trim"),
        "actions/vendor/beta/LICENSE": gpl,
        "actions/vendor/beta/NOTICE": "By beta.\n",
        "actions/web/COPYING": gpl,
        "actions/web/license.py": action("license"),
        "120000 link/LICENSE": "/etc/passwd",
    }
    publish(folder, files)
    shown = team.run("source", "add", server.url(name), "--name", "acme", "--trust")
    for line in ("MIT", "GPL-3.0-only  (in vendor/beta)", "GPL-3.0-only  (in web)"):
        assert f"     licence  {line}\n" in shown.err
    team.did("take", "acme/clean")
    assert lock(team)["acme"]["legal"] == ["LICENSE"]
    team.did("take", "acme/tidy")
    assert lock(team)["acme"]["legal"] == ["LICENSE", "vendor/beta/LICENSE", "vendor/beta/NOTICE"]
    assert lock(team)["acme"]["licence"] == "MIT"
    paper = team.root / "actions/vendor/acme/vendor/beta/LICENSE"
    assert paper.read_text() == gpl
    paper.unlink()
    assert "vendor/beta/LICENSE is missing" in team.run("source", "verify").out
    team.did("source", "sync", "--frozen", "--offline")
    assert paper.read_text() == gpl
    team.did("take", "acme/license")
    assert team.did("source", "verify") == ""
    commit(
        folder,
        {
            "LICENSE": MIT,
            "actions/text/clean.py": action("clean"),
            **{
                path: text for path, text in files.items() if path.startswith("actions/web/license")
            },
        },
    )
    manifest = team.root / "dynasaur.toml"
    manifest.write_text(manifest.read_text().replace(', "text/tidy"', ""))
    team.commit("want less")
    team.did("source", "update", "acme", "--yes")
    assert lock(team)["acme"]["legal"] == ["LICENSE"]
    assert not paper.exists()
    assert team.did("source", "verify") == ""
