"""The note of which commits touch which paths: git's commit-graph, made after a save."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dynasaur.repo import Repo, journal, upkeep
from tests.builders.repos import (
    adding,
    can_mount,
    clone_of_a_person,
    git,
    in_a_namespace,
    is_noted,
    isolate,
    layers,
)
from tests.builders.upkeep import Inside, a_library, action, save

GRAPHS = ".git/objects/info/commit-graphs"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    isolate(monkeypatch, tmp_path_factory.mktemp("home"))


def test_a_second_time_adds_a_layer(tmp_path: Path) -> None:
    repo = Repo(clone_of_a_person(tmp_path))
    for number in range(6):
        assert repo.commit(f"r{number}", [adding(f"words{number}")]).merged
    assert not layers(tmp_path), "a save does not wait for it"
    repo.tend()
    assert is_noted(tmp_path)
    first = layers(tmp_path)
    assert repo.commit("s", [adding("lines")]).merged
    assert not is_noted(tmp_path)
    repo.tend()
    assert is_noted(tmp_path)
    second = layers(tmp_path)
    assert list(second)[:-1] == list(first)
    repo.tend()
    assert layers(tmp_path) == second, "there is nothing new"
    assert git(tmp_path, "fsck", "--strict") == ""


def test_many_layers_are_joined(tmp_path: Path) -> None:
    repo = Repo(clone_of_a_person(tmp_path))
    for number in range(12):
        assert repo.commit(f"r{number}", [adding(f"words{number}")]).merged
        repo.tend()
    assert is_noted(tmp_path)
    assert len(layers(tmp_path)) < 6


def test_only_what_was_committed_is_looked_at(tmp_path: Path) -> None:
    """There may be a hundred thousand branches and tags."""
    root = clone_of_a_person(tmp_path)
    git(root, "commit", "--quiet", "--allow-empty", "-m", "mine")
    git(root, "tag", "mine")
    git(root, "reset", "--quiet", "--hard", "HEAD^")
    repo = Repo(root)
    assert repo.commit("r1", [adding("words")]).merged
    repo.tend()
    assert is_noted(root)
    assert not is_noted(root, "mine")


def test_commits_that_wait_on_a_branch(tmp_path: Path) -> None:
    repo = Repo(clone_of_a_person(tmp_path))
    branch = repo.commit("r1", [adding("words")], deliver="branch").branch
    repo.tend()
    assert is_noted(tmp_path, branch)


@pytest.mark.parametrize("where", ["sha256", "work tree", "alternates"])
def test_where_git_can_note_it(tmp_path: Path, where: str) -> None:
    options = ("--object-format=sha256",) if where == "sha256" else ()
    root = main = clone_of_a_person(tmp_path / "main", *options)
    if where == "work tree":
        root = tmp_path / "side"
        git(main, "worktree", "add", "--quiet", "-b", "side", str(root))
    elif where == "alternates":
        git(tmp_path, "clone", "--quiet", "--shared", str(main), "other")
        root = main = tmp_path / "other"
    repo = Repo(root)
    assert repo.commit("r1", [adding("words")]).merged
    repo.tend()
    assert is_noted(main, git(root, "rev-parse", "HEAD"))


@pytest.mark.parametrize("how", ["--depth=1", "--filter=tree:0", "core.commitGraph"])
def test_where_it_is_not_noted(tmp_path: Path, how: str) -> None:
    library = clone_of_a_person(tmp_path / "library")
    git(library, "config", "uploadpack.allowFilter", "true")
    git(library, "commit", "--quiet", "--allow-empty", "-m", "second")
    options = (how,) if how.startswith("--") else ("-c", f"{how}=false")
    git(tmp_path, "clone", "--quiet", *options, library.as_uri(), "clone")
    repo = Repo(tmp_path / "clone")
    assert repo.commit("r1", [adding("words")]).merged
    repo.tend()
    assert not layers(tmp_path / "clone")
    assert git(tmp_path / "clone", "status", "--porcelain") == ""


def test_another_writer_is_not_waited_for(tmp_path: Path) -> None:
    repo = Repo(clone_of_a_person(tmp_path))
    repo.commit("r1", [adding("words")])
    with journal.lock(tmp_path / ".git/dynasaur"):
        repo.tend()
    assert not layers(tmp_path)
    repo.tend()
    assert is_noted(tmp_path)


CANNOT = """
import subprocess, sys
from pathlib import Path
from dynasaur.repo import Repo
root, how = sys.argv[1:]
repo = Repo(Path(root))
if how == "full":
    folder = Path(root, ".git/objects/info/commit-graphs")
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "none", folder], check=True)
    (folder / "other").write_bytes(b"x" * 4096)
else:
    subprocess.run(["mount", "--bind", root, root], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", root], check=True)
print(repo.tend())
"""


@pytest.mark.skipif(not can_mount(), reason="needs user namespaces")
@pytest.mark.parametrize("how", ["full", "read-only"])
def test_what_cannot_be_written_costs_nothing(tmp_path: Path, how: str) -> None:
    repo = Repo(clone_of_a_person(tmp_path))
    repo.commit("r1", [adding("words")])
    assert in_a_namespace(CANNOT, str(tmp_path), how) == "None\n"
    repo.tend()
    assert is_noted(tmp_path)


@pytest.mark.parametrize("age", [0.0, 100.0])
def test_a_lock_that_a_killed_upkeep_has_left(tmp_path: Path, age: float) -> None:
    repo = Repo(clone_of_a_person(tmp_path))
    repo.commit("r1", [adding("words")])
    chain = tmp_path / GRAPHS / upkeep.CHAIN
    chain.parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / ".git/dynasaur/upkeep").touch()
    chain.touch()
    for file in (tmp_path / ".git/dynasaur/upkeep", chain):
        os.utime(file, (file.stat().st_mtime - age,) * 2)
    assert repo.commit("r2", [adding("lines")]).merged
    repo.tend()
    assert chain.exists() == (age < upkeep.STALE), "one that is young may be a living git's"
    (tmp_path / ".git/dynasaur/upkeep").unlink(missing_ok=True)
    chain.touch()
    assert repo.commit("r3", [adding("more")]).merged
    repo.tend()
    assert chain.exists(), "a person's"


@pytest.mark.parametrize("command", ["revert", "deprecate", "reject", "tidy"])
def test_each_command_that_commits_notes_its_commit(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
) -> None:
    library = a_library(tmp_path, monkeypatch)
    save(library, text__greet=action("greet"), wave=action("wave"))
    options = {
        "deprecate": ("greet", "--use", "wave"),
        "revert": ("greet",),
        "reject": ("greet", "--reason", "it is rude"),
    }
    before = git(library.root, "rev-parse", "HEAD")
    done = Inside(capsys)(command, *options.get(command, ()))
    assert done.code == 0, done.err
    assert git(library.root, "rev-parse", "HEAD^") == before
    assert is_noted(library.root)
