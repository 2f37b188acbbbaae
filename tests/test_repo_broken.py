"""Repositories that git refuses: one line that says what to do, and that helps."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dynasaur.errors import StoreError
from dynasaur.library import Library
from dynasaur.repo import Repo
from tests.builders.cli import dynasaur
from tests.builders.repos import adding, clone_of_a_person, committed, git, isolate

WORDS = "actions/text/words.py"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    isolate(monkeypatch, tmp_path_factory.mktemp("home"))


def a_broken_head(root: Path) -> None:
    (root / ".git/HEAD").write_text("garbage\n")


def no_head(root: Path) -> None:
    (root / ".git/HEAD").unlink()


def no_objects(root: Path) -> None:
    shutil.rmtree(root / ".git/objects")


def a_broken_git_file(root: Path) -> None:
    shutil.rmtree(root / ".git")
    (root / ".git").write_text("nonsense\n")


def a_git_file_that_leads_nowhere(root: Path) -> None:
    shutil.rmtree(root / ".git")
    (root / ".git").write_text("gitdir: /nowhere/at/all\n")


def bare_by_setting(root: Path) -> None:
    git(root, "config", "core.bare", "true")


def a_broken_configuration(root: Path) -> None:
    (root / ".git/config").write_text("[core\n")


def a_format_of_the_future(root: Path) -> None:
    git(root, "config", "core.repositoryFormatVersion", "9")


@pytest.mark.parametrize(
    ("breaks", "said"),
    [
        (a_broken_head, "lacks what a repository has (HEAD, objects, refs): mend it, or move it"),
        (no_head, "lacks what a repository has"),
        (no_objects, "lacks what a repository has"),
        (a_broken_git_file, "invalid gitfile format"),
        (a_git_file_that_leads_nowhere, "names a repository that is not there: mend it"),
        (bare_by_setting, "see its core.worktree and core.bare"),
        (a_broken_configuration, "bad config line"),
        (a_format_of_the_future, "Expected git repo version"),
    ],
)
def test_what_git_refuses(tmp_path: Path, breaks: Callable[[Path], None], said: str) -> None:
    root = clone_of_a_person(tmp_path / "library")
    Repo.init(root)
    breaks(root)
    for work in (lambda: Repo(root), lambda: Repo.init(root)):
        with pytest.raises(StoreError) as caught:
            work()  # type: ignore[no-untyped-call]
        assert said in str(caught.value)
        assert "\n" not in str(caught.value)
    if breaks is a_broken_head:
        done = dynasaur("init", cwd=root)
        assert (done.code, done.out) == (1, "")
        assert said in done.err
        assert len(done.err.splitlines()) == 1


def test_a_work_tree_that_lies_elsewhere(tmp_path: Path) -> None:
    root = clone_of_a_person(tmp_path / "library")
    git(root, "config", "core.worktree", str(tmp_path / "library" / "sub"))
    (root / "sub").mkdir()
    with pytest.raises(StoreError, match=r"core\.worktree"):
        Repo(root)


def test_a_bare_repository_is_no_library(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "library.git")
    with pytest.raises(StoreError, match="bare repository, without a work tree: work in a clone"):
        Repo.init(tmp_path / "library.git")


@pytest.mark.parametrize("written", ["zzz\n", "1" * 40 + "\n"])
def test_a_branch_that_names_no_commit_is_no_new_one(tmp_path: Path, written: str) -> None:
    """Commits on top of nothing would look as if all else had been deleted."""
    repo = Repo(clone_of_a_person(tmp_path))
    (tmp_path / ".git/refs/heads/main").write_text(written)
    with pytest.raises(StoreError, match="refs/heads/main names no commit that is there: see `git"):
        repo.commit("r1", [adding("words")])
    assert not (tmp_path / ".git/refs/heads/dynasaur").exists()


def test_an_index_that_is_damaged(tmp_path: Path) -> None:
    repo = Repo(clone_of_a_person(tmp_path))
    (tmp_path / ".git/index").write_text("x")
    done = repo.commit("r1", [adding("words")])
    assert not done.merged
    assert "index file smaller than expected" in done.note
    assert committed(tmp_path, "actions/text/words.py", "dynasaur/r1")
    (tmp_path / ".git/index").unlink()
    git(tmp_path, "reset", "--quiet")
    assert repo.commit("r2", [adding("lines")]).merged


def test_a_repository_of_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = clone_of_a_person(tmp_path / "a b")
    monkeypatch.setattr("dynasaur.repo.git.KEPT_VARIABLES", {"GIT_TEST_ASSUME_DIFFERENT_OWNER"})
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(StoreError, match="another user's; if you trust it: git config") as caught:
        Repo(root)
    command = str(caught.value).partition("trust it: ")[2]
    subprocess.run(command, shell=True, check=True)
    assert Repo(root).commit("r1", [adding("words")]).merged


def test_a_git_that_is_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before 2.31 it would not heed what switches filters off."""
    old = tmp_path / "bin" / "git"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\nprintf 'sha1\\ntrue\\n\\n--path-format=absolute\\n.git\\n'\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(old.parent))
    with pytest.raises(StoreError, match=r"install git 2\.31 or newer"):
        Repo(tmp_path)


