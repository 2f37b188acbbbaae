"""kill -9 at any moment of add, take and update: the library is as before or as after."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.cli import command, dynasaur, environment
from tests.builders.git_server import GitServer
from tests.builders.repos import git
from tests.builders.sources import Team, action, commit, publish

KILLS = int(os.environ.get("DYNASAUR_TEST_KILLS", "24"))
"""How often in all; more of them find what is rarer."""

FILES: dict[str, str | bytes] = {
    **{f"actions/text/step_{n}.py": action(f"step_{n}") for n in range(30)},
    "actions/text/all_steps.py": action(
        "all_steps", top="\n".join(f"from .step_{n} import step_{n}" for n in range(30))
    ),
}
NEWER = {path: str(text).replace('" step', '" Step') for path, text in FILES.items()}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder with the machine before each of the three, and the source's address."""
    folder = tmp_path_factory.mktemp("kill")
    with GitServer(folder / "server") as server, pytest.MonkeyPatch.context() as patch:
        publish(folder / "server" / "acme.git", FILES)
        url = server.url("acme")
        team = Team(folder / "add", patch)
        shutil.copytree(folder / "add", folder / "take", symlinks=True)
        team = _at(folder / "take", patch)
        team.did("source", "add", url, "--name", "acme", "--trust")
        shutil.copytree(folder / "take", folder / "update", symlinks=True)
        team = _at(folder / "update", patch)
        team.did("take", "acme/all_steps")
        commit(folder / "server" / "acme.git", {"LICENSE": "MIT", **NEWER})
        yield folder, url


def _at(folder: Path, patch: pytest.MonkeyPatch) -> Team:
    team = Team.__new__(Team)
    team.folder, team.root, team._patch = folder, folder / "library", patch
    return team


@pytest.mark.slow
@pytest.mark.parametrize("what", ["add", "take", "update"])
def test_killed_at_any_moment(places: tuple[Path, str], what: str, tmp_path: Path) -> None:
    folder, url = places
    words = {
        "add": ("source", "add", url, "--name", "acme", "--take", "all_steps", "--trust"),
        "take": ("take", "acme/all_steps", "--allow-insecure"),
        "update": ("source", "update", "acme", "--yes", "--accept"),
    }[what]
    env = {"DYNASAUR_ALLOW_INSECURE": "1"}
    whole = _copy(folder / what, tmp_path / "whole")
    start = time.monotonic()
    assert dynasaur(*words, cwd=whole, env=env | _home(whole)).code == 0
    seconds = time.monotonic() - start
    after = _tree(whole)
    before = _tree(folder / what / "library")
    moments = random.Random(what)
    seen = set()
    for number in range(max(1, KILLS // 3)):
        root = _copy(folder / what, tmp_path / str(number))
        _killed(words, root, env, moments.uniform(0.25, 1.05) * seconds)
        assert _tree(root) in (before, after)
        done = dynasaur(*words, cwd=root, env=env | _home(root))
        finished = ("is here already", "taken already", "nothing new")
        assert done.code == 0 or any(one in done.err for one in finished), done.err
        seen.add(done.code == 0 and "nothing new" not in done.err)
        assert _tree(root) == after
        assert git(root, "status", "--porcelain") == ""
        assert dynasaur("source", "verify", cwd=root, env=env | _home(root)).code == 0
        shutil.rmtree(root.parent)
    print(f"{what}: {KILLS // 3} kills in {seconds:.2f} s; done before the kill: {seen}")


def _copy(machine: Path, to: Path) -> Path:
    shutil.copytree(machine, to, symlinks=True)
    return to / "library"


def _home(root: Path) -> dict[str, str]:
    home = root.parent / "home"
    names = {"HOME": "", "XDG_CACHE_HOME": "cache", "XDG_DATA_HOME": "data"}
    return {name: str(home / part) for name, part in names.items()}


def _killed(words: tuple[str, ...], root: Path, env: dict[str, str], seconds: float) -> None:
    """Only the program itself dies; a git that it started goes on to its end."""
    process = subprocess.Popen(
        command(*words),
        cwd=root,
        env=environment(root.parent / "home", env | _home(root)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _tree(root: Path) -> str:
    """What is committed; the lock in it agrees with the files in it, and nothing is missing."""
    names = git(root, "ls-tree", "-r", "--name-only", "HEAD").splitlines()
    if "dynasaur.lock" in names:
        table = tomllib.loads(git(root, "show", "HEAD:dynasaur.lock"))
        for pin in table.get("module", []):
            assert git(root, "rev-parse", f"HEAD:{pin['path']}") == pin["blob"]
    return git(root, "rev-parse", "HEAD^{tree}")
