"""The GitHub action's own step, run as a runner runs it: `bash -e`, its environment, its files."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.builders.repos import git
from tests.builders.review import action

ROOT = Path(__file__).resolve().parent.parent


def commit(root: Path) -> None:
    """Commits everything that is there."""
    git(root, "add", "-A")
    git(root, "commit", "--quiet", "-m", "x")


@dataclass(frozen=True)
class Done:
    """What came of a step."""

    code: int
    out: str
    outputs: str
    summary: str


def step(root: Path, temporary: Path, **inputs: str) -> Done:
    """Runs the action's review step in a checkout."""
    steps = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["runs"]["steps"]
    script = temporary / "step.sh"
    script.write_text(steps[1]["run"])
    program = temporary / "dynasaur/bin/dynasaur"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dynasaur "$@"\n')
    program.chmod(0o755)
    (temporary / "output").touch()
    (temporary / "summary").touch()
    given = {"RANGE": "", "FAIL_ON": "error", "LIBRARY": ".", "REPORTS": "review", **inputs}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script],
        cwd=root,
        env={
            **os.environ,
            **given,
            "PYTHONPATH": str(ROOT),
            "RUNNER_TEMP": str(temporary),
            "GITHUB_OUTPUT": str(temporary / "output"),
            "GITHUB_STEP_SUMMARY": str(temporary / "summary"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    outputs, summary = (temporary / "output").read_text(), (temporary / "summary").read_text()
    return Done(done.returncode, done.stdout, outputs, summary)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A library whose last commit breaks a signature."""
    root = tmp_path / "checkout"
    root.mkdir()
    git(root, "init", "--quiet")
    (root / "actions/text").mkdir(parents=True)
    for folder in ("actions", "actions/text"):
        (root / folder / "__init__.py").touch()
    (root / "actions/text/shout_text.py").write_text(action())
    commit(root)
    (root / "actions/text/shout_text.py").write_text(action(params="text: str"))
    commit(root)
    return root


@pytest.mark.parametrize(("fail_on", "code"), [("error", 1), ("never", 0)])
def test_what_was_found_reaches_summary_annotations_and_outputs(
    root: Path, tmp_path: Path, fail_on: str, code: int
) -> None:
    done = step(root, tmp_path, RANGE="HEAD~1..HEAD", FAIL_ON=fail_on)
    assert (done.code, done.outputs) == (code, f"exit-code={code}\n")
    assert "\n::" not in done.out.replace("\n::error", "").replace("\n::notice", "")
    assert done.out.startswith("::error file=actions/text/shout_text.py,line=4")
    assert "Not to be merged as it is" in done.summary
    written = sorted(path.name for path in (root / "review").iterdir())
    assert written == ["review.json", "review.md", "review.sarif"]


def test_what_could_not_be_reviewed_is_never_what_came_with_the_pull_request(
    root: Path, tmp_path: Path
) -> None:
    (root / "review").mkdir()
    for name in ("review.json", "review.md", "review.sarif"):
        (root / "review" / name).write_text("Nothing was found that speaks against it.")
    done = step(root, tmp_path, RANGE="nowhere..HEAD")
    assert (done.code, done.outputs) == (2, "exit-code=2\n")
    assert done.out == "::error title=dynasaur review::it could not be reviewed: the log says why\n"
    assert done.summary == "It could not be reviewed: the log says why.\n"
    assert not list((root / "review").iterdir())
