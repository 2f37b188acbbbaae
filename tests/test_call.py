"""`dynasaur call`: one action as a command."""

from __future__ import annotations

from pathlib import Path

import pytest

from dynasaur.commands._arguments import reader
from tests.builders.cli import Done, dynasaur

OWN = '''
import time
from datetime import date
from pathlib import Path
from typing import Literal

from dynasaur import host


def greet(names: list[str], word: Literal["hi", "bye"] = "hi", *, loud: bool = False) -> str:
    """A greeting.

    Args:
        names: Whom to greet.
        word: What to say.
        loud: In capitals.

    Returns:
        The greeting.
    """
    text = f"{word} {' and '.join(names)}"
    return text.upper() if loud else text


def make_file(path: str, text: str = "x") -> None:
    """Write a file.

    Args:
        path: Where to.
        text: What.
    """
    with open(path, "w") as file:
        file.write(text)
    print("written", path)


def suffix_on(file: Path, day: date) -> str:
    """The end of a file's name, and a day.

    Args:
        file: The file.
        day: The day.

    Returns:
        Both.
    """
    return f"{file.suffix} {day.year}"


def sleep_for(seconds: float) -> float:
    """Wait.

    Args:
        seconds: How long.

    Returns:
        That.
    """
    time.sleep(seconds)
    return seconds


def searches(catch: bool = False) -> str:
    """Search.

    Args:
        catch: Do without.

    Returns:
        What it came to.
    """
    try:
        host.search_web("x")
    except RuntimeError:
        if not catch:
            raise
    return "without"


def orders(catch: bool = False) -> str:
    """Order.

    Args:
        catch: Do without.

    Returns:
        What it came to.
    """
    try:
        host.call_api("shop", {"method": "GET", "path": "/", "places": {}}, {})
    except RuntimeError:
        if not catch:
            raise
    return "without"
'''


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("call") / "my library ö"
    assert dynasaur("init", folder, cwd=folder.parent).code == 0
    (folder / "own.py").write_text(OWN, encoding="utf-8")
    (folder / "data").mkdir()
    (folder / "data" / "ö sales.csv").write_text("price,n\n1.5,1\n4,2\n", encoding="utf-8")
    (folder.parent / "outside.csv").write_text("price\n10\n", encoding="utf-8")
    assert dynasaur("add", "own.py", cwd=folder).code == 0
    return folder


def call(library: Path, *words: str) -> Done:
    return dynasaur("call", *words, cwd=library)


def test_arguments_are_given_by_place_and_by_name(library: Path) -> None:
    assert call(library, "mean", "[1, 2, 6]").out == "3.0\n"
    assert call(library, "mean", "--numbers", "1,2,6").out == "3.0\n"
    assert call(library, "greet", "Ann,Bob", "bye", "--loud").out == "BYE ANN AND BOB\n"
    assert call(library, "greet", "--names", '["A, b"]', "--json").json == "hi A, b"
    before = dynasaur("call", "--json", "greet", '["A"]', cwd=library)
    assert before.json == "hi A", before.err
    none = dynasaur("call", "--jsonn", "greet", '["A"]', cwd=library)
    assert (none.code, none.err) == (
        2,
        "dynasaur: error: there is no option --jsonn; see `dynasaur call --help`\n",
    )


def test_values_have_the_types_of_the_signature(library: Path) -> None:
    assert call(library, "suffix_on", "a.csv", "2026-01-02").out == ".csv 2026\n"


def test_files_that_are_named_are_seen_and_no_others(library: Path) -> None:
    done = call(library, "numeric_column", "--column", "price", "--rows", '[{"price": "7"}]')
    assert (done.code, done.out.split()) == (0, ["[", "7", "]"]), done.err
    assert call(library, "read_text", "data/ö sales.csv").out == "price,n\n1.5,1\n4,2\n\n"
    outside = call(library, "read_table", str(library.parent / "outside.csv"), "--json")
    assert outside.json == [{"price": 10}]
    hidden = call(library, "read_text", "data/none.csv")
    assert (hidden.code, hidden.out) == (1, "")
    assert hidden.err.startswith("dynasaur: error: read_text: FileNotFoundError: ")


