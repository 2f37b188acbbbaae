"""Writers that die, that starve, and that meet each other and people at work.

After each: what was reported is in history, what was not is there whole or not at all, the
objects are sound, and the next save works without help.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dynasaur.repo import Change, Repo
from dynasaur.repo.checkout import MovedError
from dynasaur.repo.deliver import RefTransaction
from tests.builders.repos import (
    Person,
    adding,
    can_mount,
    clone_of_a_person,
    committed,
    git,
    in_a_namespace,
    isolate,
)
from tests.builders.savers import STAGES

ROOT = Path(__file__).resolve().parents[1]
KILLS = os.environ.get("DYNASAUR_KILLS", "25")
SEED = os.environ.get("DYNASAUR_SEED", "1")


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    isolate(monkeypatch, tmp_path_factory.mktemp("home"))


def saver(*arguments: str) -> subprocess.Popen[str]:
    """A writer in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.builders.savers", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def kept(root: Path, name: str, text: bytes | None = None) -> bool:
    """The action is in the head, in the index and on disk."""
    path = f"actions/text/{name}.py"
    text = text or adding(name).files[path]
    staged = git(root, "ls-files", "--", path) == path
    here = (root / path).exists() and (root / path).read_bytes() == text
    return committed(root, path) == text and staged and here


def leftovers(root: Path) -> list[str]:
    """Everything that a writer should have taken away with it."""
    found = [*(root / ".git").rglob("*.lock")]
    found += (root / ".git").glob("dynasaur-index.*")
    found += (root / ".git" / "dynasaur").glob("journal*")
    found += (root / ".dynasaur" / "tmp").iterdir()
    return [str(path) for path in found] + git(root, "branch", "--list", "dynasaur/*").split()


def check_the_next_save(root: Path, *waiting: str) -> None:
    """It works without help, and leaves everything as it should be: only branches that wait."""
    done = Repo(root).commit("after", [adding("after")])
    assert done.merged, done.note
    assert kept(root, "after")
    assert git(root, "status", "--porcelain") == ""
    assert leftovers(root) == [*waiting]
    git(root, "fsck", "--strict")


@pytest.fixture(scope="module")
def fallen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository for each stage, with a person's staged work and a writer that died there."""
    folder = tmp_path_factory.mktemp("fallen")
    for number in range(len(STAGES)):
        root = clone_of_a_person(folder / str(number))
        (root / "mine.txt").write_text("mine")
        git(root, "add", "mine.txt")
    with saver("stages", str(folder)) as process:
        lines, errors = process.communicate()
    assert [json.loads(line) for line in lines.splitlines()] == [[name, 9] for name in STAGES], (
        errors
    )
    return folder


@pytest.mark.parametrize("number", range(len(STAGES)), ids=[*STAGES])
def test_killed_at_a_stage(fallen: Path, number: int) -> None:
    root, stage = fallen / str(number), [*STAGES][number]
    moved = git(root, "log", "--format=%s").count("\n")
    if moved and not git(root, "ls-files", "--", "actions"):  # nobody commits on the old index
        git(root, "commit", "--quiet", "-m", "mine", ok=False)
        assert git(root, "log", "--format=%s").count("\n") == moved
    assert Repo(root).commit("after", [adding("after")]).merged
    early = "before the journal", "after the journal", "before the commits", "after the commits"
    begun = stage not in early
    assert kept(root, "victim") == begun
    assert (root / "actions/text/victim.py").exists() == begun
    assert git(root, "status", "--porcelain") == "A  mine.txt"
    git(root, "commit", "--quiet", "-m", "mine")
    assert git(root, "show", "--format=", "--name-only") == "mine.txt"
    assert kept(root, "after")
    assert leftovers(root) == []
    git(root, "fsck", "--strict")


