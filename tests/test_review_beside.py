"""The process that looks for clones beside a review, and reviews of very many files."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dynasaur.errors import StoreError
from dynasaur.review import Options, beside, likeness, review, words
from dynasaur.review.formats import json_format
from tests.builders.cli import command, dynasaur, environment
from tests.builders.repos import git, isolate
from tests.builders.review import action
from tests.builders.terminal import on_a_terminal

BODY = "total = 0\nfor part in text.split(','):\n    total += int(part) * {n}\nreturn str(total)"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library whose last commit adds clones of what is there, and of each other."""
    isolate(monkeypatch, tmp_path / "home")
    monkeypatch.setattr(beside, "_processors", lambda: 2)
    root = tmp_path / "library"
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(root))
    written(root, "add_parts", BODY.format(n=7))
    (root / "actions/__init__.py").touch()
    (root / "actions/text/__init__.py").touch()
    committed(root)
    written(root, "sum_pieces", BODY.format(n=7).replace("part", "piece"))
    written(root, "sum_more", BODY.format(n=9))
    committed(root)
    return root


@pytest.fixture
def alone() -> Iterator[None]:
    """In the end there is no process more than there was."""
    before = children()
    yield
    assert children() <= before


def written(root: Path, name: str, body: str) -> None:
    path = root / "actions/text" / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(action(name, "text: str", body=body))


def committed(root: Path) -> None:
    git(root, "add", "--all")
    git(root, "-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "--quiet", "-m", "change")


def told(root: Path, span: str = "HEAD~1..HEAD") -> str:
    return json_format.render(review(root, span, Options(words=root.parent / "a.words")))


@pytest.mark.usefixtures("alone")
def test_one_processor_or_two_say_the_same(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_two = told(root)
    assert '"DYN303"' in with_two
    assert '"DYN302"' in with_two
    with monkeypatch.context() as patch:
        patch.setattr(beside, "_processors", lambda: 1)
        assert told(root) == with_two


@pytest.mark.usefixtures("alone")
def test_what_lies_in_the_work_tree_is_looked_at_by_both(root: Path) -> None:
    assert '"DYN303"' in told(root, "HEAD~1")


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("when", ["read", "of"])
def test_where_the_other_process_fails_this_one_looks(
    root: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    expected, own = told(root), os.getpid()
    real = getattr(likeness.Likeness, when)

    def failing(*given: object) -> object:
        if os.getpid() != own:
            raise StoreError("git failed")
        return real(*given)

    monkeypatch.setattr(likeness.Likeness, when, failing)
    assert told(root) == expected


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("fails", [False, True])
def test_what_is_much_is_shared_with_one_more(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, fails: bool
) -> None:
    expected, own = told(root), os.getpid()
    workers, real = tmp_path / "workers", words.Vocabulary._found

    def found(self: words.Vocabulary, paths: list[str]) -> object:
        with workers.open("a") as file:
            file.write(f"{os.getpid()} ")
        if fails and own not in {os.getpid(), os.getppid()}:
            raise StoreError("git failed")
        return real(self, paths)

    monkeypatch.setattr(words, "MANY", 1)
    monkeypatch.setattr(words.Vocabulary, "_found", found)
    assert told(root) == expected
    done = workers.read_text().split()
    assert (len({*done}), len(done)) == (2, 3 if fails else 2)
    assert str(own) not in done


@pytest.mark.usefixtures("alone")
def test_what_can_be_no_clone_waits_for_nobody(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "README.md").write_text("words")
    committed(root)
    own = os.getpid()
    monkeypatch.setattr(
        likeness.Likeness, "read", lambda _: None if os.getpid() == own else time.sleep(600)
    )
    assert '"findings": []' in told(root)


def children(of: int | None = None) -> set[int]:
    """The processes that one (this one) started and that are still there."""
    found = subprocess.run(
        ["ps", "-o", "pid=,comm=", "--ppid", str(of or os.getpid())],
        capture_output=True,
        text=True,
        check=False,
    )
    return {int(one.split()[0]) for one in found.stdout.splitlines() if " ps" not in one}


# --- very many files ------------------------------------------------------------------------------


def many(root: Path, count: int) -> None:
    """A library in which each third of so many new actions is a clone of the one before."""
    for number in range(count):
        steps = "".join(f"text = text.replace('{number}-{n}', '')\n" for n in range(4))
        written(root, f"many_{number}", f"{steps}return text.strip('{number - (number % 3 == 1)}')")
    committed(root)


def test_many_added_files_are_compared_with_each_other(root: Path) -> None:
    for number in range(210):
        body = f"text = text.replace('{number // 2}-a', '')\ntext = text.replace('b', '')\n"
        written(root, f"many_{number}", f"{body}return text.strip('{number // 2}')")
    committed(root)
    done = dynasaur("review", "HEAD~1..HEAD", "--format", "json", "--select", "DYN3", cwd=root)
    assert done.code == 1
    assert done.err == "", "no bar where there is no terminal"
    assert done.out.count('"id": "DYN303"') == 105, "each pair is told of once"


@pytest.mark.slow
def test_on_a_terminal_a_long_review_shows_how_far_it_is(root: Path) -> None:
    many(root, 600)
    shown = on_a_terminal(root, "review", "HEAD~1..HEAD", "--select", "DYN3")
    assert "Reviewing" in shown
    assert "%" in shown


@pytest.mark.slow
def test_ctrl_c_ends_a_long_review_at_once(root: Path) -> None:
    many(root, 600)
    process = subprocess.Popen(
        command("review", "HEAD~1..HEAD"),
        cwd=root,
        env=environment(root / ".home"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    deadline = time.monotonic() + 30
    while not children(process.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err.strip() == "dynasaur: interrupted"
    group = subprocess.run(
        ["ps", "-o", "pid=", "--sid", str(process.pid)], capture_output=True, text=True, check=False
    )
    assert group.stdout == "", "nothing of it is left"