def test_replaced_and_grafted_commits_are_taken_as_they_are(tmp_path: Path) -> None:
    """What stands in for a commit here is not pushed: on top of it, all else would be deleted."""
    root = clone_of_a_person(tmp_path)
    head = git(root, "rev-parse", "HEAD")
    other = git(root, "commit-tree", "-m", "other", git(root, "mktree"))
    git(root, "replace", head, other)
    (root / ".git/info").mkdir(exist_ok=True)
    (root / ".git/info/grafts").write_text(f"{head} {other}\n")
    done = Repo(root).commit("r1", [adding("words")])
    listed = git(root, "--no-replace-objects", "ls-tree", "-r", "--name-only", done.commits[0])
    assert listed.split() == ["README.md", "actions/text/__init__.py", WORDS]


@pytest.mark.parametrize("options", [(), ("-a",), ("--", "README.md")])
def test_from_a_hook_of_the_same_repository(tmp_path: Path, options: tuple[str, ...]) -> None:
    """The commit whose hook it is must not find its branch moved."""
    root = clone_of_a_person(tmp_path / "library")
    hook = root / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    program = f"{sys.executable} -m tests.builders.savers save {root} words"
    here = Path(__file__).resolve().parents[1]
    hook.write_text(f"#!/bin/sh\ncd {here} && exec {program} >&2\n")
    hook.chmod(0o755)
    (root / "README.md").write_text("mine\n")
    git(root, "add", "README.md")
    git(root, "commit", "--quiet", "-m", "mine", *options)
    assert git(root, "show", "--format=%s", "--name-only").split() == ["mine", "README.md"]
    assert git(root, "status", "--porcelain") == ""
    assert committed(root, WORDS, "dynasaur/words")


def test_init_says_what_is_not_committed(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.tmp\n")
    (tmp_path / "actions").mkdir()
    (tmp_path / "actions/words.py").write_text("x = 1\n")
    _, note = Library.create(tmp_path)
    assert note.endswith("not committed yet: `git add actions .gitignore`, then `git commit`")
    git(tmp_path, "add", "actions", ".gitignore")
    git(tmp_path, "commit", "--quiet", "-m", "mine")
    assert "not committed" not in Library.create(tmp_path)[1]


def test_what_the_tool_keeps_in_the_library_is_ignored(tmp_path: Path) -> None:
    root = clone_of_a_person(tmp_path)
    (root / ".dynasaur" / "runs").mkdir(parents=True)
    (root / ".dynasaur" / "runs" / "x").write_text("x")
    Repo(root).commit("r1", [adding("words")])
    assert git(root, "status", "--porcelain") == ""
