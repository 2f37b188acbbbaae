"""One writer at a time: who it is, what frees its lock, and who needs none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from dynasaur.cli import run
from dynasaur.errors import StoreError
from dynasaur.history import History
from dynasaur.repo import Repo
from dynasaur.repo.journal import lock
from tests.builders.repos import adding, clone_of_a_person, git, isolate

ROOT = Path(__file__).resolve().parents[1]

HOLDER = """
import subprocess, sys
from pathlib import Path
from dynasaur.repo.journal import lock
sys.argv[0] = "/somewhere/saver"
with lock(Path(sys.argv[1]), seconds=5) as shared:
    child = subprocess.Popen(["sleep", "60"], pass_fds=[shared]) if sys.argv[2:] else None
    print(child.pid if child else 0, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A library with one action; a save waits for no lock that is held."""
    isolate(monkeypatch, tmp_path / "home")
    root = clone_of_a_person(tmp_path / "library")
    Repo.init(root).commit("r1", [adding("words")])
    monkeypatch.setattr("dynasaur.repo.core.lock", partial(lock, seconds=0.2))
    return root


@contextmanager
def held(root: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the library's lock, and on request one that it has started."""
    command = [sys.executable, "-c", HOLDER, str(root / ".git/dynasaur"), *options]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        child = int(process.stdout.readline())
        try:
            yield process
        finally:
            process.kill()
            if child:
                os.kill(child, signal.SIGKILL)


def test_who_holds_the_lock_is_named_and_its_death_frees_it(root: Path) -> None:
    repo = Repo(root)
    with held(root) as process:
        with pytest.raises(StoreError) as caught:
            repo.commit("r2", [adding("lines")])
        said = f"process {process.pid} (saver) is saving in this library: try again later."
        assert str(caught.value) == said
        assert git(root, "log", "--format=%s", "-1") == "add text/words: words."
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert repo.commit("r2", [adding("lines")]).merged


def test_a_git_that_outlives_its_writer_is_waited_for(root: Path) -> None:
    with held(root, "with a child") as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with pytest.raises(StoreError, match="A git of a dead writer's goes on: end it first"):
            Repo(root).commit("r2", [adding("lines")])


def test_readers_take_no_lock(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with held(root):
        repo = Repo(root)
        assert [event.name for event in History(repo).log()] == ["words"]
        assert repo.status_note() == ""
        for words in (("list",), ("log",), ("history", "words"), ("blame", "words")):
            assert run([*words, "--library", str(root)]) == 0
            assert "words" in capsys.readouterr().out
