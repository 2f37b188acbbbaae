"""What tests fork from a keeper is what a user starts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import forks
from tests.builders.cli import command, environment

WORDS = [
    ("--version",),
    ("list", "--all", "--json"),
    ("lisst",),
    ("show", "no_such_action"),
    ("init", "größe/library"),
    ("add", "gone.py"),
]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere, none is forked")
@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_a_fork_says_and_does_what_a_process_does(tmp_path: Path, words: tuple[str, ...]) -> None:
    told = []
    for name in ("real", "fork"):
        folder = tmp_path / name / "here"
        folder.mkdir(parents=True)
        env = environment(folder / ".home", {"SEEN": "ö"})
        if name == "fork":
            one = forks.run(words, cwd=folder, env=env, stdin=b"", timeout=60)
        else:
            done = subprocess.run(
                command(*words), cwd=folder, env=env, input=b"", capture_output=True
            )
            one = done.returncode, done.stdout, done.stderr
        made = sorted(str(path.relative_to(folder)) for path in folder.rglob("actions/*"))
        told.append((one[0], *(said.replace(bytes(folder.parent), b"") for said in one[1:]), made))
    assert told[0] == told[1]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere, none is forked")
def test_a_fork_that_takes_too_long_is_killed(tmp_path: Path) -> None:
    env = environment(tmp_path / ".home")
    with pytest.raises(subprocess.TimeoutExpired):
        forks.run(["--version"], cwd=tmp_path, env=env, stdin=b"", timeout=0.001)
    code, out, _ = forks.run(["--version"], cwd=tmp_path, env=env, stdin=b"", timeout=60)
    assert (code, out.startswith(b"dynasaur")) == (0, True)
