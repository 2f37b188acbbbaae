"""`show NAME@REV` and `blame`, as a user sees them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dynasaur import Library
from dynasaur.repo import Repo
from tests.builders.cli import dynasaur
from tests.builders.repos import adding, git

WORDS = "actions/text/words.py"


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    root = tmp_path / "a library"
    made, _ = Library.create(root)
    text = "def words() -> int:\n    return one\n"
    made.repo.commit("r1", [adding("words", text, **{"Dynasaur-Run": "r1"})])
    file = root / WORDS
    file.write_text(file.read_text().replace("return one", "return two"))
    git(root, "commit", "--quiet", "-a", "-m", "mend words")
    return root


def test_an_action_is_shown_as_it_was(library: Path) -> None:
    assert "return two" in dynasaur("show", "words", cwd=library).out
    assert "return one" in dynasaur("show", "words@HEAD~1", cwd=library).out
    document = dynasaur("show", "text/words@HEAD~1", "--json", cwd=library).json
    assert (document["category"], document["source"]) == ("text", "local")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("words@nowhere", "no commit 'nowhere'"),
        ("words@--help", "no commit '--help'"),
        ("words@HEAD:README", "no commit"),
        ("lines@HEAD", "no action 'lines' at HEAD"),
        ("words@HEAD~2", "no action 'words' at HEAD~2"),
    ],
)
def test_what_was_not_there_is_one_line(library: Path, name: str, said: str) -> None:
    done = dynasaur("show", name, cwd=library)
    assert (done.code, done.out) == (1, "")
    assert said in done.err
    assert len(done.err.splitlines()) == 1


def test_a_variable_of_a_hook_does_not_lead_elsewhere(library: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    done = dynasaur("show", "words@HEAD~1", cwd=library, env={"GIT_DIR": str(other / ".git")})
    assert "return one" in done.out


def test_a_repository_with_sha256_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    git(tmp_path, "init", "--quiet", "--object-format=sha256")
    Repo.init(tmp_path).commit("r1", [adding("words", "def words() -> int:\n    return 1\n")])
    assert "return 1" in Library(tmp_path).get_at("words", "HEAD").text


def test_each_line_has_its_run_or_its_person(library: Path) -> None:
    lines = dynasaur("blame", "words", "--json", cwd=library).json
    by_text = {line["text"].strip(): line for line in lines}
    assert by_text["def words() -> int:"]["run"] == "r1"
    assert by_text["return two"]["run"] == ""
    assert by_text["return two"]["author"] == "Ada"
    assert "Ada" in dynasaur("blame", "words", cwd=library).out


def test_blame_of_an_unknown_action_is_one_line(library: Path) -> None:
    done = dynasaur("blame", "nobody", cwd=library)
    assert (done.code, done.out) == (1, "")
    assert "no commit knows an action nobody" in done.err


def test_reading_leaves_the_environment_alone(library: Path) -> None:
    before = dict(os.environ)
    Library(library).get_at("words", "HEAD")
    assert dict(os.environ) == before
