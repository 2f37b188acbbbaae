"""Kinds of repositories that a library may lie in, and repositories that mean harm."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from dynasaur.errors import StoreError
from dynasaur.repo import Repo
from tests.builders.repos import (
    adding,
    can_mount,
    clone_of_a_person,
    committed,
    git,
    in_a_namespace,
    isolate,
)

ROOT = Path(__file__).resolve().parents[1]
WORDS = "actions/text/words.py"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    isolate(monkeypatch, tmp_path_factory.mktemp("home"))


def check(root: Path) -> None:
    """A save is merged, and leaves nothing behind."""
    done = Repo(root).commit("r1", [adding("words")])
    assert done.merged, done.note
    assert git(root, "status", "--porcelain") == ""
    assert (root / WORDS).exists()
    assert git(root, "log", "-1", "--format=%s") == "add text/words: words."
    git(root, "fsck", "--strict")


def test_sha256(tmp_path: Path) -> None:
    check(clone_of_a_person(tmp_path, "--object-format=sha256"))
    assert len(git(tmp_path, "rev-parse", "HEAD")) == 64


def test_a_linked_work_tree(tmp_path: Path) -> None:
    main = clone_of_a_person(tmp_path / "main")
    git(main, "worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    check(tmp_path / "side")
    assert git(main, "status", "--porcelain") == ""
    assert not (main / WORDS).exists()
    assert committed(main, WORDS, "side")


def test_a_submodule(tmp_path: Path) -> None:
    library = clone_of_a_person(tmp_path / "library")
    outer = clone_of_a_person(tmp_path / "outer")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "add", str(library), "lib")
    git(outer, "commit", "--quiet", "-m", "lib")
    git(outer / "lib", "config", "user.name", "Ada")
    git(outer / "lib", "config", "user.email", "ada@example.org")
    check(outer / "lib")
    assert git(outer, "status", "--porcelain") == " M lib"


def test_a_shallow_clone(tmp_path: Path) -> None:
    library = clone_of_a_person(tmp_path / "library")
    git(library, "commit", "--quiet", "--allow-empty", "-m", "second")
    git(tmp_path, "clone", "--quiet", "--depth=1", library.as_uri(), "shallow")
    check(tmp_path / "shallow")
    assert git(tmp_path / "shallow", "rev-list", "--count", "HEAD") == "2"


@pytest.mark.parametrize("kind", ["--cone", "--no-cone", "--sparse-index"])
def test_a_sparse_checkout(tmp_path: Path, kind: str) -> None:
    clone_of_a_person(tmp_path)
    Repo(tmp_path).commit("r0", [adding("mean", category="tables")])
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "long.md").write_text("long\n")
    git(tmp_path, "add", "docs")
    git(tmp_path, "commit", "--quiet", "-m", "docs")
    git(tmp_path, "sparse-checkout", "set", kind, "actions")
    assert not (tmp_path / "docs").exists()
    check(tmp_path)
    assert not (tmp_path / "docs").exists()
    assert committed(tmp_path, "docs/long.md") == b"long\n"


def test_a_split_index(tmp_path: Path) -> None:
    clone_of_a_person(tmp_path)
    git(tmp_path, "update-index", "--split-index")
    check(tmp_path)


@pytest.mark.parametrize("version", ["2", "3", "4"])
def test_an_index_version(tmp_path: Path, version: str) -> None:
    clone_of_a_person(tmp_path)
    git(tmp_path, "update-index", f"--index-version={version}")
    check(tmp_path)


@pytest.mark.parametrize(
    "name", ["a b", "it's", 'say "hi"', "new\nline", "žluť", "back\\slash", "-n"]
)
def test_odd_folders(tmp_path: Path, name: str) -> None:
    check(clone_of_a_person(tmp_path / name))


@pytest.mark.parametrize("name", ["a b", "it's", 'say "hi"', "new\nline", "žluť", "-n", "[a]*"])
def test_a_library_in_an_odd_subfolder(tmp_path: Path, name: str) -> None:
    clone_of_a_person(tmp_path)
    root = tmp_path / name
    root.mkdir()
    assert Repo.init(root).commit("r1", [adding("words")]).merged
    assert committed(tmp_path, f"{name}/{WORDS}")
    assert git(tmp_path, "status", "--porcelain") == ""
    assert Repo(root).commit("r2", [adding("words")]).commits == ()


def conflict(root: Path, command: str) -> None:
    """Leave a merge, rebase or cherry-pick under way."""
    git(root, "checkout", "--quiet", "-b", "side")
    (root / "README.md").write_text("side\n")
    git(root, "commit", "--quiet", "-a", "-m", "side")
    git(root, "checkout", "--quiet", "main")
    (root / "README.md").write_text("main\n")
    git(root, "commit", "--quiet", "-a", "-m", "main")
    git(root, command, "side", ok=False)


@pytest.mark.parametrize(
    ("command", "said"),
    [("merge", "a merge"), ("rebase", "a rebase"), ("cherry-pick", "a cherry-pick")],
)
def test_an_operation_under_way_is_not_disturbed(tmp_path: Path, command: str, said: str) -> None:
    conflict(clone_of_a_person(tmp_path), command)
    before = git(tmp_path, "status", "--porcelain=v2", "--branch")
    repo = Repo(tmp_path)
    assert repo.status_note().startswith(said)
    done = repo.commit("r1", [adding("words")])
    assert not done.merged
    assert said in done.note
    assert git(tmp_path, "status", "--porcelain=v2", "--branch") == before
    assert committed(tmp_path, WORDS, done.branch)
    (tmp_path / "README.md").write_text("both\n")
    git(tmp_path, "add", "README.md")
    git(tmp_path, command, "--continue")
    git(tmp_path, "merge", "--quiet", "--no-edit", done.branch)
    assert (tmp_path / WORDS).exists()


def test_from_inside_a_hook(tmp_path: Path) -> None:
    """`git commit` runs a hook with its own index in the environment: it must stay its own."""
    mine = clone_of_a_person(tmp_path / "mine")
    library = clone_of_a_person(tmp_path / "library")
    hook = mine / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    program = f"{sys.executable} -m tests.builders.savers save {library} words"
    hook.write_text(f"#!/bin/sh\ncd {ROOT} && exec {program}\n")
    hook.chmod(0o755)
    (mine / "other.txt").write_text("mine\n")
    git(mine, "add", "other.txt")
    git(mine, "commit", "--quiet", "-m", "mine", "--", "other.txt")
    assert git(mine, "show", "--format=", "--name-only") == "other.txt"
    assert committed(library, WORDS)
    assert committed(mine, WORDS) is None
    for root in (mine, library):
        assert git(root, "status", "--porcelain") == ""


def test_variables_that_point_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = clone_of_a_person(tmp_path / "other")
    library = clone_of_a_person(tmp_path / "library")
    before = git(other, "for-each-ref"), (other / ".git" / "index").read_bytes()
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other / ".git" / "objects"))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'core.worktree=/nowhere'")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.bare")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "true")
    monkeypatch.setenv("GIT_LITERAL_PATHSPECS", "0")
    monkeypatch.setenv("GIT_NAMESPACE", "elsewhere")
    monkeypatch.setenv("GIT_AUTHOR_DATE", "1999-01-01T00:00:00Z")
    check(library)
    assert (git(other, "for-each-ref"), (other / ".git" / "index").read_bytes()) == before
    assert not git(library, "log", "-1", "--format=%ad").endswith("1999 +0000")


def test_an_identity_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Grace")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "grace@example.org")
    check(clone_of_a_person(tmp_path))
    assert git(tmp_path, "log", "-1", "--format=%an <%ae> %cn") == "Grace <grace@example.org> Ada"


# --- it cannot be written --------------------------------------------------------------------


READ_ONLY = """
import subprocess, sys
from pathlib import Path
from dynasaur.errors import StoreError
from dynasaur.repo import Change, Repo
root = sys.argv[1]
subprocess.run(["mount", "--bind", root, root], check=True)
subprocess.run(["mount", "-o", "remount,bind,ro", root], check=True)
repo = Repo(Path(root))
print(repo.status_note())
try:
    repo.commit("r1", [Change("x", "", {}, {"actions/x.py": b""})])
