"""One team publishes, another adds, takes, edits, updates, resolves and gives back; over HTTP."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dynasaur.pins import Lock, dump_lock, h1, read_lock
from tests.builders.git_server import GitServer, Manner
from tests.builders.repos import git
from tests.builders.sources import MIT, Team

CLEAN = '''"""Text."""

def clean(text: str) -> str:
    """Text without blanks at its ends.

    Args:
        text: The text.

    Returns:
        The text that is left.

    Examples:
        >>> clean("  a ")
        'a'
    """
    left = text.strip()
    return left
'''

SHOUT = '''"""Text."""

from .clean import clean


def shout(text: str) -> str:
    """Text in capitals, blanks at its ends removed.

    Args:
        text: The text.

    Returns:
        The loud text.

    Examples:
        >>> shout(" a")
        'A'
    """
    return clean(text).upper()
'''

WHISPER = '''# /// script
# [tool.dynasaur]
# origin = "initial"
# ///
"""Text in small letters."""

from ..vendor.acme.text.clean import clean


def whisper(text: str) -> str:
    """Text in small letters, blanks at its ends removed.

    Args:
        text: The text.

    Returns:
        The quiet text.

    Examples:
        >>> whisper(" A")
        'a'
    """
    return clean(text).lower()
'''


LOUD = '''
from actions.vendor.acme.text.shout import shout


def loud_mean(numbers: list[float], unit: str) -> str:
    """Mean of numbers with its unit in capitals.

    Args:
        numbers: The numbers.
        unit: The unit.

    Returns:
        The mean and the unit.

    Examples:
        >>> loud_mean([1.0, 3.0], "kg ")
        '2.0 KG'
    """
    return f"{mean(numbers)} {shout(unit)}"
'''


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    folder = tmp_path / "server"
    for name in ("acme", "fork"):
        (folder / f"{name}.git").mkdir(parents=True)
        git(folder / f"{name}.git", "init", "--quiet", "--bare", "--initial-branch=main")
        git(folder / f"{name}.git", "config", "http.receivepack", "true")
    with GitServer(folder) as server:
        yield server


def own(team: Team, path: str, text: str, subject: str) -> None:
    """A person of a team writes an action, and commits it."""
    file = team.root / "actions" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    (file.parent / "__init__.py").touch()
    file.write_text(text)
    team.commit(subject)


def push(team: Team, url: str, *what: str) -> None:
    """With the name and the password that the server may ask for."""
    url = url.replace("://", "://ada:secret@")
    git(team.root, "push", "--quiet", url, *what)


def pin(team: Team, id_: str) -> dict[str, object]:
    table = tomllib.loads((team.root / "dynasaur.lock").read_text())
    found: dict[str, object] = next(one for one in table["module"] if one["id"] == id_)
    return found


@pytest.mark.slow
def test_the_whole_story(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: GitServer
) -> None:
    ada, bea = Team(tmp_path / "ada", monkeypatch), Team(tmp_path / "bea", monkeypatch)
    url, fork = server.url("acme"), server.url("fork")

    # Ada publishes version 1.0.
    (ada.root / "LICENSE").write_text(MIT)
    own(ada, "text/clean.py", CLEAN, "add text/clean")
    own(ada, "text/shout.py", SHOUT, "add text/shout")
    git(ada.root, "tag", "v1.0")
    push(ada, url, "HEAD:main", "v1.0")

    # Bea adds it, behind a password that her credential helper knows, and takes an action.
    server.manner = Manner(password="secret")
    assert "credential helper" in bea.refused("source", "add", f"{url}@v1.0", "--trust")
    helper = "!f() { echo username=ada; echo password=secret; }; f"
    config = bea.folder / "home" / ".gitconfig"
    config.write_text(config.read_text() + f'[credential]\n\thelper = "{helper}"\n')
    bea.did("source", "add", f"{url}@v1.0", "--name", "acme", "--trust")
    taken = bea.did("take", "acme/text/shout").splitlines()
    assert taken == ["took: acme/text/clean", "took: acme/text/shout"]
    first = git(ada.root, "rev-parse", "v1.0")
    said = bea.log("-1", "--format=%an%n%B")
    assert said.startswith("Bea\ntake acme/text/shout\n")
    assert f"Dynasaur-Source: {url}@{first}:actions/text/shout.py" in said

    # She uses it in an action of her own, and edits what she took.
    own(bea, "text/whisper.py", WHISPER, "add text/whisper: quiet\n\nDynasaur-Run: r1")
    clean = "actions/vendor/acme/text/clean.py"
    bea.edit(clean, "text.strip()", "text.strip().strip('.')")
    assert bea.run("source", "verify").code == 1

    # Ada publishes 1.1, which clashes with that edit; Bea resolves it.
    ada.edit("actions/text/clean.py", "left = text.strip()", "left = text.strip('\\t ')")
    git(ada.root, "tag", "v1.1")
    push(ada, url, "HEAD:main", "v1.1")
    assert bea.run("source", "outdated").out.endswith("(v1.1)\n")
    said = bea.refused("source", "update", "acme", "--to", "v1.1", "--yes")
    waiting = Path(said.partition("resolve them in ")[2].partition(", then")[0])
    text = waiting.read_text()
    start, end = text.index("<<<<<<<"), text.index("\n", text.index(">>>>>>>")) + 1
    ours = "    left = text.strip('\\t .')\n"
    waiting.write_text(text[:start] + ours + text[end:])
    bea.did("source", "update", "acme", "--to", "v1.1", "--yes")
    second = git(ada.root, "rev-parse", "v1.1")
    assert ours in (bea.root / clean).read_text()
    assert pin(bea, "acme/text/clean")["modified"] is True
    assert pin(bea, "acme/text/shout")["modified"] is False
    assert f"{url}@{second}" in bea.log("-1", "--format=%B")
    assert 'rev = "v1.1"' in (bea.root / "dynasaur.toml").read_text()
    assert bea.did("source", "verify", "--online") == ""

    # She gives both back: her own action, and her edit of theirs, as a branch of her fork.
    assert "nobody is there" in bea.refused("give", "whisper", "--to", "acme", code=3)
    given = ("give", "acme/text/clean", "whisper", "--to", "acme", "--fork", fork, "--yes")
    done = bea.run(*given)
    assert done.code == 0, done.err
    branch = done.out.split()[1]
    assert "open a pull request at https://127.0.0.1/" in done.err
    there = server.folder / "fork.git"
    told = git(there, "log", "--reverse", "--format=%an|%s|%(trailers:key=Dynasaur-Run,valueonly)",
               f"{second}..{branch}").split("\n")  # fmt: skip
    assert [line for line in told if line] == [
        "Bea|revise text/clean: Text without blanks at its ends.|",
        "Bea|add text/whisper: Text in small letters, blanks at its ends removed.|r1",
    ]
    assert "from .clean import clean" in git(there, "show", f"{branch}:actions/text/whisper.py")
    assert ours.strip() in git(there, "show", f"{branch}:actions/text/clean.py")
    assert git(there, "merge-base", second, branch) == second

    # Ada merges it; Bea's next update finds her own edits there, and nothing is modified any more.
    git(ada.root, "fetch", "--quiet", fork.replace("://", "://ada:secret@"), branch)
    git(ada.root, "merge", "--quiet", "--ff-only", "FETCH_HEAD")
    assert ada.run("check").code == 0
    git(ada.root, "tag", "v1.2")
    push(ada, url, "HEAD:main", "v1.2")
    bea.did("source", "update", "acme", "--to", "v1.2", "--yes")
    assert pin(bea, "acme/text/clean")["modified"] is False
    assert "no edits of yours" in bea.refused("give", "acme/text/clean", "--to", "acme", "--yes")
    assert bea.did("source", "verify", "--online") == ""
    assert git(bea.root, "status", "--porcelain") == ""


def taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: GitServer) -> tuple[Team, Team]:
    """Ada, who has published `clean` as acme, and Bea, who has taken it."""
    ada, bea = Team(tmp_path / "ada", monkeypatch), Team(tmp_path / "bea", monkeypatch)
    (ada.root / "LICENSE").write_text(MIT)
    own(ada, "text/clean.py", CLEAN, "add text/clean")
    push(ada, server.url("acme"), "HEAD:main")
    bea.did("source", "add", server.url("acme"), "--name", "acme", "--take", "clean", "--trust")
    return ada, bea


def test_a_gift_becomes_a_pull_request_where_gh_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: GitServer
) -> None:
    _, bea = taken(tmp_path, monkeypatch, server)
    people = "Co-authored-by: Cid <c@example.org>\nCo-authored-by: Dee <d@example.org>"
    said = f"Dynasaur-Run: r1\n{people}\nReviewed-on: https://build.corp.internal/7"
    own(bea, "text/whisper.py", WHISPER, f"add text/whisper\n\n{said}")
    asked = tmp_path / "asked"
    gh = tmp_path / "bin" / "gh"
    gh.parent.mkdir()
    gh.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {asked}\necho https://example.org/pull/7\n')
    gh.chmod(0o755)
    monkeypatch.setenv("PATH", str(gh.parent), prepend=os.pathsep)
    done = bea.run("give", "whisper", "--to", "acme", "--draft", "--yes")
    assert done.code == 0, done.err
    assert "asked for a review: https://example.org/pull/7" in done.err
    words = asked.read_text().splitlines()
    assert words[:2] == ["pr", "create"]
    assert words[words.index("--head") + 1] == done.out.split()[1]
    assert words[words.index("--repo") + 1] == "127.0.0.1/acme"
    assert "--draft" in words
    assert "- text/whisper: Text in small letters" in asked.read_text()
    there = server.folder / "acme.git"
    kept = git(there, "log", "-1", "--format=%(trailers:only)", done.out.split()[1]).strip()
    assert kept == f"Dynasaur-Run: r1\n{people}"
    again = ("give", "whisper", "--to", "acme", "--yes", "--signoff")
    assert "was given before" in bea.refused(*again)
    git(there, "branch", "-D", done.out.split()[1])
    hook = there / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nprintf '\\033[2Jno' >&2\nexit 1\n")
    hook.chmod(0o755)
    assert "it refuses the push" in bea.refused(*again)
    hook.unlink()
    branch = bea.did(*again).split()[1]
    kept = git(there, "log", "-1", "--format=%(trailers:only)", branch).strip()
    assert kept == f"Dynasaur-Run: r1\n{people}\nSigned-off-by: Bea <bea@example.org>"


@pytest.mark.slow
def test_what_is_not_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: GitServer
) -> None:
    _, bea = taken(tmp_path, monkeypatch, server)
    body = "return clean(text).lower()"
    wrong = {
        "home": ('return open("/home/bea/x").read()', "exists on one machine"),
        "host": ('return "https://build.corp.internal/x" + text', "is a machine of yours alone"),
        "secret": ('return "ghp_' + "a1B2c3D4e5" * 3 + 'a1B2c3" + text', "secret"),
        "murmur": ('return "b"', "text/murmur: "),
    }
    for name, (line, said) in wrong.items():
        text = WHISPER.replace("whisper", name).replace(body, line)
        own(bea, f"text/{name}.py", text, f"add text/{name}")
        assert said in bea.refused("give", name, "--to", "acme", "--yes"), name
    own(bea, "text/clean.py", CLEAN, "add text/clean")
    assert "has all of that" in bea.refused("give", "clean", "--to", "acme", "--yes", code=2)
    own(bea, "text/clean.py", CLEAN.replace("left", "rest"), "change text/clean")
    assert "acme has another text/clean" in bea.refused("give", "clean", "--to", "acme", "--yes")
    assert "no action 'x'" in bea.refused("give", "x", "--to", "acme", "--yes")
    assert "no source 'x'" in bea.refused("give", "clean", "--to", "x", "--yes", code=2)
    (bea.root / "actions/text/host.py").write_text("x = 1\n")
    assert "not committed" in bea.refused("give", "host", "--to", "acme", "--yes")
    assert (
        git(server.folder / "acme.git", "for-each-ref", "--format=%(refname)") == "refs/heads/main"
    )


def test_nothing_of_others_is_tried_outside_of_the_sandbox_to_be_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: GitServer
) -> None:
    """A source's newest helper is a stranger's code, in whatever place it is tried."""
    ada, bea = taken(tmp_path, monkeypatch, server)
    ran = tmp_path / "ran"
    effect = f'"""Text."""\n\nopen({str(ran)!r}, "w").close()'
    own(ada, "text/clean.py", CLEAN.replace('"""Text."""', effect), "add an effect")
    push(ada, server.url("acme"), "HEAD:main")
    own(bea, "text/whisper.py", WHISPER, "add text/whisper")
    own(bea, "text/sigh.py", CLEAN.replace("clean", "sigh"), "add text/sigh")
    settings = bea.folder / "home" / ".config" / "dynasaur" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("sandbox = 'none'\n")
    line = bea.refused("give", "whisper", "--to", "acme", "--yes")
    assert line.startswith("text/whisper: acme/text/clean is another library's: it runs only in")
    assert not ran.exists()
    bea.did("give", "sigh", "--to", "acme", "--yes")


@pytest.mark.slow
def test_what_an_admission_vendors_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: GitServer
) -> None:
    """An action uses the built-in source and an added one, of which nothing was taken."""
    ada, bea = Team(tmp_path / "ada", monkeypatch), Team(tmp_path / "bea", monkeypatch)
    (ada.root / "LICENSE").write_text(MIT)
    own(ada, "text/clean.py", CLEAN, "add text/clean")
    own(ada, "text/shout.py", SHOUT, "add text/shout")
    push(ada, server.url("acme"), "HEAD:main")
    bea.did("source", "add", server.url("acme"), "--name", "acme", "--trust")
    file = tmp_path / "mine.py"
    file.write_text(LOUD)
    done = bea.run("add", file)
    assert done.code == 0, done.err
    table = tomllib.loads((bea.root / "dynasaur.lock").read_text())
    assert [one["name"] for one in table["source"]] == ["acme", "base"]
    found = {one["id"]: one for one in table["module"]}
    assert set(found) == {"acme/text/clean", "acme/text/shout", "base/stats/mean"}
    assert found["acme/text/shout"]["requires"] == ["acme/text/clean"]
    base = next(one for one in table["source"] if one["name"] == "base")
    assert (base["licence"], base["legal"]) == ("Apache-2.0", ["LICENSE"])
    assert "Apache License" in (bea.root / "actions/vendor/base/LICENSE").read_text()
    assert bea.did("source", "verify") == ""
    bea.did("source", "sync", "--frozen", "--offline")
    assert "loud_mean" in bea.refused("source", "remove", "acme")
    ada.edit("actions/text/clean.py", "left = text", "left = text[:]")
    push(ada, server.url("acme"), "HEAD:main")
    bea.did("source", "update", "acme", "--yes")
    assert "text[:]" in (bea.root / "actions/vendor/acme/text/clean.py").read_text()


def test_a_lock_of_before_gets_the_licence_of_the_built_in_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Earlier versions vendored what is built in without its licence."""
    ada = Team(tmp_path / "ada", monkeypatch)
    file, paper = tmp_path / "mine.py", ada.root / "actions/vendor/base/LICENSE"
    alone = LOUD.replace("from actions.vendor.acme.text.shout import shout\n", "")
    file.write_text(alone.replace("shout(unit)", "unit.upper().strip()"))
    ada.did("add", file)
    pins = read_lock((ada.root / "dynasaur.lock").read_bytes())
    before = replace(pins.sources["base"], legal=(), h1=h1({}))
    (ada.root / "dynasaur.lock").write_bytes(dump_lock(Lock({"base": before}, pins.modules)))
    paper.unlink()
    ada.commit("as it was")
    assert ada.did("source", "verify") == ""
    file.write_text(alone.replace("mean", "median").replace("shout(unit)", "unit.strip().upper()"))
    ada.did("add", file)
    assert "Apache License" in paper.read_text()
    assert ada.did("source", "verify") == ""
