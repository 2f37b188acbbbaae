"""Commits are signed as the person signs theirs, and a save never waits for a key."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from dynasaur.repo import Repo
from tests.builders.repos import adding, clone_of_a_person, git, isolate


@pytest.fixture(autouse=True)
def key(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A person who signs every commit with an ssh key."""
    home = tmp_path_factory.mktemp("home")
    isolate(monkeypatch, home)
    key = home / "key"
    make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ada", "-f", str(key)]
    subprocess.run(make, check=True)
    (home / "allowed").write_text(f"ada@example.org {key.with_suffix('.pub').read_text()}")
    for name, value in {
        "commit.gpgSign": "true",
        "gpg.format": "ssh",
        "user.signingKey": str(key),
        "gpg.ssh.allowedSignersFile": str(home / "allowed"),
    }.items():
        git(home, "config", "--global", name, value)
    return key


def test_commits_are_signed(tmp_path: Path) -> None:
    repo = Repo(clone_of_a_person(tmp_path))
    done = repo.commit("r1", [adding("words", run="r1"), adding("lines")])
    assert (done.merged, done.note) == (True, "")
    assert git(tmp_path, "log", "-2", "--format=%G? %s").splitlines() == [
        "G add text/lines: lines.",
        "G add text/words: words.",
    ]
    assert tuple(git(tmp_path, "log", "-2", "--reverse", "--format=%H").split()) == done.commits
    assert git(tmp_path, "log", "-1", "--skip=1", "--format=%(trailers)").strip() == "run: r1"
    assert git(tmp_path, "status", "--porcelain") == ""
    git(tmp_path, "fsck", "--strict")


@pytest.mark.parametrize("program", ["exit 1", "sleep 600"])
def test_a_key_that_is_not_at_hand_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr("dynasaur.repo.sign.SECONDS", 0.5)
    clone_of_a_person(tmp_path / "library")
    signer = tmp_path / "signer"
    signer.write_text(f"#!/bin/sh\n{program}\n")
    signer.chmod(0o755)
    git(tmp_path, "config", "--global", "gpg.ssh.program", str(signer))
    done = Repo(tmp_path / "library").commit("r1", [adding("words")])
    assert done.merged
    assert done.note.startswith("not signed: ")
    assert "\n" not in done.note
    assert git(tmp_path / "library", "log", "-1", "--format=%s") == "add text/words: words."
    assert Repo(tmp_path / "library").commit("r2", [adding("lines")]).merged


@pytest.mark.parametrize("setting", ["gpg.ssh.program", "gpg.ssh.defaultKeyCommand", "gpg.program"])
def test_the_repository_names_no_signer(tmp_path: Path, setting: str) -> None:
    root = clone_of_a_person(tmp_path / "library")
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\nexit 1\n")
    trap.chmod(0o755)
    git(root, "config", setting, str(trap))
    done = Repo(root).commit("r1", [adding("words")])
    assert (done.merged, done.note) == (True, "")
    assert not (tmp_path / "sprung").exists()
