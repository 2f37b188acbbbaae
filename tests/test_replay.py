"""`dynasaur replay`: recorded code, again, against the library."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.builders.cli import Done, dynasaur, script

SPAN = '''
def span_of(path: str, column: str) -> float:
    """Span of the numbers of one column of a table file.

    Args:
        path: The table file.
        column: The column.

    Returns:
        The largest less the smallest.
    """
    numbers = numeric_column(read_table(path), column)
    return max(numbers) - min(numbers)
'''


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with an action of its own, and a run that uses it."""
    folder = tmp_path_factory.mktemp("replay") / "my library ö"
    assert dynasaur("init", folder, cwd=folder.parent).code == 0
    (folder / "sales.csv").write_text("region,price\nNorth,1.5\nSouth,4\n", encoding="utf-8")
    first = script(folder, SPAN + "submit_final_answer(span_of('sales.csv', 'price'))")
    done = dynasaur("run", "Span?", "--model", first, "--file", "sales.csv", "--json", cwd=folder)
    assert done.json["actions"]["admitted"] == ["span_of"], done.err
    second = script(
        folder,
        "print(span_of('sales.csv', 'price'), object())\nopen('new.txt', 'w').write('x')",
        "1 / 0",
        "",
        "import time; time.sleep(60)",
        "submit_final_answer({'span': span_of('sales.csv', 'price')})",
    )
    run = ("run", "Again", "--model", second, "--file", "sales.csv", "--cell-timeout", "1")
    assert dynasaur(*run, cwd=folder).code == 0
    return folder


@pytest.fixture
def library(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / made.name, symlinks=True))


def replay(library: Path, *arguments: str) -> Done:
    return dynasaur("replay", *arguments, cwd=library)


def change(library: Path) -> None:
    file = library / "actions" / "tables" / "span_of.py"
    file.write_text(file.read_text("utf-8").replace("return max", "return 1 + max"), "utf-8")


def test_what_still_holds_is_the_same(library: Path) -> None:
    done = replay(library, "last")
    assert done.code == 0, done.out + done.err
    assert "3 steps, all the same; not run again: 4, which had been stopped" in done.out
    assert not list((library / ".dynasaur").glob("runs/*/work/new2.txt"))


def test_a_changed_action_is_seen_step_by_step(library: Path) -> None:
    change(library)
    done = replay(library, "last")
    assert done.code == 1
    assert "3 steps, 2 of them differ" in done.out
    assert "  step 1: output\n    -2.5 <object" in done.out
    assert '  step 5: answer\n    -{"span": 2.5}\n    +{"span": 3.5}\n' in done.out
    (found,) = replay(library, "last", "--json").json
    assert (found["same"], found["steps"], found["skipped"]) == (False, 3, [4])
    assert [(one["step"], one["what"]) for one in found["differences"]] == [
        (1, "output"),
        (5, "answer"),
    ]
    # The first run brought its own function, so it does not depend on the changed one.
    every = replay(library, "--all", "--json")
    assert (every.code, [one["same"] for one in every.json]) == (1, [False, True])
    # As it was committed, it is as it was.
    assert replay(library, "last", "--against", "HEAD").code == 0


def test_an_action_that_is_gone_is_a_difference(library: Path) -> None:
    before = subprocess.run(
        ["git", "rev-list", "--max-parents=0", "HEAD"],
        cwd=library, capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    done = replay(library, "last", "--against", before)
    assert done.code == 1
    assert "+NameError: name 'span_of' is not defined" in done.out


LOUD = '''"""A text in capitals."""{more}


def {name}(text: str) -> str:
    """A text in capitals.

    Args:
        text: The text.

    Returns:
        It, in capitals.
    """
    return {gives}
'''


def test_what_was_of_another_library_stays_in_the_sandbox(library: Path) -> None:
    folder = library / "actions" / "vendor" / "acme" / "text"
    folder.mkdir(parents=True)
    for one in (folder, folder.parent, folder.parent.parent):
        (one / "__init__.py").touch()
    (folder / "loud.py").write_text(LOUD.format(name="loud", more="", gives="text.upper()"))
    own = "\n\nfrom ..vendor.acme.text.loud import loud"
    text = LOUD.format(name="louder", more=own, gives="loud(text) + '!'")
    (library / "actions" / "tables" / "louder.py").write_text(text)
    author = ("-c", "user.name=A", "-c", "user.email=a@b.c")
    for words in (("add", "actions"), (*author, "commit", "-qm", "loud")):
        subprocess.run(["git", *words], cwd=library, check=True)
    model = script(library, "print(louder('a'))", "submit_final_answer(1)")
    ran = dynasaur("run", "Loud?", "--model", model, "--json", cwd=library)
    assert ran.json["actions"]["called"] == ["louder", "loud"], ran.err
    for against in (), ("--against", "HEAD"):
        assert replay(library, "last", *against).code == 0
        words = ("replay", "last", *against)
        done = dynasaur(*words, cwd=library, env={"DYNASAUR_SANDBOX": "none"})
        assert done.code == 1
        assert "+NameError: name 'louder' is not defined" in done.out


def test_a_run_may_lie_anywhere(library: Path, tmp_path: Path) -> None:
    (newest,) = (p for p in (library / ".dynasaur/runs").iterdir() if (p / "work/new.txt").exists())
    kept = shutil.copytree(newest, tmp_path / "kept run")
    assert replay(library, str(kept)).code == 0
    (kept / "work" / "sales.csv").unlink()
    gone = replay(library, str(kept))
    assert (gone.code, gone.out) == (2, "")
    assert "sales.csv" in gone.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name the runs to replay, or give --all"),
        (("last", "--all"), "name the runs to replay, or give --all"),
        (("nope",), "no run 'nope'"),
    ],
)
def test_what_cannot_be_replayed_is_one_line(
    made: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = replay(made, *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_revision_that_is_not_there_is_one_line(made: Path) -> None:
    done = replay(made, "last", "--against", "nope")
    assert (done.code, done.out) == (1, "")
    assert done.err == "dynasaur: error: no commit 'nope'; `dynasaur log` shows them\n"
