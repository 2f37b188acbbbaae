"""What the documents say is so."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from dynasaur import cli
from dynasaur.config import Settings
from tests.builders.cli import dynasaur, environment

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = sorted((ROOT / "dynasaur" / "guide").glob("*.md"))


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)


def test_every_command_is_in_the_readme() -> None:
    for name in cli.COMMANDS:
        assert re.search(rf"^\| `dynasaur {name}\b", README, re.MULTILINE), name


def test_the_readme_names_no_command_that_is_not_there() -> None:
    assert set(re.findall(r"^\| `dynasaur ([\w-]+)", README, re.MULTILINE)) <= set(cli.COMMANDS)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_help(name: str, tmp_path: Path) -> None:
    done = dynasaur(name, "--help", cwd=tmp_path)
    assert done.code == 0
    assert done.out.startswith(f"Usage: dynasaur {name}")
    assert max(map(len, done.out.splitlines())) <= 80


def test_every_setting_is_in_the_guide() -> None:
    told = (ROOT / "dynasaur" / "guide" / "settings.md").read_text(encoding="utf-8")
    for field in fields(Settings):
        assert f"`{field.name}`" in told, field.name


def test_the_readme_is_short_and_leads_to_every_page() -> None:
    assert len(README.splitlines()) <= 300
    for page in GUIDE:
        assert f"](dynasaur/guide/{page.name})" in README, page.name


@pytest.mark.parametrize(
    "page",
    ["README.md", "CONTRIBUTING.md", "SECURITY.md", *GUIDE],
    ids=lambda page: Path(page).name,
)
def test_links_to_files_lead_somewhere(page: Path | str) -> None:
    file = ROOT / page
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", file.read_text(encoding="utf-8")):
        assert ":" in link or (file.parent / link).exists(), link


def test_the_python_example_runs(tmp_path: Path) -> None:
    (code,) = (block for block in blocks("python") if "import Agent" in block)
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**environment(tmp_path / ".home"), "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "mean(numbers: list[float]) -> float" in lines[0]
    assert lines[-2:] == ["6", "('double_of',) ()"]


def test_the_action_in_the_readme_keeps_the_rules() -> None:
    from dynasaur.checks.rules import findings
    from dynasaur.source import read_action

    (text,) = (block for block in blocks("python") if block.startswith("# /// script"))
    name = re.findall(r"^def (\w+)", text, re.MULTILINE)[-1]
    path = Path(f"actions/tables/{name}.py")
    action = read_action(
        text, path=path, category="tables", source="local", module=f"actions.tables.{name}"
    )
    assert findings(action) == ()


def test_the_sessions_in_the_readme_are_real(tmp_path: Path) -> None:
    """Each line shown is one that the command really says, run for run."""
    (session,) = (block for block in blocks("console") if "kept:" in block)
    assert dynasaur("init", "library", cwd=tmp_path).code == 0
    for part in re.split(r"^\$ dynasaur ", session, flags=re.MULTILINE)[1:]:
        line, *shown = part.splitlines()
        words = shlex.split(line)
        words[-1] = str(ROOT / "dynasaur" / "examples" / words[-1])
        done = dynasaur(*words, "--library", "library", cwd=tmp_path)
        said = [_neutral(one) for one in (done.err + done.out).splitlines()]
        assert [one for one in shown if one.strip() != "..." and _neutral(one) not in said] == []


def _neutral(line: str) -> str:
    return re.sub(r"run \d{8}-\d{6}-\w{4}", "run ID", line)


@pytest.mark.parametrize("target", ["demo", "test"])
def test_the_readmes_make_targets_are_there(target: str) -> None:
    assert f"$ make {target}" in README
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)