RECOVERY = (
    "after the journal",
    "after the new index",
    "while the index is locked",
    "between two files",
    "after the branch has moved",
    "before the index is put in place",
    "after the index is put in place",
)


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository for each stage, where a writer has died, and the one that recovered it too."""
    folder = tmp_path_factory.mktemp("twice")
    for number in range(len(RECOVERY)):
        clone_of_a_person(folder / str(number))
    with saver("again", str(folder), *RECOVERY) as process:
        lines, errors = process.communicate()
    assert [json.loads(line)[1] for line in lines.splitlines()] == [9] * 14, errors
    return folder


@pytest.mark.parametrize("number", range(len(RECOVERY)), ids=RECOVERY)
def test_a_recovery_is_killed(twice: Path, number: int) -> None:
    root = twice / str(number)
    check_the_next_save(root)
    assert kept(root, "victim")


def test_a_recovery_that_may_not_merge_leaves_the_index_alone(tmp_path: Path) -> None:
    root = clone_of_a_person(tmp_path)
    with saver("die", str(root), "victim", "while the index is locked") as process:
        process.communicate()
    begin_a_merge(root)
    done = Repo(root).commit("after", [adding("after")])
    assert not done.merged
    assert "an earlier save waits on branch dynasaur/victim" in done.note
    assert git(root, "diff", "--cached", "--name-only") == ""
    assert committed(root, "actions/text/victim.py", "dynasaur/victim")


@pytest.mark.parametrize("there", ["nothing", "other content"])
def test_half_a_delivery_that_cannot_be_finished_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: str
) -> None:
    """As when the machine stopped: git's own lock is left, and a part of the files."""
    monkeypatch.setattr("dynasaur.repo.save.PATIENCE", 0.1)
    root = clone_of_a_person(tmp_path)
    victim = adding("victim").files["actions/text/victim.py"]
    with saver("die", str(root), "victim", "between two files") as process:
        process.communicate()
    path = root / "actions/text/victim.py"
    init = root / "actions/text/__init__.py"
    assert path.exists() != init.exists()
    if there == "other content":
        path.write_text("mine\n")
    lock = root / ".git/refs/heads/main.lock"
    lock.touch()
    done = Repo(root).commit("after", [adding("after", category="more")])
    assert "an earlier save waits on branch dynasaur/victim" in done.note
    assert str(lock) in done.note
    lock.unlink()
    left = [] if there == "nothing" else ["?? actions/"]
    assert git(root, "status", "--porcelain").splitlines() == left
    assert committed(root, "actions/text/victim.py", "dynasaur/victim") == victim
    if there == "nothing":
        git(root, "merge", "--quiet", "--ff-only", "dynasaur/victim")
        assert kept(root, "victim")


def test_a_branch_that_will_not_move_leaves_the_checkout_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: RefTransaction) -> None:
        raise MovedError

    monkeypatch.setattr(RefTransaction, "commit", refuse)
    monkeypatch.setattr("dynasaur.repo.save.PATIENCE", 0.1)
    root = clone_of_a_person(tmp_path)
    files = {"README.md": b"new\n", "actions/text/words.py": b"new\n"}
    done = Repo(root).commit("r1", [Change("x", "", {}, files, overwrite=True)])
    assert not done.merged
    assert (root / "README.md").read_text() == "hello\n"
    assert not (root / "actions/text/words.py").exists()
    assert git(root, "status", "--porcelain") == ""


def counted(root: Path, results: list[list[str]], *waiting: str) -> str:
    """What became of the saves that were killed."""
    there = [
        any(
            committed(root, f"actions/text/{name}.py", where) is not None
            for where in ("HEAD", *({f"dynasaur/{name}"} & {*waiting}))
        )
        for name, *_ in results
    ]
    told = [bool(reported) for _, reported, *_ in results]
    lost = sum(said and not found for said, found in zip(told, there, strict=True))
    return (
        f"{len(results)} tried, {sum(told)} reported, {sum(there)} there, {lost} reported and lost"
    )


@pytest.mark.slow
def test_killed_at_random_moments(tmp_path: Path) -> None:
    clone_of_a_person(tmp_path)
    with saver("random", str(tmp_path), KILLS, SEED) as process:
        lines, errors = process.communicate()
    assert process.returncode == 0, errors
    results = [json.loads(line) for line in lines.splitlines()]
    assert len(results) == int(KILLS)
    check_the_next_save(tmp_path)
    for name, reported, _ in results:
        whole = {kept(tmp_path, name), kept(tmp_path, f"{name}_too")}
        assert whole == {True} if reported else len(whole) == 1, (name, reported)
        assert reported in {"", "merged"}, "the save before was killed, and this one had to wait"
    print(counted(tmp_path, results))


