"""Bare names that a library gives to actions of its sources."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.git_server import GitServer
from tests.builders.sources import Team, action, publish

FILES: dict[str, str | bytes] = {
    "actions/text/clean.py": action("clean", "return text.strip()"),
    "actions/text/shout.py": action("shout", "return text.upper()"),
}


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Team]:
    """A library with a source, and an alias of one action that was not taken."""
    with GitServer(tmp_path / "server") as server:
        publish(server.folder / "acme.git", FILES)
        team = Team(tmp_path / "ada", monkeypatch)
        team.did("source", "add", server.url("acme"), "--name", "acme", "--trust")
        alias(team, 'tidy = "acme/text/clean"')
        yield team


def alias(team: Team, line: str) -> None:
    manifest = team.root / "dynasaur.toml"
    head, _, _ = manifest.read_text().partition("\n[alias]\n")
    manifest.write_text(f"{head}\n[alias]\n{line}\n")
    team.commit("alias")


def test_an_alias_is_a_bare_name(team: Team, tmp_path: Path) -> None:
    assert "def clean" in team.did("show", "tidy")
    assert team.refused("show", "clean").endswith("did you mean acme/text/clean?")
    assert team.did("source", "verify") == ""
    mine = tmp_path / "mine.py"
    mine.write_text(action("tidy_lower", "return tidy(text).lower()"))
    assert team.run("add", mine).code == 0
    saved = next((team.root / "actions").rglob("tidy_lower.py")).read_text()
    assert "vendor.acme.text.clean import clean as tidy" in saved
    assert (team.root / "actions/vendor/acme/text/clean.py").is_file()
    assert team.did("call", "tidy_lower", " A ") == "a\n"


def test_names_of_the_library_come_first(team: Team) -> None:
    alias(team, 'mean = "acme/text/clean"\nown = "acme/text/clean"')
    assert "acme" in json.loads(team.did("show", "mean", "--json"))["module"]
    (team.root / "actions" / "own.py").write_text(action("own"))
    assert "def own" in team.did("show", "own")


def test_aliases_that_mean_nothing(team: Team) -> None:
    alias(team, 'tidy = "acme/text/none"\nloud = "beta/text/shout"')
    found = team.run("source", "verify", "--json").json
    assert [(one["kind"], one["what"]) for one in found] == [("alias", "tidy"), ("alias", "loud")]
    assert "no action 'tidy'" in team.refused("show", "tidy")
    for line, said in (
        ('tidy = "clean"', 'alias.tidy: write its whole name, "SOURCE/CATEGORY/NAME"'),
        ("tidy = 1", "alias.tidy: write its whole name"),
        ('class = "acme/text/clean"', "alias.class: is no name of a function"),
        ('"a-b" = "acme/text/clean"', "alias.a-b: is no name of a function"),
    ):
        alias(team, line)
        assert said in team.refused("source", "verify", code=2)
    manifest = team.root / "dynasaur.toml"
    manifest.write_text("alias = 1\n" + manifest.read_text().partition("\n[alias]")[0])
    assert "alias is no table" in team.refused("source", "verify", code=2)
