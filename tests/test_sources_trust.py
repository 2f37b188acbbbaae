"""Whom people trust: addresses that are allowed without asking, and those that look like one."""

from __future__ import annotations

from pathlib import Path

import pytest

from dynasaur.pins import Address
from dynasaur.sources.lookalike import lookalike
from dynasaur.sources.trust import Trust, allowed
from tests.builders.cli import environment
from tests.builders.git_server import GitServer
from tests.builders.sources import Team, action, publish
from tests.builders.terminal import on_a_terminal

ACME = "https://github.com/acme/*"


@pytest.mark.parametrize(
    ("url", "patterns", "expected"),
    [
        ("https://github.com/acme/actions", ACME, True),
        ("https://github.com/acme/actions.git", ACME, True),
        ("https://GitHub.com/acme/actions/", ACME, True),
        ("git@github.com:acme/actions.git", ACME, True),
        ("ssh://git@github.com/acme/actions", ACME, True),
        ("https://github.com/acme/actions", f"https://example.org/*/*, {ACME}", True),
        ("https://github.com/acme/actions", "https://github.com/acme/act*", True),
        ("https://github.com/acme/actions", "https://github.com/acme/actions", True),
        ("http://github.com/acme/actions", ACME, False),
        ("https://github.com/acme", ACME, False),
        ("https://github.com/acme/team/actions", ACME, False),
        ("https://github.com/acme2/actions", ACME, False),
        ("https://github.com/ACME/actions", ACME, False),
        ("https://github.com.evil.org/acme/actions", ACME, False),
        ("https://evil.org/github.com/acme/actions", ACME, False),
        ("https://evil.org/acme/actions", ACME, False),
        ("https://github.com/acme/actions", "", False),
        ("https://github.com/acme/actions", " , ", False),
    ],
)
def test_addresses_that_the_settings_allow(url: str, patterns: str, expected: bool) -> None:
    assert allowed(Address.parse(url), patterns) is expected


@pytest.mark.parametrize(
    ("url", "like"),
    [
        ("https://github.com/acrne/actions", "github.com/acme"),
        ("https://github.com/acmee/actions", "github.com/acme"),
        ("https://github.com/acm/actions", ""),  # three letters are like too many others
        ("https://github.com/amce/actions", "github.com/acme"),
        ("https://github.com/acne/actions", "github.com/acme"),
        ("https://github.com/ac-me/actions", "github.com/acme"),
        ("https://githud.com/acme/actions", "github.com/acme"),
        ("git@githuh.com:acme/actions.git", "github.com/acme"),
        ("https://github.com/acme/other", ""),
        ("https://github.com/ACME/other", ""),
        ("https://github.com/umbrella/actions", ""),
        ("https://example.org/acme/actions", ""),
        ("https://github.com/acmeteam/actions", ""),
    ],
)
def test_addresses_that_could_be_taken_for_another(url: str, like: str) -> None:
    known = [Address.parse("https://github.com/acme/actions"), Address.parse("https://x.org/a")]
    assert lookalike(Address.parse(url), known) == like


def test_one_letter_at_any_place_is_told() -> None:
    known = [Address.parse("https://github.com/hooli/actions")]
    name = "hooli"
    for place in range(len(name)):
        changed = (
            name[:place] + name[place + 1 :],
            name[:place] + "x" + name[place:],
            name[:place] + "x" + name[place + 1 :],
        )
        for other in changed:
            address = Address.parse(f"https://github.com/{other}/actions")
            assert lookalike(address, known) == "github.com/hooli", other


def test_adding_one_that_looks_like_another_warns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = Team(tmp_path / "ada", monkeypatch)
    trust = Trust(team.folder / "home" / "data" / "dynasaur" / "trust.toml")
    trust.grant("https://127.0.0.2/actions", [])
    with GitServer(tmp_path / "server") as server:
        publish(server.folder / "acme.git", {"actions/one.py": action("one")})
        done = team.run("source", "add", server.url("acme"), "--trust")
    assert done.code == 0
    assert "warning: this is not 127.0.0.2, which you know" in done.err


def test_a_person_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No leaves all as it is; yes holds for the next library, too."""
    with GitServer(tmp_path / "server") as server:
        publish(server.folder / "acme.git", {"actions/text/clean.py": action("clean")})
        team = Team(tmp_path / "ada", monkeypatch)
        words = ("source", "add", server.url("acme"), "--name", "acme")
        home = environment(team.folder / "home", {"DYNASAUR_ALLOW_INSECURE": "1", "COLUMNS": "80"})
        before = team.state()
        for answer, said in (("n", "nothing was added"), ("y", "added: acme")):
            assert team.state() == before
            shown = on_a_terminal(team.root, *words, answer=answer, columns=80, **home)
            assert "capabilities  none" in shown
            assert shown.count("Add it? [y/N]: ") == 1
            assert said in shown
            assert all(len(line) <= 80 for line in shown.splitlines() if "://" not in line)
        second = team.folder / "second"
        team.did("init", second)
        assert "added: acme" in team.did(*words, "--library", second)


@pytest.mark.parametrize("value", ["acme", "http://x.org/a", "https://x.org", "https://x/a b"])
def test_a_pattern_that_is_none(
    value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = Team(tmp_path / "ada", monkeypatch)
    config = team.folder / "home" / ".config" / "dynasaur" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'allowed_sources = "{value}"\n')
    assert "is no pattern: write https://HOST/PATH" in team.refused("list", code=2)


def test_a_library_cannot_allow_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    team = Team(tmp_path / "ada", monkeypatch)
    (team.root / "pyproject.toml").write_text(f'[tool.dynasaur]\nallowed_sources = "{ACME}"\n')
    assert "a library cannot set allowed_sources" in team.refused("list", code=2)
