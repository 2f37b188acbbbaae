"""The roof: streams that are closed or full, colours, widths, errors of ours."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from dynasaur.cli import group
from tests.builders.cli import command, dynasaur, environment, script
from tests.builders.terminal import on_a_terminal


def shell(line: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    program = " ".join(command())
    return subprocess.run(
        ["bash", "-c", line.replace("dynasaur", program)],
        cwd=cwd,
        env=environment(cwd / ".home", more),
        capture_output=True,
        text=True,
    )


def test_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    done = shell("dynasaur list --all | head -1; echo ${PIPESTATUS[@]}", tmp_path)
    assert done.stdout.splitlines()[-1] == "0 0"
    assert "error" not in done.stderr.lower()


def test_a_closed_stdout_or_stderr_is_no_error(tmp_path: Path) -> None:
    done = shell("dynasaur list --all >&-; echo $?; dynasaur list 2>&-; echo $?", tmp_path)
    assert done.stdout.split() == ["0", "0"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_full_disk_behind_stdout_is_one_line(tmp_path: Path) -> None:
    done = shell("dynasaur list --all > /dev/full; echo $?", tmp_path)
    assert done.stdout == "1\n"
    assert done.stderr.splitlines()[-1] == "dynasaur: error: No space left on device"


def test_an_answer_cannot_steer_the_terminal(tmp_path: Path) -> None:
    model = script(tmp_path, ("\x1b[31mred", "submit_final_answer('\\x1b]0;title\\x07 ok')"))
    seen = on_a_terminal(tmp_path, "run", "x", "--model", model, NO_COLOR="1")
    assert "\x1b]0;" not in seen
    assert "\x1b[31m" not in seen
    assert "]0;title" in seen
    piped = dynasaur("run", "x", "--model", model, "-q", cwd=tmp_path)
    assert piped.out == "\x1b]0;title\x07 ok\n"


def test_long_code_is_folded_on_the_screen(tmp_path: Path) -> None:
    code = "\n".join(f"x = {n}" for n in range(5000)) + f"\ny = '{'z' * 5000}'"
    model = script(tmp_path, code + "\nsubmit_final_answer(x)")
    done = dynasaur("run", "x", "--model", model, cwd=tmp_path)
    assert done.out == "4999\n"
    shown = done.err.splitlines()
    assert "  ... (4803 more lines) ..." in shown
    assert "  submit_final_answer(x)" in shown
    assert len(shown) < 220
    assert max(map(len, shown)) < 420
    assert any(line.startswith("1 step, ") for line in shown)


def test_no_color_is_kept_to(tmp_path: Path) -> None:
    model = script(tmp_path, "x = 1\nsubmit_final_answer(x)")
    assert "\x1b[1m" in on_a_terminal(tmp_path, "run", "x", "--model", model)
    plain = on_a_terminal(tmp_path, "run", "x", "--model", model, NO_COLOR="1", TERM="dumb")
    assert "\x1b[3" not in plain


def test_lists_fit_the_terminal(tmp_path: Path) -> None:
    seen = on_a_terminal(tmp_path, "list", "--all", columns=80)
    lines = [line for line in seen.splitlines() if line.startswith("base")]
    assert len(lines) > 30
    assert max(map(len, lines)) <= 80


def test_every_help_fits_a_terminal() -> None:
    wide = [line for line in _helps(group, "dynasaur", None) if len(line) > 80]
    assert not wide
    assert any("--scorer NAME" in line for line in _helps(group, "dynasaur", None))


def _helps(one: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    context = click.Context(one, info_name=name, parent=parent, terminal_width=80)
    yield from one.get_help(context).splitlines()
    if isinstance(one, click.Group):
        for inner in one.list_commands(context):
            found = one.get_command(context, inner)
            assert found is not None
            yield from _helps(found, inner, context)


def test_an_error_of_ours_saves_its_traceback(tmp_path: Path) -> None:
    code = (
        "import sys; from dynasaur import cli; from dynasaur.commands import models_command\n"
        "models_command.config.find_library = lambda *a: 1 / 0\n"
        "sys.exit(cli.run(['models']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(tmp_path / ".home"),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 5
    assert done.stderr.startswith("dynasaur: internal error: ZeroDivisionError")
    (saved,) = (tmp_path / ".home").rglob("error-*.txt")
    assert str(saved) in done.stderr
    text = saved.read_text()
    assert "in <lambda>" in text
    assert text.endswith("ZeroDivisionError: division by zero\n")
