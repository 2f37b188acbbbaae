"""What a shell completes, and the reference that is made of every command's help."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dynasaur import cli
from tests.builders.cli import dynasaur, environment, script

REFERENCE = Path(cli.__file__).parent / "reference.md"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("complete") / "my library ö"
    assert dynasaur("init", folder, cwd=folder.parent).code == 0
    model = script(folder, "submit_final_answer(1)")
    assert dynasaur("run", "x", "--model", model, "-q", cwd=folder).code == 0
    return folder


def completed(folder: Path, *words: str) -> list[str]:
    """What bash is told for these words, the last of which is not whole."""
    env = {
        "_DYNASAUR_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(["dynasaur", *words]),
        "COMP_CWORD": str(len(words)),
    }
    done = dynasaur(cwd=folder, env=env)
    assert (done.code, done.err) == (0, "")
    return [line.partition(",")[2] for line in done.out.splitlines() if line]


def test_words_are_completed(library: Path) -> None:
    assert completed(library, "re")[:2] == ["resume", "review"]
    assert completed(library, "run", "--sch") == ["--scheduler"]
    assert {"mean", "median"} <= set(completed(library, "call", "me"))
    assert "mean" in completed(library, "show", "mea")
    assert completed(library, "runs", "sh") == ["show"]
    last, run = completed(library, "runs", "show", "")
    assert last == "last"
    assert completed(library, "replay", run[:6]) == [run]


def test_a_shell_is_told_of_no_error(tmp_path: Path) -> None:
    assert completed(tmp_path, "runs", "show", "2") == []
    assert completed(tmp_path, "source", "remove", "a") == []
    assert completed(tmp_path, "show", "--library", "nowhere", "m") == []
    assert not (tmp_path / ".home" / "data").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_is_printed(tmp_path: Path, shell: str) -> None:
    done = dynasaur("completion", shell, cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert f"_DYNASAUR_COMPLETE={shell}_complete" in done.out


def test_bash_takes_the_script(library: Path) -> None:
    name = library / "dynasaur"
    name.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dynasaur "$@"\n')
    name.chmod(0o755)
    line = (
        'PATH="$PWD:$PATH"; eval "$(dynasaur completion bash)"; COMP_WORDS=(dynasaur call percen);'
        ' COMP_CWORD=2; _dynasaur_completion dynasaur; echo "${COMPREPLY[*]}"'
    )
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=library,
        env=environment(library / ".home"),
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["percent_of", "percentile"], done.stderr


def test_the_reference_is_that_of_the_commands(tmp_path: Path) -> None:
    done = dynasaur("reference", cwd=tmp_path)
    assert done.code == 0
    for name in cli.COMMANDS:
        assert f"## dynasaur {name}\n" in done.out
    again = "it is old: dynasaur reference > dynasaur/reference.md"
    assert done.out == REFERENCE.read_text("utf-8"), again