except StoreError as error:
    print(error)
"""


@pytest.mark.skipif(not can_mount(), reason="needs user namespaces")
def test_a_read_only_checkout(tmp_path: Path) -> None:
    clone_of_a_person(tmp_path)
    note, error = in_a_namespace(READ_ONLY, str(tmp_path)).splitlines()
    assert "cannot be written: nothing will be kept" in note
    assert "nothing is kept" in error
    assert git(tmp_path, "status", "--porcelain") == ""
    check(tmp_path)


# --- it means harm ---------------------------------------------------------------------------


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A program that leaves a mark when it is run."""
    program = tmp_path / "trap.sh"
    program.write_text(f"#!/bin/sh\ntouch '{tmp_path}/sprung'\nexit 0\n")
    program.chmod(0o755)
    return program


def sprung(trap: Path) -> bool:
    return (trap.parent / "sprung").exists()


HOOKS = (
    "pre-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "post-merge",
    "post-checkout",
    "post-index-change",
    "reference-transaction",
    "pre-auto-gc",
    "post-rewrite",
    "fsmonitor-watchman",
)


def test_hooks_do_not_run(tmp_path: Path, trap: Path) -> None:
    root = clone_of_a_person(tmp_path / "library")
    for folder in (root / ".git" / "hooks", root / "more"):
        folder.mkdir(exist_ok=True)
        for name in HOOKS:
            (folder / name).write_bytes(trap.read_bytes())
            (folder / name).chmod(0o755)
    for path in ("", "more"):
        git(root, "config", "core.hooksPath", path or ".git/hooks")
        assert Repo.init(root).commit(f"r{path}", [adding(f"words{path}")]).merged
        assert not sprung(trap)
    git(root, "config", "core.hooksPath", ".git/hooks")
    git(root, "commit", "--allow-empty", "-m", "the trap works")
    assert sprung(trap)


