"""Git's index changed as bytes: it becomes what git makes of it, or git is left to do it."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from dynasaur.repo import Repo
from dynasaur.repo.entries import UNMERGED, Entries, UnusualError
from tests.builders.repos import adding, clone_of_a_person, git, isolate

NAMES = ["a", "a.b", "a-b", "ab", "actions", "é", "z" * 40, "A", "b0", "b", "c d", "_", "TREE"]
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
@pytest.mark.parametrize("near", [1, 1024])
def test_git_makes_the_same_of_any_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hash_name: str, near: int
) -> None:
    monkeypatch.setattr("dynasaur.repo.entries.NEAR", near)
    git(tmp_path, "init", "--quiet", f"--object-format={hash_name}")
    empty = git(tmp_path, "hash-object", "-w", "--stdin")
    assert empty == BLOB[hash_name]
    full = git(tmp_path, "hash-object", "-w", "--stdin", stdin="full")
    index = tmp_path / ".git/index"
    chance, zero, left_to_git = random.Random(near), "0" * len(empty), 0
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


MODES = [struct.pack(">I", mode) for mode in (0o100644, 0o100755, 0o120000, 0o160000)]


def crafted(chance: random.Random, likely: float, wide: int) -> tuple[bytes, bytes]:
    """The numbers and the id of an entry; much in them looks like a mode."""
    words = [
        chance.choice(MODES)
        if chance.random() < likely
        else chance.choice([bytes(4), chance.randbytes(4)])
        for _ in range(10 + wide // 4)
    ]
    words[6] = chance.choice(MODES)
    together = b"".join(words)
    return together[:40], together[40:]


def written(entries: Mapping[tuple[bytes, int], tuple[bytes, bytes]], hash_name: str) -> bytes:
    """An index file of such entries, each by its path and its side."""
    parts = [struct.pack(">4sII", b"DIRC", 2, len(entries))]
    for (path, side), (numbers, number) in sorted(entries.items()):
        entry = numbers + number + struct.pack(">H", side << 12 | len(path)) + path
        parts.append(entry + bytes(8 - len(entry) % 8))
    data = b"".join(parts)
    return data + hashlib.new(hash_name, data).digest()


@pytest.mark.parametrize("likely", [0.0, 0.02, 0.5])
@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
def test_nothing_in_an_entry_passes_for_another_one(
    monkeypatch: pytest.MonkeyPatch, hash_name: str, likely: float
) -> None:
    """An index whose times, groups and ids are full of modes, beside one that was read whole."""
    wide = hashlib.new(hash_name).digest_size
    for number in range(8):
        chance = random.Random(number)
        monkeypatch.setattr("dynasaur.repo.entries.NEAR", chance.choice([1, 64, 512]))
        long = chance.choice([1, 3, 40, 600])
        names = {
            bytes(chance.choices(b"ab\x81\xa4\xa0\xe0", k=chance.randint(1, long)))
            for _ in range(60)
        }
        there = {
            (name, side): crafted(chance, likely, wide)
            for name in names
            for side in chance.choice([[0], [0], [0], [1, 3], [2]])
        }
        entries = Entries(written(there, hash_name), hash_name)
        others = {name + b"a" for name in names} | {name[:-1] for name in names if name[1:]}
        for name in names | others:
            sides = [side for side in range(4) if (name, side) in there]
            one = there[name, 0][1].hex() if sides == [0] else UNMERGED if sides else None
            assert entries.staged(name) == one
        wanted = {
            name: chance.choice([None, chance.randbytes(wide).hex()])
            for name in chance.sample(sorted(names | others), 5)
        }
        for name, blob in wanted.items():
            for side in range(4):
                there.pop((name, side), None)
            if blob:
                plain = struct.pack(">10I", *[0] * 6, 0o100644, *[0] * 3)
                there[name, 0] = plain, bytes.fromhex(blob)
        parts = entries.put(wanted)
        assert parts is not None
        assert b"".join([*parts, entries.seal(parts)]) == written(there, hash_name)


def test_an_entry_of_an_unusual_mode_is_left_to_git(tmp_path: Path) -> None:
    root = clone_of_a_person(tmp_path)
    for number in range(200):  # far from the end, where it would be met at once
        (root / f"z{number}").touch()
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "many")
    index = root / ".git/index"
    data = index.read_bytes()[:-20]
    usual, unusual = (struct.pack(">I", mode) for mode in (0o100644, 0o100664))
    data = data.replace(usual, unusual, 1)
    index.write_bytes(data + hashlib.sha1(data).digest())
    entries = Entries.of(index.read_bytes(), "sha1")
    assert entries
    with pytest.raises(UnusualError, match="mode"):
        entries.staged(b"README.md")
    assert entries.put({b"actions/text/words.py": BLOB["sha1"]}) is None
    assert Repo(root).commit("r1", [adding("words")]).merged


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
    assert Entries.of(whole, "sha1")
    for at in range(len(whole)):
        assert Entries.of(whole[:at], "sha1") is None
        broken = whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :]
        assert Entries.of(broken, "sha1") is None
    assert Entries.of(whole[:-20] + bytes(20), "sha1") is None


def test_only_trees_may_follow_the_entries(tmp_path: Path) -> None:
    whole = (clone_of_a_person(tmp_path) / ".git/index").read_bytes()
    close = whole.index(b"TREE")
    bare, trees = whole[:close], whole[close + 8 : -20]

    def taken(*rest: tuple[bytes, bytes]) -> bool:
        parts = [kind + struct.pack(">I", len(data)) + data for kind, data in rest]
        data = b"".join([bare, *parts])
        return Entries.of(data + hashlib.sha1(data).digest(), "sha1") is not None

    assert taken()
    assert taken((b"TREE", trees))
    assert taken((b"TREE", b"\0-1 0\n"))
    resolved = b"README.md\x00100644\x000\x000\0" + bytes(20)
    padded = resolved + bytes(-len(resolved) % 8)
    for other in (b"", resolved, padded, trees, bare[12:], bytes(64)):
        for kind in (b"REUC", b"TREE"):
            assert not taken((kind, other)) or (kind, other) == (b"TREE", trees)
            assert not taken((kind, other), (b"TREE", trees))
            assert not taken((b"TREE", trees), (kind, other))
    for wrong in (b"a" + trees, trees + b"\0", trees[:-1], trees + trees, b"\0-1 1\n"):
        assert not taken((b"TREE", wrong))
    for room in range(9):
        assert not taken((b"REUC", b"TREE" + bytes(room)))


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


def test_what_is_staged_keeps_a_save_back_that_has_begun_with_the_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dynasaur.repo.index.LARGE", 0)
    root = clone_of_a_person(tmp_path)
    git(
        root, "update-index", "--add", "--cacheinfo", f"100644,{BLOB['sha1']},actions/text/words.py"
    )
    done = Repo(root).commit("r1", [adding("words")])
    assert not done.merged
    assert "actions/text/words.py is staged" in done.note
    assert git(root, "ls-files", "--stage", "actions").split()[1] == BLOB["sha1"]
    assert not [*(root / ".git").glob("dynasaur-*.*")]