@pytest.mark.slow
def test_killed_with_every_git_that_it_had_started(tmp_path: Path) -> None:
    """As when the machine stops: git's own locks may stay, and are named with their remedy."""
    clone_of_a_person(tmp_path)
    with saver("deep", str(tmp_path), KILLS, SEED) as process:
        lines, errors = process.communicate()
    assert process.returncode == 0, errors
    results = [json.loads(line) for line in lines.splitlines()]
    assert len(results) == int(KILLS)
    waiting = git(tmp_path, "branch", "--format=%(refname:short)", "--list", "dynasaur/*").split()
    check_the_next_save(tmp_path, *waiting)
    for name, reported, _ in results:
        branch = f"dynasaur/{name}" if f"dynasaur/{name}" in waiting else "HEAD"
        paths = [f"actions/text/{name}.py", f"actions/text/{name}_too.py"]
        whole = {committed(tmp_path, path, branch) is not None for path in paths}
        assert whole == {True} if reported or branch != "HEAD" else len(whole) == 1, name
    print(counted(tmp_path, results, *waiting))
    print(sum(helped for *_, helped in results), "needed the command,", len(waiting), "wait")


@pytest.mark.slow
def test_eight_savers(tmp_path: Path) -> None:
    clone_of_a_person(tmp_path)
    names = [[f"s{who}_{n}" for n in range(12)] for who in range(8)]
    savers = [saver("save", str(tmp_path), *mine) for mine in names]
    reports = []
    for process in savers:
        lines, errors = process.communicate()
        assert process.returncode == 0, errors
        reports += [json.loads(line) for line in lines.splitlines()]
    assert all(merged and branch == "main" for _, branch, merged, _ in reports)
    assert sorted(name for name, *_ in reports) == sorted(itertools.chain(*names))
    assert all(kept(tmp_path, name) for name, *_ in reports)
    subjects = git(tmp_path, "log", "--format=%s").splitlines()
    assert len(subjects) == len(set(subjects)) == 97
    for commit in git(tmp_path, "rev-list", "--max-count=96", "HEAD").split():
        files = git(tmp_path, "show", "--format=%s", "--name-only", commit).split("\n\n")
        assert all(name in files[0] or "__init__" in name for name in _stems(files[1]))
    check_the_next_save(tmp_path)


def _stems(text: str) -> list[str]:
    return [Path(line).stem for line in text.splitlines()]


@pytest.mark.slow
def test_a_person_at_work_in_the_same_clone(tmp_path: Path) -> None:
    clone_of_a_person(tmp_path)
    person = Person(tmp_path)
    savers = [saver("save", str(tmp_path), *(f"s{who}_{n}" for n in range(12))) for who in range(8)]
    turns = itertools.count()
    while any(process.poll() is None for process in savers):
        person.work(next(turns))
    reports = []
    for process in savers:
        lines, errors = process.communicate()
        assert process.returncode == 0, errors
        reports += [json.loads(line) for line in lines.splitlines()]
    assert len(reports) == 96
    for name, branch, merged, note in reports:
        text = adding(name).files[f"actions/text/{name}.py"]
        assert committed(tmp_path, f"actions/text/{name}.py", branch) == text, name
        assert kept(tmp_path, name) if merged and branch == "main" else True, name
        assert merged or "left on branch" in note
    for commit in git(tmp_path, "log", "--format=%H", "--grep=^mine [0-9]").split():
        assert git(tmp_path, "show", "--format=", "--name-only", commit) == "README.md"
    git(tmp_path, "fsck", "--strict")
    merged = sum(report[2] for report in reports)
    print(f"{next(turns)} turns, {person.tried_again} tried again, {merged} of 96 merged")