@pytest.mark.parametrize(
    "setting",
    [
        "core.fsmonitor",
        "core.pager",
        "core.editor",
        "core.sshCommand",
        "core.askPass",
        "core.gitProxy",
        "core.alternateRefsCommand",
        "diff.external",
        "gpg.program",
        "gpg.ssh.program",
        "filter.bad.clean",
        "filter.bad.smudge",
        "filter.bad.process",
        "diff.bad.textconv",
        "diff.bad.command",
        "merge.bad.driver",
        "credential.helper",
        "trace2.normalTarget",
        "uploadpack.packObjectsHook",
    ],
)
def test_settings_that_name_a_program_do_not_run_it(
    tmp_path: Path, trap: Path, setting: str
) -> None:
    root = clone_of_a_person(tmp_path / "library")
    (root / ".gitattributes").write_text("* filter=bad diff=bad merge=bad\n")
    git(root, "add", ".gitattributes")
    git(root, "commit", "--quiet", "-m", "attributes")
    git(root, "config", setting, str(trap))
    git(root, "config", "commit.gpgSign", "true")
    git(root, "config", "filter.bad.required", "true")
    repo = Repo(root)
    repo.status_note()
    assert repo.commit("r1", [adding("words")]).merged
    assert repo.commit("r2", [adding("lines")], deliver="branch").commits
    Repo.init(root)
    assert not sprung(trap)


def test_a_repository_hidden_in_a_folder_is_not_used(tmp_path: Path, trap: Path) -> None:
    outer = clone_of_a_person(tmp_path / "outer")
    hidden = outer / "hidden"
    git(tmp_path, "init", "--quiet", "--bare", str(hidden))
    git(hidden, "config", "core.bare", "false")
    git(hidden, "config", "core.worktree", "..")
    git(hidden, "config", "core.fsmonitor", str(trap))
    with pytest.raises(StoreError):
        Repo(hidden).commit("r1", [adding("words")])
    assert not sprung(trap)


def test_a_linked_folder_is_not_written_through(tmp_path: Path) -> None:
    root = clone_of_a_person(tmp_path / "library")
    outside = tmp_path / "outside"
    outside.mkdir()
    (root / "actions").mkdir()
    (root / "actions" / "text").symlink_to(outside)
    done = Repo(root).commit("r1", [adding("words")])
    assert not done.merged
    assert [*outside.iterdir()] == []
    assert git(root, "status", "--porcelain") == "?? actions/"


def test_a_link_in_history_is_not_written_through(tmp_path: Path) -> None:
    root = clone_of_a_person(tmp_path / "library")
    (tmp_path / "outside").mkdir()
    (root / "actions").symlink_to(tmp_path / "outside")
    git(root, "add", "actions")
    git(root, "commit", "--quiet", "-m", "link")
    with pytest.raises(StoreError, match="actions is a blob"):
        Repo(root).commit("r1", [adding("words")])
    assert [*(tmp_path / "outside").iterdir()] == []
    assert git(root, "branch", "--list", "dynasaur/*") == ""


def test_a_branch_in_the_way(tmp_path: Path) -> None:
    root = clone_of_a_person(tmp_path)
    git(root, "branch", "dynasaur")
    with pytest.raises(StoreError, match="dynasaur"):
        Repo(root).commit("r0", [adding("lines")], deliver="branch")
    (root / WORDS).parent.mkdir(parents=True)
    (root / WORDS).write_text("mine\n")
    with pytest.raises(StoreError, match="dynasaur"):
        Repo(root).commit("r0", [adding("words")])
    (root / WORDS).unlink()
    assert git(root, "status", "--porcelain") == ""
    check(root)
