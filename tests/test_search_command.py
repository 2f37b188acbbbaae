"""What a person sees of a search: deprecated actions, the bar of a long one."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from dynasaur import Library
from dynasaur.commands import _progress
from dynasaur.commands._progress import Bar
from tests.builders.cli import dynasaur
from tests.builders.documents import write_action


def test_a_deprecated_action_comes_last_with_what_to_use(tmp_path: Path) -> None:
    made, _ = Library.create(tmp_path / "library")
    package = made.root / "actions"
    write_action(package, "text/say_hello", "Says hello to the world.")
    path = write_action(package, "text/say_hello_world", "Says hello to the world.", task="x")
    path.write_text(path.read_text().replace("# task =", '# deprecated = "say_hello"\n# task ='))
    words = ("search", "say_hello_world", "--source", "local")
    lines = dynasaur(*words, cwd=made.root).out.splitlines()
    assert lines[0].split()[2] == "say_hello"
    assert "say_hello_world  (deprecated: use say_hello) Says hello" in lines[1]
    first, last = dynasaur(*words, "--json", cwd=made.root).json
    assert (first["name"], first["deprecated"]) == ("say_hello", "")
    assert (last["name"], last["deprecated"]) == ("say_hello_world", "say_hello")


def test_a_name_with_its_place_ranks_first(tmp_path: Path) -> None:
    made, _ = Library.create(tmp_path / "library")
    for place in ("tables/tally", "words/tally"):
        write_action(made.root / "actions", place, f"Tally of {place}.")
    for query, where in (("tables: words/tally", "words"), ("words by tables.tally", "tables")):
        words = ("search", query, "--source", "local", "--explain", "--json")
        first, second = dynasaur(*words, cwd=made.root).json
        assert (first["score"], first["summary"]) == (1.0, f"Tally of {where}/tally.")
        assert "exact name" in {reason["field"] for reason in first["reasons"]}
        assert sum(reason["score"] for reason in first["reasons"]) == pytest.approx(1.0, abs=0.01)
        assert second["score"] < 1.0


def test_an_action_that_is_named_is_among_ten(tmp_path: Path) -> None:
    made, _ = Library.create(tmp_path / "library")
    package = made.root / "actions"
    for number in range(12):
        write_action(package, f"goods/prices_of_goods_{number}", "Mean of prices of goods.")
    write_action(package, "goods/mean", "Middle.")
    query = ("search", "the mean of the prices of goods", "--source", "local", "--json")
    for many, named in ((9, False), (10, True), (11, True), (13, True)):
        found = dynasaur(*query, "-k", str(many), cwd=made.root).json
        assert (len(found), found[-1]["name"] == "mean") == (many, named)


@pytest.mark.parametrize(
    ("query", "source", "told"),
    [
        ("zzqxv", "base", "nothing in the library fits"),
        ("", "base", "nothing in the library fits"),
        ("mean", "bsae", "no action is of a source bsae; there are base"),
        ("mean", "local", "no action is of a source local; there are base"),
        ("mean", "\x1b[2J", "no action is of a source \ufffd[2J; there are base"),
    ],
)
def test_what_finds_nothing_says_why(tmp_path: Path, query: str, source: str, told: str) -> None:
    made, _ = Library.create(tmp_path / "library")
    done = dynasaur("search", query, "--source", source, cwd=made.root)
    assert (done.code, done.out, done.err) == (0, "", f"dynasaur: {told}\n")


def test_a_search_loads_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    made, _ = Library.create(tmp_path / "library")
    code = (
        "import sys; from dynasaur.cli import run; run(['search', 'mean of a column']);"
        "print(*sys.modules, file=sys.stderr)"
    )
    command = [sys.executable, "-I", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=made.root)
    assert "group_means" in done.stdout
    loaded = set(done.stderr.split())
    assert "dynasaur.retriever.core" in loaded
    heavy = {"numpy", "scipy", "sklearn", "git", "importlib.metadata", "email", "jedi"}
    heavy |= {"dynasaur.record", "dynasaur.trajectory", "dynasaur.packages.installer"}
    assert not loaded & heavy


def shown(bar: Bar, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a bar that is told of four things writes to a terminal in the place of stderr."""
    master, slave = pty.openpty()
    monkeypatch.setenv("TERM", "xterm")
    with os.fdopen(slave, "w") as stream:
        monkeypatch.setattr("sys.stderr", stream)
        for done in range(1, 5):
            bar(done, 4)
        bar.close()
    told = b""
    try:
        while part := os.read(master, 1 << 16):
            told += part
    except OSError:  # as Linux tells of the end, once the other side is closed
        pass
    finally:
        os.close(master)
    return told.decode()


@pytest.mark.parametrize("long", [-1.0, 1000.0])
def test_only_what_takes_long_has_a_bar(monkeypatch: pytest.MonkeyPatch, long: float) -> None:
    monkeypatch.setattr(_progress, "LONG", long)
    told = shown(Bar("Reading actions"), monkeypatch)
    assert ("Reading actions" in told) == (long < 0)
    assert told.endswith("\x1b[2K") or not told, "the bar is taken away at the end"


def test_there_is_no_bar_but_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_progress, "LONG", -1.0)
    monkeypatch.setattr("sys.stderr", told := io.StringIO())
    bar = Bar("Reading actions")
    for done in range(1, 4):
        bar(done, 4)
    assert told.getvalue() == ""
