"""The repository: what is kept is in history, and nobody's work is touched."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from dynasaur.errors import StoreError
from dynasaur.repo import Change, Repo
from tests.builders.repos import adding, clone_of_a_person, committed, git, isolate, tree


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    isolate(monkeypatch, tmp_path_factory.mktemp("home"))


YEAR = 365 * 86400.0


def clean(folder: Path) -> bool:
    """Nothing staged, changed or untracked, no lock, no lasting branch, objects sound."""
    locks = [str(p) for p in (folder / ".git").rglob("*.lock")]
    git(folder, "fsck", "--strict")
    return not git(folder, "status", "--porcelain") and not locks


# --- starting a library ----------------------------------------------------------------------


def test_init_makes_a_library_without_identity(tmp_path: Path) -> None:
    repo = Repo.init(tmp_path / "new" / "library")
    assert repo.identity.fallback
    assert tree(repo.root) == {".gitignore": b".dynasaur/\n", "actions/__init__.py": b""}
    assert git(repo.root, "log", "--format=%an <%ae>|%cn|%s") == (
        "dynasaur <dynasaur@localhost>|dynasaur|Start a library of actions"
    )
    assert git(repo.root, "branch", "--list", "dynasaur/*") == ""
    assert clean(repo.root)


def test_init_twice_changes_nothing(tmp_path: Path) -> None:
    first = git(Repo.init(tmp_path).root, "rev-parse", "HEAD")
    assert git(Repo.init(tmp_path).root, "rev-parse", "HEAD") == first


def test_init_beside_a_persons_files(tmp_path: Path) -> None:
    home = clone_of_a_person(tmp_path / "home")
    (home / ".gitignore").write_text("*.log")
    git(home, "add", ".gitignore")
    git(home, "commit", "--quiet", "-m", "ignore")
    (home / "draft.txt").write_text("mine")
    (home / "staged.txt").write_text("mine too")
    git(home, "add", "staged.txt")
    repo = Repo.init(home)
    assert (home / ".gitignore").read_text() == "*.log\n.dynasaur/\n"
    assert git(home, "show", "--name-only", "--format=%an", "HEAD").split() == [
        "Ada",
        ".gitignore",
        "actions/__init__.py",
    ]
    assert git(home, "status", "--porcelain").splitlines() == ["A  staged.txt", "?? draft.txt"]
    assert not repo.identity.fallback


def test_init_leaves_a_gitignore_that_is_being_edited(tmp_path: Path) -> None:
    home = clone_of_a_person(tmp_path / "home")
    (home / ".gitignore").write_text("*.log\n")
    Repo.init(home)
    assert (home / ".gitignore").read_text() == "*.log\n.dynasaur/\n"
    assert git(home, "status", "--porcelain") == "?? .gitignore"
    assert committed(home, "actions/__init__.py") == b""


# --- one save --------------------------------------------------------------------------------


def test_a_save_is_one_commit_with_its_trailers(tmp_path: Path) -> None:
    repo = Repo(clone_of_a_person(tmp_path))
    changes = [adding("words", run="r1", task="a\nb"), adding("lines", run="r1")]
    done = repo.commit("r1", changes)
    assert (done.branch, done.merged, done.note) == ("main", True, "")
    assert git(tmp_path, "log", "--reverse", "--format=%H", "main").split()[1:] == [*done.commits]
    assert git(tmp_path, "show", "-s", "--format=%B", done.commits[0]) == (
        "add text/words: words.\n\nEvidence: called.\n\nrun: r1\ntask: a b\n"
    )
    shown = git(tmp_path, "show", "-s", "--format=%(trailers:key=task,valueonly)", done.commits[0])
    assert shown.strip() == "a b"
    assert set(tree(tmp_path)) == {
        "README.md",
        "actions/text/__init__.py",
        "actions/text/lines.py",
        "actions/text/words.py",
    }
    assert clean(tmp_path)


def test_a_save_deletes_and_replaces(tmp_path: Path) -> None:
    repo = Repo(clone_of_a_person(tmp_path))
    repo.commit("r1", [adding("words"), adding("lines")])
    files = {"actions/text/words.py": None, "actions/text/lines.py": b"new\n"}
    assert repo.commit("r2", [Change("tidy", "", {}, files, overwrite=True)]).merged
    assert set(tree(tmp_path)) - {"README.md"} == {
        "actions/text/__init__.py",
        "actions/text/lines.py",
    }
    assert (tmp_path / "actions/text/lines.py").read_bytes() == b"new\n"
    assert clean(tmp_path)


def test_the_same_again_makes_no_commit(tmp_path: Path) -> None:
    repo = Repo(clone_of_a_person(tmp_path))
    repo.commit("r1", [adding("words")])
    done = repo.commit("r2", [adding("words")])
    assert done.commits == ()
    assert git(tmp_path, "rev-list", "--count", "--all") == "2"


def test_two_that_share_a_name_are_not_merged(tmp_path: Path) -> None:
    repo = Repo(clone_of_a_person(tmp_path))
    repo.commit("r1", [adding("words", "first\n")])
    done = repo.commit("r2", [adding("words", "second\n")])
    assert not done.merged
    assert "actions/text/words.py exists already" in done.note
    assert committed(tmp_path, "actions/text/words.py") == b"first\n"
    assert committed(tmp_path, "actions/text/words.py", done.branch) == b"second\n"


@pytest.mark.parametrize("how", ["branch", "none"])
def test_what_is_not_to_be_merged(tmp_path: Path, how: str) -> None:
    repo = Repo(clone_of_a_person(tmp_path))
    done = repo.commit("r1", [adding("words")], deliver="branch" if how == "branch" else "none")
    assert not done.merged
    assert set(tree(tmp_path)) == {"README.md"}
    assert git(tmp_path, "branch", "--format=%(refname:short)").split() == (
        ["dynasaur/r1", "main"] if how == "branch" else ["main"]
    )
    assert clean(tmp_path)


def test_a_branch_that_waits_is_never_overwritten(tmp_path: Path) -> None:
    repo = Repo(clone_of_a_person(tmp_path))
    first = repo.commit("r1", [adding("words")], deliver="branch")
    second = repo.commit("r1", [adding("lines")], deliver="branch")
    assert (first.branch, second.branch) == ("dynasaur/r1", "dynasaur/r1-2")
    assert committed(tmp_path, "actions/text/words.py", first.branch)


# --- where it must work ----------------------------------------------------------------------


def test_no_commit_yet_and_something_staged(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch=trunk")
    (tmp_path / "mine.txt").write_text("mine")
    git(tmp_path, "add", "mine.txt")
    done = Repo(tmp_path).commit("r1", [adding("words")])
    assert (done.branch, done.merged) == ("trunk", True)
    assert "user.name" in done.note
    assert git(tmp_path, "status", "--porcelain") == "A  mine.txt"
    assert git(tmp_path, "ls-tree", "-r", "--name-only", "HEAD").split() == [
        "actions/text/__init__.py",
        "actions/text/words.py",
    ]


def test_a_library_in_a_subfolder(tmp_path: Path) -> None:
    clone_of_a_person(tmp_path)
    root = tmp_path / "team's tools" / "über"
    root.mkdir(parents=True)
    repo = Repo.init(root)
    assert repo.commit("r1", [adding("words")]).merged
    assert committed(tmp_path, "team's tools/über/actions/text/words.py")
    assert (root / "actions/text/words.py").exists()
    assert clean(tmp_path)


def test_a_detached_head_stays_where_it_is(tmp_path: Path) -> None:
    repo = Repo(clone_of_a_person(tmp_path))
    git(tmp_path, "checkout", "--quiet", "--detach")
    before = git(tmp_path, "rev-parse", "HEAD")
    done = repo.commit("r1", [adding("words")])
    assert (done.branch, done.merged) == ("dynasaur/r1", False)
    assert "no branch is checked out" in done.note
    assert git(tmp_path, "rev-parse", "HEAD") == before
    assert repo.status_note()


def test_no_repository_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="dynasaur init"):
        Repo(tmp_path)


@pytest.mark.parametrize(
    "path",
    ["../x.py", "/x.py", "a/../../x.py", ".git/hooks/x", "a/.GIT/x", "a\\x", "", "a//b", "a\nb"],
)
def test_paths_that_leave_the_library(tmp_path: Path, path: str) -> None:
    repo = Repo(clone_of_a_person(tmp_path))
    with pytest.raises(StoreError, match="inside the library"):
        repo.commit("r1", [Change("x", "", {}, {path: b""})])
    assert git(tmp_path, "branch", "--list", "dynasaur/*") == ""


@pytest.mark.parametrize("run", ["", "a b", "../x", "a..b", "-x", "a.lock", "a/b"])
def test_runs_that_cannot_name_a_branch(tmp_path: Path, run: str) -> None:
    with pytest.raises(StoreError, match="cannot name a branch"):
        Repo(clone_of_a_person(tmp_path)).commit(run, [adding("words")])


# --- nobody's work is touched ----------------------------------------------------------------


def test_staged_changed_and_stashed_work_stays(tmp_path: Path) -> None:
    clone_of_a_person(tmp_path)
    (tmp_path / "README.md").write_text("stashed\n")
    git(tmp_path, "stash")
    (tmp_path / "staged.txt").write_text("one")
    git(tmp_path, "add", "staged.txt")
    (tmp_path / "staged.txt").write_text("two")
    (tmp_path / "README.md").write_text("edited\n")
    (tmp_path / "draft.txt").write_text("draft")
    before = git(tmp_path, "status", "--porcelain=v2"), git(tmp_path, "stash", "list")
    done = Repo(tmp_path).commit("r1", [adding("words")])
    assert done.merged
    assert (git(tmp_path, "status", "--porcelain=v2"), git(tmp_path, "stash", "list")) == before
    git(tmp_path, "commit", "--quiet", "-m", "mine")
    assert git(tmp_path, "show", "--name-only", "--format=", "HEAD") == "staged.txt"
    git(tmp_path, "checkout", "README.md")
    git(tmp_path, "stash", "pop")
    assert (tmp_path / "README.md").read_text() == "stashed\n"


@pytest.mark.parametrize("staged", [False, True])
@pytest.mark.parametrize("exists", [False, True])
def test_a_persons_change_of_the_same_file_keeps_the_save_back(
    tmp_path: Path, staged: bool, exists: bool
) -> None:
    clone_of_a_person(tmp_path)
    repo = Repo(tmp_path)
    if exists:
        repo.commit("r0", [adding("words")])
    mine = tmp_path / "actions/text/words.py"
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.write_text("mine\n")
    if staged:
        git(tmp_path, "add", str(mine))
        mine.unlink()
    before = tree(tmp_path), git(tmp_path, "status", "--porcelain=v2")
    files = {"actions/text/words.py": b"tool's\n", "actions/text/a.py": b""}
    done = repo.commit("r1", [Change("x", "", {}, files, overwrite=True)])
    assert not done.merged
    assert "git merge dynasaur/r1" in done.note
    assert (tree(tmp_path), git(tmp_path, "status", "--porcelain=v2")) == before
    assert committed(tmp_path, "actions/text/words.py", "dynasaur/r1") == b"tool's\n"


@pytest.mark.parametrize("name", ["index", "HEAD", "refs/heads/main"])
def test_a_lock_of_git_is_waited_for_and_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("dynasaur.repo.save.PATIENCE", 0.2)
    clone_of_a_person(tmp_path)
    lock = tmp_path / ".git" / f"{name}.lock"
    lock.touch()
    done = Repo(tmp_path).commit("r1", [adding("words")])
    assert not done.merged
    assert f"rm {lock}:" in done.note.replace(")", ":")
    assert lock.exists()
    assert not (tmp_path / "actions").exists()
    lock.unlink()
    assert clean(tmp_path)
    git(tmp_path, "merge", "--quiet", "--ff-only", done.branch)
    assert Repo(tmp_path).commit("r2", [adding("lines")]).merged


def test_a_lock_of_git_that_a_save_does_without(tmp_path: Path) -> None:
    lock = clone_of_a_person(tmp_path) / ".git" / "packed-refs.lock"
    lock.touch()
    assert Repo(tmp_path).commit("r1", [adding("words")]).merged
    assert lock.exists()
    lock.unlink()
    assert clean(tmp_path)


def test_two_at_once(tmp_path: Path) -> None:
    clone_of_a_person(tmp_path)
    done: list[bool] = []

    def save(who: str) -> None:
        repo = Repo(tmp_path)
        done.extend(repo.commit(who, [adding(f"{who}{n}")]).merged for n in range(5))

    threads = [threading.Thread(target=save, args=(who,)) for who in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [True] * 10
    assert git(tmp_path, "rev-list", "--count", "HEAD") == "11"
    assert len(list((tmp_path / "actions/text").glob("[ab]*.py"))) == 10
    assert clean(tmp_path)


def test_many_saves_leave_few_packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dynasaur.repo.upkeep.PACKS", 4)
    repo = Repo(clone_of_a_person(tmp_path))
    for number in range(8):
        assert repo.commit(f"r{number}", [adding(f"words{number}")]).merged
    assert len(list((tmp_path / ".git/objects/pack").glob("*.pack"))) < 4
    assert committed(tmp_path, "actions/text/words0.py")
    assert clean(tmp_path)


def test_a_clock_that_jumps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = Repo(clone_of_a_person(tmp_path))
    now = time.time()
    for number, jump in enumerate((0, 20 * YEAR, -20 * YEAR, 60, -60)):
        monkeypatch.setattr(time, "time", lambda jump=jump: now + jump)
        assert repo.commit(f"r{number}", [adding(f"words{number}")]).merged
    subjects = git(tmp_path, "log", "--topo-order", "--format=%s", "--max-count=5").splitlines()
    assert subjects == [f"add text/words{number}: words{number}." for number in (4, 3, 2, 1, 0)]
    assert clean(tmp_path)
