"""A person's git that ran in the same moment as a delivery."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from dynasaur.repo import Repo, index, others
from dynasaur.upkeep import Ground, revert
from tests.builders.repos import adding, clone_of_a_person, committed, git, isolate

WORDS = "actions/text/words.py"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    isolate(monkeypatch, tmp_path_factory.mktemp("home"))


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A clone, and beside it its index as a git has read it that has not locked it yet."""
    clone_of_a_person(tmp_path)
    (tmp_path / "mine.txt").write_text("mine\n")
    git(tmp_path, "add", "mine.txt")
    shutil.copy(tmp_path / ".git/index", tmp_path / ".git/older")
    return tmp_path


def put_back(root: Path) -> None:
    """That git locks the index, and writes what it had read."""
    shutil.copy(root / ".git/older", root / ".git/index.lock")
    (root / ".git/index.lock").replace(root / ".git/index")


def test_an_older_index_put_back_during_the_save(
    older: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dynasaur.repo.core.keep_up", lambda *_: put_back(older))
    done = Repo(older).commit("r1", [adding("words")])
    assert done.merged
    assert git(older, "status", "--porcelain") == "A  mine.txt"
    git(older, "commit", "--quiet", "-m", "mine")
    assert committed(older, WORDS)


@contextmanager
def at_work(root: Path, command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A git of a person's, no child of this process, once it is seen; its end is waited for."""
    words = ["sh", "-c", f"{command}; true"]
    with subprocess.Popen(words, cwd=root, stdin=subprocess.PIPE) as person:
        while not list(others.gits_in(root)):
            time.sleep(0.01)
        yield person


def await_staged(root: Path, path: str) -> None:
    while not git(root, "ls-files", "--", path):
        time.sleep(0.01)


@pytest.mark.skipif(sys.platform != "linux", reason="other gits are asked for of Linux")
def test_a_git_that_is_at_work_finds_the_index_locked(
    older: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have read the older index, and must not put that back."""
    monkeypatch.setattr(others, "PATIENCE", 60.0)
    monkeypatch.setattr(others, "BUSY_PATIENCE", 60.0)
    with at_work(older, "git hash-object --stdin") as person:
        assert person.stdin is not None
        with ThreadPoolExecutor() as pool:
            save = pool.submit(Repo(older).commit, "r1", [adding("words")])
            await_staged(older, WORDS)
            refused = git(older, "commit", "--quiet", "-m", "mine", ok=False)
            assert not save.done()
            person.stdin.close()
    assert save.result().merged
    assert not committed(older, "mine.txt"), refused
    git(older, "commit", "--quiet", "-m", "mine")
    assert committed(older, WORDS)


@pytest.mark.skipif(sys.platform != "linux", reason="other gits are asked for of Linux")
def test_a_git_that_works_is_waited_for_longer_than_one_that_sleeps(
    older: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(others, "PATIENCE", 0.0)
    monkeypatch.setattr(others, "BUSY_PATIENCE", 60.0)
    busy, end = older / ".git/git-busy", older / ".git/end"
    shutil.copy(Path("/bin/sh").resolve(), busy)
    with at_work(older, "git hash-object --stdin") as person:
        assert Repo(older).commit("r1", [adding("words")]).merged
        assert person.poll() is None, "it was not waited for"
    works = f"{busy} -c 'until test -e {end}; do :; done'"
    with at_work(older, works), ThreadPoolExecutor() as pool:
        save = pool.submit(Repo(older).commit, "r2", [adding("lines")])
        await_staged(older, "actions/text/lines.py")
        time.sleep(0.3)  # without the wait it would be done by now
        waits = not save.done()
        end.touch()
        assert save.result().merged
    assert waits


def test_an_older_index_put_back_before_the_next_save(older: Path) -> None:
    Repo(older).commit("r1", [adding("words")])
    put_back(older)
    done = Repo(older).commit("r2", [adding("lines")])
    assert (done.merged, done.note) == (True, "")
    assert git(older, "status", "--porcelain") == "A  mine.txt"


def test_an_older_index_that_a_person_has_committed(older: Path) -> None:
    Repo(older).commit("r1", [adding("words")])
    put_back(older)
    git(older, "commit", "--quiet", "-m", "mine")
    assert committed(older, WORDS) is None
    commit = git(older, "rev-parse", "HEAD")[:10]
    done = Repo(older).commit("r2", [adding("lines", category="more")])
    assert done.merged
    assert f"commit {commit} by Ada took back" in done.note
    assert "(words): where that was not meant, `dynasaur revert NAME`" in done.note
    assert Repo(older).commit("r3", [adding("more", category="more")]).note == ""
    (older / WORDS).unlink()
    revert(Ground(Repo(older)), "words")
    assert committed(older, WORDS) == adding("words").files[WORDS]


@pytest.mark.parametrize("how", ["deleted", "edited", "another branch"])
def test_what_a_person_does_on_purpose_is_no_accident(tmp_path: Path, how: str) -> None:
    clone_of_a_person(tmp_path)
    git(tmp_path, "branch", "side")
    Repo(tmp_path).commit("r1", [adding("words")])
    if how == "deleted":
        git(tmp_path, "rm", "--quiet", "-r", "actions")
        git(tmp_path, "commit", "--quiet", "-m", "not wanted")
    elif how == "edited":
        (tmp_path / WORDS).write_text("mine\n")
        git(tmp_path, "commit", "--quiet", "-a", "-m", "better")
    else:
        git(tmp_path, "checkout", "--quiet", "side")
        git(tmp_path, "commit", "--quiet", "--allow-empty", "-m", "side")
    assert Repo(tmp_path).commit("r2", [adding("lines", category="more")]).note == ""


def test_a_delivery_that_nobody_disturbs_is_not_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone_of_a_person(tmp_path)
    Repo(tmp_path).commit("r1", [adding("words")])
    monkeypatch.delattr("dynasaur.repo.save.what_became")
    assert Repo(tmp_path).commit("r2", [adding("lines")]).merged


def test_the_state_of_an_index_is_told_by_its_file(tmp_path: Path) -> None:
    repo = Repo(clone_of_a_person(tmp_path))
    before = index.state(repo._place)
    git(tmp_path, "update-index", "--force-write-index")
    assert index.state(repo._place) != before
