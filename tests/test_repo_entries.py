"""Git's index changed as bytes: it becomes what git makes of it, or git is left to do it."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from dynasaur.repo import Repo
from dynasaur.repo.entries import UNMERGED, Entries
from tests.builders.repos import adding, clone_of_a_person, git, isolate

NAMES = ["a", "a.b", "a-b", "ab", "actions", "é", "z" * 40, "A", "b0", "b", "c d", "_"]
BLOB = {"sha1": "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"}
BLOB["sha256"] = hashlib.sha256(b"blob 0\0").hexdigest()


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    isolate(monkeypatch, tmp_path_factory.mktemp("home"))


def put_by_git(root: Path, wanted: dict[bytes, str | None], zero: str, *options: str) -> bool:
    """What git makes of the same index; False where it refuses."""
    lines = [
        b"%s %s\t%s\0" % (b"100644" if blob else b"0", (blob or zero).encode(), path)
        for path, blob in wanted.items()
    ]
    command = ["git", "update-index", *options, "-z", "--index-info"]
    done = subprocess.run(command, cwd=root, input=b"".join(sorted(lines)), check=False)
    return done.returncode == 0


def some_path(chance: random.Random) -> bytes:
    """One that may be there, or lie beside, above or below what is there."""
    return "/".join(chance.choice(NAMES) for _ in range(chance.randint(1, 3))).encode()


@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
def test_git_makes_the_same_of_any_index(tmp_path: Path, hash_name: str) -> None:
    git(tmp_path, "init", "--quiet", f"--object-format={hash_name}")
    empty = git(tmp_path, "hash-object", "-w", "--stdin")
    assert empty == BLOB[hash_name]
    full = git(tmp_path, "hash-object", "-w", "--stdin", stdin="full")
    index = tmp_path / ".git/index"
    chance, zero, left_to_git = random.Random(7), "0" * len(empty), 0
    for number in range(60):
        index.unlink(missing_ok=True)
        there: dict[bytes, str | None] = {some_path(chance): empty for _ in range(number % 12)}
        assert put_by_git(tmp_path, there, zero, "--replace")
        if number % 2:
            git(tmp_path, "write-tree")  # the index remembers the trees that it stands for
        elif number % 5 == 0:
            line = f"100644 {empty} 2\tconflict\0"
            git(tmp_path, "update-index", "-z", "--index-info", stdin=line)
        before = index.read_bytes() if index.exists() else b""
        entries = Entries.of(before, hash_name)
        if entries is None:
            assert number % 12 == 0, "an index of the plain form"
            continue
        for line in git(tmp_path, "ls-files", "-z", "--stage").split("\0")[:-1]:
            about, _, path = line.partition("\t")
            found = UNMERGED if about.endswith("2") else about.split()[1]
            assert entries.staged(path.encode()) == found
        wanted = {some_path(chance): chance.choice([empty, full, None]) for _ in range(3)}
        parts = entries.put(wanted)
        if parts is None:
            left_to_git += 1
            continue
        assert put_by_git(tmp_path, wanted, zero), wanted
        if index.read_bytes() != before:  # git writes none where nothing is to be changed
            assert b"".join([*parts, entries.seal(parts)]) == index.read_bytes(), wanted
    assert 0 < left_to_git < 30


@pytest.mark.parametrize(
    "make",
    [
        ["update-index", "--index-version=4"],
        ["update-index", "--split-index"],
        ["update-index", "--force-untracked-cache"],
        ["update-index", "--skip-worktree", "README.md"],
        ["add", "--intent-to-add", "new.txt"],
    ],
)
def test_an_unusual_index_is_left_to_git(tmp_path: Path, make: list[str]) -> None:
    root = clone_of_a_person(tmp_path)
    for name in ("b.txt", "new.txt"):
        (root / name).write_text("x")
    git(root, "add", "b.txt")
    assert Entries.of((root / ".git/index").read_bytes(), "sha1")
    git(root, *make)
    before = git(root, "status", "--porcelain")
    assert Entries.of((root / ".git/index").read_bytes(), "sha1") is None
    assert Repo(root).commit("r1", [adding("words")]).merged
    assert git(root, "status", "--porcelain") == before


def test_a_name_that_does_not_say_how_long_it_is_is_left_to_git(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    long = "/".join(["x" * 200] * 25)
    assert put_by_git(tmp_path, {long.encode(): BLOB["sha1"]}, "0" * 40)
    assert Entries.of((tmp_path / ".git/index").read_bytes(), "sha1") is None


def test_a_damaged_index_is_left_to_git(tmp_path: Path) -> None:
    index = clone_of_a_person(tmp_path) / ".git/index"
    whole = index.read_bytes()
    bare = whole.index(b"TREE") + 20  # what follows the entries may be left out
    taken = [end for end in range(len(whole)) if Entries.of(whole[:end], "sha1")]
    assert taken == [bare]
    assert Entries.of(whole[:-20] + bytes(20), "sha1") is None


def test_what_changed_in_the_moment_of_the_index_is_still_seen(tmp_path: Path) -> None:
    """As old as the index and as long as before: only a look at its content tells."""
    root = clone_of_a_person(tmp_path)
    for key, value in (("core.trustctime", "false"), ("core.checkStat", "minimal")):
        git(root, "config", key, value)
    when = (root / ".git/index").stat().st_mtime_ns - 10**10
    os.utime(root / "README.md", ns=(when, when))
    git(root, "update-index", "--refresh")
    os.utime(root / ".git/index", ns=(when, when))
    (root / "README.md").write_text("HELLO\n")
    os.utime(root / "README.md", ns=(when, when))
    other = shutil.copytree(root, tmp_path / "other")
    assert git(other, "status", "--porcelain") == " M README.md"
    assert Repo(root).commit("r1", [adding("words")]).merged
    assert git(root, "status", "--porcelain") == " M README.md\n?? other/"


@pytest.mark.parametrize("large", [0, 1 << 20], ids=["looked through ahead", "when needed"])
def test_the_index_keeps_its_mode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    monkeypatch.setattr("dynasaur.repo.index.LARGE", large)
    root = clone_of_a_person(tmp_path)
    (root / ".git/index").chmod(0o660)
    assert Repo(root).commit("r1", [adding("words")]).merged
    assert (root / ".git/index").stat().st_mode & 0o777 == 0o660
    git(root, "fsck", "--strict")
    assert git(root, "status", "--porcelain") == ""