def test_what_it_makes_is_told_and_kept_where_wanted(library: Path, tmp_path: Path) -> None:
    done = call(library, "make_file", "out.txt")
    assert (done.code, done.out) == (0, "null\n")
    assert (
        done.err == "written out.txt\ndynasaur: it made out.txt; --save DIR keeps what it makes\n"
    )
    assert not (library / "out.txt").exists()
    kept = tmp_path / "kept"
    assert call(library, "--save", str(kept), "make_file", "a/out.txt").code == 1  # no such folder
    assert call(library, "--save", str(kept), "make_file", "out.txt").code == 0
    assert (kept / "out.txt").read_text() == "x"
    again = call(library, "--save", str(kept), "make_file", "out.txt")
    assert (again.code, "is there already" in again.err) == (2, True)


def test_help_is_made_from_the_signature(library: Path) -> None:
    done = call(library, "greet", "--help")
    assert done.code == 0
    assert done.out.startswith(
        "Usage: dynasaur call greet [ARGUMENT]... [OPTIONS]\n\n  A greeting."
    )
    for said in (
        "--names LIST[STR]",
        "Whom to greet.",
        '[hi|bye] What to say. [default: "hi"]',
        "--loud / --no-loud",
    ):
        assert said in " ".join(done.out.split())
    assert max(map(len, done.out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("greet",), "greet needs names (list[str]); see `dynasaur call greet --help`"),
        (("greet", "a", "ciao"), 'word: \'ciao\' is no Literal["hi", "bye"]'),
        (("greet", "a", "hi", "more"), "greet has no place for 'more'"),
        (("greet", "a", "--lood"), "greet has no --lood"),
        (("greet", "a", "--memory=1GiB"), "options of `dynasaur call` stand before the name"),
        (("sleep_for", "soon"), "seconds: 'soon' is no float"),
    ],
)
def test_wrong_arguments_are_one_line(library: Path, words: tuple[str, ...], said: str) -> None:
    done = call(library, *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("searches", "web search is not configured: a user who wants it says --search "),
        ("orders", "the service 'shop' is not set up: a user who trusts it writes [apis.shop] "),
    ],
)
def test_what_the_user_has_to_set_up_is_a_wrong_use(library: Path, action: str, said: str) -> None:
    done = call(library, action)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"dynasaur: error: {said}")
    assert len(done.err.splitlines()) == 1
    assert call(library, action, "--catch").out == "without\n"


def test_what_goes_wrong_has_its_exit_code(library: Path) -> None:
    missing = call(library, "meen", "1")
    assert (missing.code, "did you mean" in missing.err) == (1, True)
    late = call(library, "--cell-timeout", "1", "sleep_for", "60")
    assert (late.code, late.out) == (4, "")
    assert "stopped after 1 s" in late.err
    empty = call(library, "mean", "[]")
    assert (empty.code, empty.out) == (1, "")
    assert empty.err.startswith("dynasaur: error: mean: ValueError: ")


@pytest.mark.parametrize(
    ("annotation", "word", "value"),
    [
        ("int", "-5", -5),
        ("float", "1e3", 1000.0),
        ("str", "[1]", "[1]"),
        ("bool", "Yes", True),
        ("int | None", "none", None),
        ("str | None", "none", None),
        ("str | int", "5", 5),
        ("Optional[float]", "2", 2.0),
        ("list[int]", "1, 2", [1, 2]),
        ("list[str]", "", []),
        ("list[dict[str, Any]]", '[{"a": 1}]', [{"a": 1}]),
        ("dict[str, int]", "{'a': 1}", {"a": 1}),
        ("tuple[int, int]", "(1, 2)", (1, 2)),
        ("Any", "north", "north"),
        ("Any", "[true]", [True]),
        ("", "3", 3),
        ("pathlib.Path", "a.csv", "a.csv"),
        ("not a hint", "x", "x"),
    ],
)
def test_words_become_values(annotation: str, word: str, value: object) -> None:
    assert reader(annotation)(word) == value
