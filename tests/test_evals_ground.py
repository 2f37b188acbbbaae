"""The library that an evaluation begins with: all of another one, a share of it, or nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dynasaur.errors import UsageError
from dynasaur.evals.folder import write_manifest
from dynasaur.evals.ground import begin_library, same_model, starting_point
from dynasaur.evals.plan import Plan, manifest
from dynasaur.library import Library
from dynasaur.repo import Change
from tests.builders.cli import dynasaur
from tests.builders.repos import adding, tree
from tests.builders.skills import (
    KINDS,
    TOKENS_ALONE,
    TOKENS_HELPED,
    SkilledServer,
    puzzles,
    source,
    write_tasks,
)


@pytest.fixture(scope="module")
def server() -> Iterator[SkilledServer]:
    with SkilledServer() as running:
        yield running


def library(root: Path, *names: str) -> Library:
    """A library that got these actions one by one."""
    made, _ = Library.create(root)
    for name in names:
        made.repo.commit(f"add-{name}", [adding(name)])
    return made


@pytest.mark.parametrize(
    ("share", "names"),
    [
        (0.0, []),
        (0.1, []),
        (0.25, ["ape"]),
        (0.5, ["ape", "bee"]),
        (0.75, ["ape", "bee", "cat"]),
        (0.99, ["ape", "bee", "cat", "dog"]),
        (1.0, ["ape", "bee", "cat", "dog"]),
    ],
)
def test_a_share_is_what_was_there_first(tmp_path: Path, share: float, names: list[str]) -> None:
    mine = library(tmp_path / "mine", "ape", "bee", "cat", "dog")
    before = tree(mine.root)
    commit = starting_point(mine.root, share)
    assert bool(commit) == bool(names)
    for _ in range(2):  # a second start adds nothing
        begin_library(tmp_path / "out", mine.root, commit, share)
    assert sorted(path.stem for path in (tmp_path / "out").glob("actions/text/[a-z]*.py")) == names
    assert tree(mine.root) == before


CALLS = """def bee() -> str:
    from .dog import dog

    return dog()
"""


@pytest.mark.parametrize(
    ("share", "names"),
    [
        (0.25, ["ape"]),
        (0.5, ["ape", "dog"]),
        (0.75, ["ape", "bee", "dog"]),
        (0.95, ["ape", "bee", "cat", "dog"]),
    ],
)
def test_a_share_may_end_among_what_came_together(
    tmp_path: Path, share: float, names: list[str]
) -> None:
    """What others call comes first: of an order by files, the first would not run alone."""
    mine = library(tmp_path / "mine", "ape")
    changes = [adding("bee", f'"""Bee."""\n\n\n{CALLS}'), adding("cat"), adding("dog")]
    files = {path: text for one in changes for path, text in one.files.items()}
    mine.repo.commit("three", [Change("Three at once", "", {}, files)])
    commit = starting_point(mine.root, share)
    begin_library(tmp_path / "out", mine.root, commit, share)
    assert sorted(path.stem for path in (tmp_path / "out").glob("actions/text/[a-z]*.py")) == names


def test_a_library_without_actions_has_no_shares(tmp_path: Path) -> None:
    mine = library(tmp_path / "mine")
    with pytest.raises(UsageError, match="has no committed actions to take a share of"):
        starting_point(mine.root, 0.5)
    with pytest.raises(UsageError, match="is no library"):
        starting_point(tmp_path, 1.0)


def test_the_paper_has_one_library_a_model(tmp_path: Path) -> None:
    (tmp_path / "validation").mkdir()
    plan = Plan("gaia", "d", "validation", model="one")
    write_manifest(tmp_path / "validation", manifest(plan, []))
    made = library(tmp_path / "validation" / "library")
    same_model(made.root, "one")
    same_model(library(tmp_path / "own").root, "two")
    with pytest.raises(UsageError, match="was made with one, and the paper keeps one library a"):
        same_model(made.root, "two")


@pytest.mark.slow
def test_a_library_frozen_at_shares_of_it(tmp_path: Path, server: SkilledServer) -> None:
    """Half of the kinds are in the library, one commit each: right and tokens as by hand."""
    kinds, of = list(KINDS)[:4], puzzles(8)
    mine, _ = Library.create(tmp_path / "mine")
    for kind in kinds:
        mine.repo.commit(f"add-{kind}", [adding(kind, source(kind), category="arithmetic")])
    tasks = write_tasks(tmp_path / "tasks.jsonl", of)
    env = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "k"}
    shares = (0, 25, 50, 100)
    for share in shares:
        words = ("--model", "test", "--library", "mine", "--share", str(share), "--freeze")
        done = dynasaur(
            "eval", "tasks", tasks, *words, "-o", f"at{share}", cwd=tmp_path, env=env, timeout=600
        )
        assert done.code == 0, done.err
    names = [f"at{share}" for share in shares]
    told = dynasaur("eval", "report", *names, "--json", cwd=tmp_path).json
    for share, facts in zip(shares, told, strict=True):
        there = kinds[: len(kinds) * share // 100]
        helped = [one.kind in there for one in of]
        right = [one.right(0, helped=yes) for one, yes in zip(of, helped, strict=True)]
        assert facts["library"]["frozen"] == {"share": share, "actions": len(there)}
        assert facts["accuracy"]["part"] == sum(right)
        by_hand = sum(sum(TOKENS_HELPED if yes else TOKENS_ALONE) for yes in helped)
        assert facts["tokens"] == by_hand
        assert facts["library"]["admitted"] == 0
    made = dynasaur("eval", "report", *names, "-o", "r.html", cwd=tmp_path)
    assert made.code == 0, made.err
    page = (tmp_path / "r.html").read_text()
    assert "Tokens with the library frozen" in page
    assert json.loads((tmp_path / "r.json").read_text()) == told
