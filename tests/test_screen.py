"""A run on the screen: widths, colours, pieces of a thought, a reader that goes away."""

from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path

import pytest

from dynasaur.commands._render import Page, dollars, spent
from dynasaur.commands._screen import Flow
from dynasaur.types import Usage
from tests.builders.cli import command, dynasaur, environment, script
from tests.builders.terminal import on_a_terminal

WIDE = "print('wide ' * 80)\nfor n in range(40):\n    print(n)"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("screen") / "lib"
    assert dynasaur("init", folder, cwd=folder.parent).code == 0
    return folder


def clean(text: str) -> list[str]:
    """The lines as they stand at last: what was written over is gone."""
    text = re.sub(r"\x1b\[[0-?]*[ -/]*[@-~]", "", text).replace("\r\n", "\n")
    return [line.rpartition("\r")[2] for line in text.split("\n")]


def test_output_is_folded_behind_a_bar_and_fits_the_width(library: Path) -> None:
    model = script(library, ("A thought of many words. " * 8, WIDE), "submit_final_answer(1)")
    seen = on_a_terminal(library, "run", "x", "--model", model, columns=80)
    lines = clean(seen)
    shown = [line for line in lines if line.startswith("  │ ")]
    assert "  │ ... (30 more lines) ..." in shown
    assert max(map(len, lines)) <= 80
    assert "\x1b[1m" in seen
    assert any("more: dynasaur runs show 2" in line for line in lines)
    # Everything, and nothing that a terminal would have to understand.
    bare = on_a_terminal(library, "run", "x", "--model", model, "-v", "--plain", columns=80)
    assert "\x1b" not in bare
    assert "more lines" not in bare
    assert "so far" in bare
    assert bare.replace("\r", "").count("\n  39\n") == 1


def test_sentences_are_wrapped_at_words(library: Path) -> None:
    code = "def little(a, b):\n    return a + b\nprint(little(1, 2))"
    model = script(library, ("I define.", code), "submit_final_answer(3)")
    lines = clean(on_a_terminal(library, "run", "little", "--model", model, columns=60))
    begin = next(n for n, line in enumerate(lines) if line.startswith("  `little` works"))
    note = lines[begin : next(n for n, line in enumerate(lines) if n > begin and "│" in line)]
    assert len(note) > 2
    assert max(map(len, note)) <= 60
    assert all(line.startswith("    ") for line in note[1:])
    whole = " ".join(line.strip() for line in note)
    piped = dynasaur("run", "little", "--model", model, cwd=library).err.splitlines()
    assert f"  {whole}" in piped  # one line, where it is no terminal


def test_what_the_planner_always_writes_is_one_line(library: Path) -> None:
    (library / "sales.csv").write_text("region,price\nNorth,1.5\nSouth,4\n")
    task = ("run", "What is the mean price in sales.csv?", "--file", "sales.csv")
    lines = clean(on_a_terminal(library, *task, "--model", "planner", columns=80))
    assert any("lines: the planner's own functions)" in line for line in lines)
    assert not any("def _look(" in line for line in lines)
    shown = dynasaur("runs", "show", "last", cwd=library).out
    assert "def _look(" in shown


@pytest.mark.parametrize(("encoding", "locale"), [("latin-1", "C.UTF-8"), ("utf-8", "C")])
def test_a_locale_without_signs_is_shown_others(library: Path, encoding: str, locale: str) -> None:
    model = script(library, ("ö", WIDE), "submit_final_answer(1)")
    words = ("run", "x", "--model", model)
    seen = on_a_terminal(library, *words, PYTHONIOENCODING=encoding, LC_ALL=locale)
    assert "  | " in "\n".join(clean(seen))
    assert "│" not in seen


def test_a_reader_that_goes_away_ends_no_run(library: Path) -> None:
    model = script(
        library, "import time; time.sleep(0.3)", *["print(1)"] * 3, "submit_final_answer(7)"
    )
    words = " ".join(command("run", "gone", "--model", model))
    subprocess.run(
        ["bash", "-c", f"{words} 2>&1 >/dev/null | head -1"],
        cwd=library,
        env=environment(library / ".home"),
        capture_output=True,
        check=True,
    )
    (run,) = [one for one in dynasaur("runs", "--json", cwd=library).json if one["task"] == "gone"]
    assert (run["status"], run["answer"]) == ("solved", 7)


def test_opposites_are_refused(library: Path) -> None:
    done = dynasaur("run", "x", "-q", "-v", cwd=library)
    assert (done.code, done.err) == (
        2,
        "dynasaur: error: -q and -v are opposites; give one of them\n",
    )


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        (["I lo", "ok at", " it."], "  I look at it.\n"),
        (["one two three four five six"], "  one two three four\n  five six\n"),
        (["a\n", "\nb", "\n\n\n"], "  a\n\n  b\n\n"),
        (["x" * 25 + " y"], f"  {'x' * 25}\n  y\n"),
        (["\x1b[31mred"], "  \N{REPLACEMENT CHARACTER}[31mred\n"),
        (["half", "", "whole"], "  half\n  (the reply broke off; it begins anew)\n  whole\n"),
        ([], ""),
    ],
)
def test_a_thought_that_comes_in_pieces_is_wrapped(pieces: list[str], shown: str) -> None:
    stream = io.StringIO()
    page = Page(stream, bare=True)
    page.console.width = 22
    flow = Flow(page)
    for piece in pieces:
        flow.write(piece)
    flow.end()
    assert stream.getvalue() == shown


def test_tokens_and_money_are_told() -> None:
    assert spent(Usage()) == []
    assert spent(Usage(1, 1000, 234)) == ["1,234 tokens"]
    assert spent(Usage(1, 1000, 234, 900, 0.0123)) == ["1,234 tokens (900 cached)", "$0.0123"]
    assert (dollars(12.345), dollars(0.00004)) == ("$12.35", "$0.0000")