FULL = """
import json, shutil, subprocess, sys
from pathlib import Path
from dynasaur.errors import StoreError
from dynasaur.repo import Change, Repo
from dynasaur.repo.checkout import MovedError
from dynasaur.repo.deliver import RefTransaction
from tests.builders.repos import adding, clone_of_a_person
root = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", root], check=True)
clone_of_a_person(root)
repo, ballast = Repo(root), root / ".git" / "ballast"
repo.commit("first", [adding("first")])
for number, free in enumerate(range(0, 120, 4)):
    ballast.write_bytes(b"x" * max(0, shutil.disk_usage(root).free - free * 1024))
    name = f"f{number}"
    try:
        done = repo.commit(name, [adding(name, "long = 1\\n" * 600)])
        said = [done.branch, done.merged, done.note]
    except StoreError as error:
        said = ["", False, str(error)]
    ballast.unlink()
    after = repo.commit(f"after{number}", [adding(f"after{number}")])
    print(json.dumps([name, *said, after.merged, after.note]), flush=True)
subprocess.run(["cp", "-a", f"{root}/.", sys.argv[2]], check=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(not can_mount(), reason="needs user namespaces")
def test_a_full_disk(tmp_path: Path) -> None:
    disk, copy = tmp_path / "disk", tmp_path / "copy"
    disk.mkdir()
    copy.mkdir()
    reports = [json.loads(line) for line in in_a_namespace(FULL, str(disk), str(copy)).splitlines()]
    assert len(reports) == 30
    for name, branch, merged, said, works, note in reports:
        assert works, note
        path = f"actions/text/{name}.py"
        assert bool(branch) == (committed(copy, path, branch or "HEAD") is not None), (name, said)
        assert kept(copy, name, b"long = 1\n" * 600) == merged
        assert (copy / path).exists() == merged
        assert merged or said
    assert {merged for _, _, merged, *_ in reports} == {False, True}
    assert git(copy, "status", "--porcelain") == ""
    assert sorted(leftovers(copy)) == sorted(
        branch for _, branch, merged, *_ in reports if branch and not merged
    )
    git(copy, "fsck", "--strict")


# --- between two steps of a save, somebody else acts -----------------------------------------


def stage_a_file(root: Path) -> None:
    (root / "other.txt").write_text("mine\n")
    git(root, "add", "other.txt")


def commit_a_file(root: Path) -> None:
    stage_a_file(root)
    git(root, "commit", "--quiet", "-m", "mine")


def change_branches(root: Path) -> None:
    git(root, "checkout", "--quiet", "-b", "side")


def write_the_same_file(root: Path) -> None:
    path = root / "actions/text/words.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine\n")


def begin_a_merge(root: Path) -> None:
    (root / ".git" / "MERGE_HEAD").write_text(git(root, "rev-parse", "HEAD") + "\n")


@pytest.mark.parametrize(
    "act", [stage_a_file, commit_a_file, change_branches, write_the_same_file, begin_a_merge]
)
@pytest.mark.parametrize("step", ["before the commits", "after the new index", "after the files"])
def test_somebody_acts_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: Callable[[Path], None], step: str
) -> None:
    root = clone_of_a_person(tmp_path)
    owner, name, after = STAGES[step]
    original = getattr(owner, name)
    acted: list[bool] = []

    def busy(*arguments: object, **options: object) -> object:
        result = original(*arguments, **options) if after else None
        if not acted:
            acted.append(True)
            with contextlib.suppress(AssertionError):  # git may refuse them: it is locked
                act(root)
        return result if after else original(*arguments, **options)

    monkeypatch.setattr(owner, name, busy)
    done = Repo(root).commit("r1", [adding("words")])
    path = "actions/text/words.py"
    waits = {write_the_same_file, begin_a_merge}
    assert committed(root, path, done.branch) == adding("words").files[path]
    assert done.merged == (act not in waits or step == "after the files")
    if done.merged and act is not write_the_same_file:
        assert kept(root, "words")
    if (root / "other.txt").exists():
        staged = git(root, "ls-files", "--", "other.txt")
        assert staged or step == "after the files", "what a person stages stays staged"
    if act is write_the_same_file:
        assert (root / path).read_text() == "mine\n"
    assert not git(root, "diff", "--cached", "--name-only", "--diff-filter=D")
