"""`dynasaur runs`: list, show, remove."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dynasaur import trajectory
from tests.builders.cli import Done, dynasaur, script


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with one real run of three steps."""
    folder = tmp_path_factory.mktemp("runs") / "my library ö"
    assert dynasaur("init", folder, cwd=folder.parent).code == 0
    (folder / "data.txt").write_text("x", encoding="utf-8")
    model = script(
        folder,
        ("I look <b>first</b>.", "x = [1, 2]\nfor n in range(40):\n    print('line', n)"),
        ("It fails.", "mean(x) / 0"),
        ("Done.", "submit_final_answer({'mean': mean(x)})"),
    )
    done = dynasaur(
        "run", "What is [bold]it[/]?", "--model", model, "--file", "data.txt", cwd=folder
    )
    assert done.code == 0, done.err
    return folder


def runs(library: Path, *arguments: str, **more: str) -> Done:
    return dynasaur("runs", *arguments, cwd=library, env=more)


def test_a_run_is_listed_and_shown_whole(library: Path) -> None:
    assert runs(library).out == runs(library, "list").out
    (listed,) = runs(library, "list", "--json").json
    assert (listed["status"], listed["steps"]) == ("solved", 3)
    shown = runs(library, "show", "last")
    assert shown.code == 0
    assert runs(library, "show", listed["run"][:10]).out == shown.out
    for line in (
        "task: What is [bold]it[/]?",
        "file: data.txt",
        "  I look <b>first</b>.",
        "      print('line', n)",
        "  line 20",
        "  ZeroDivisionError: float division by zero",
        "  loaded: mean",
        '{"mean": 1.5}',
    ):
        assert line in shown.out.splitlines(), shown.out
    assert shown.err == ""


def test_one_step_is_shown_alone(library: Path) -> None:
    shown = runs(library, "show", "last", "--step", "2")
    assert "It fails." in shown.out
    assert "I look" not in shown.out
    step = runs(library, "show", "last", "--step", "2", "--json").json
    assert (step["number"], step["code"]) == (2, "mean(x) / 0")
    missing = runs(library, "show", "last", "--step", "9")
    assert (missing.code, missing.out) == (2, "")
    assert "has 3 steps, and no step 9" in missing.err


def test_the_document_is_the_one_that_was_saved(library: Path) -> None:
    (file,) = (library / ".dynasaur" / "runs").glob("*/trajectory.json")
    assert runs(library, "show", "last", "--json").json == json.loads(file.read_text("utf-8"))


def test_the_schema_is_printed(library: Path) -> None:
    assert runs(library, "schema").json == trajectory.schema()


@pytest.mark.parametrize("arguments", [("show", "nope"), ("rm", "nope"), ("rm", "last", "nope")])
def test_no_run_of_that_name_is_one_line(library: Path, arguments: tuple[str, ...]) -> None:
    done = runs(library, *arguments)
    assert (done.code, done.out) == (2, "")
    assert (
        done.err
        == "dynasaur: error: no run 'nope' is recorded here; `dynasaur runs` lists those that are\n"
    )


def test_a_record_that_is_damaged_is_one_line(library: Path) -> None:
    folder = library / ".dynasaur" / "runs" / "20200101-000000-dead"
    folder.mkdir()
    (folder / "trajectory.json").write_text('{"format": "dynasaur.trajectory/1"}')
    done = runs(library, "show", "2020")
    assert (done.code, done.out) == (1, "")
    assert "damaged" in done.err
    assert runs(library, "rm", "2020").out == "removed: 20200101-000000-dead\n"
    assert not folder.exists()


def test_output_that_the_locale_cannot_show_is_shown_otherwise(library: Path) -> None:
    done = dynasaur(
        "run", "ö …", "--model", script(library, ("ü ✓", "submit_final_answer('✓')")),
        cwd=library, env={"PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert (done.code, done.out.strip()) == (0, "✓")
    assert done.err.isascii()
    shown = runs(library, "show", "last", PYTHONIOENCODING="ascii")
    assert (shown.code, shown.err) == (0, "")
    assert "task: \\xf6 \\u2026" in shown.out
    assert runs(library, "rm", "last").code == 0


def test_a_file_that_cannot_be_copied_leaves_no_run(library: Path) -> None:
    before = runs(library, "--json").json
    done = dynasaur("run", "x", "--model", "planner", "--file", "/proc/self/mem", cwd=library)
    assert done.code == 2
    assert runs(library, "--json").json == before
