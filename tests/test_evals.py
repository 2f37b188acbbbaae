"""`dynasaur eval` end to end: a server of scripted skill, real kernels, results known by hand."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.builders.cli import Done, command, dynasaur, environment
from tests.builders.skills import (
    KINDS,
    TOKENS_ALONE,
    TOKENS_HELPED,
    Expected,
    Puzzle,
    SkilledServer,
    expected,
    puzzles,
    write_tasks,
)

BATCH = 4


@pytest.fixture(scope="module")
def server() -> Iterator[SkilledServer]:
    with SkilledServer() as running:
        yield running


def evaluate(
    tmp_path: Path, server: SkilledServer, of: list[Puzzle], *more: str, out: str = "out"
) -> Done:
    tasks = write_tasks(tmp_path / "tasks.jsonl", of)
    env = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "k"}
    words = ("tasks", tasks, "--model", "test", "--batch", str(BATCH))
    return dynasaur("eval", *words, *more, "-o", out, cwd=tmp_path, env=env, timeout=600)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def check(folder: Path, of: list[Puzzle], by_hand: Expected) -> None:
    results = {one["id"]: one for one in lines(folder / "results.jsonl")}
    assert len(lines(folder / "results.jsonl")) == len(of)
    assert {key: one["right"] for key, one in results.items()} == by_hand.right
    helped = {one.id: one.kind in results[one.id]["generated"] for one in of}
    assert helped == by_hand.helped
    tokens = {key: TOKENS_HELPED if yes else TOKENS_ALONE for key, yes in by_hand.helped.items()}
    for key, one in results.items():
        assert (one["prompt_tokens"], one["completion_tokens"]) == tokens[key]
    admitted = lines(folder / "admissions.jsonl")
    assert [name for one in admitted for name in one["names"]] == by_hand.admitted
    assert [one["id"] for one in admitted] == [one.id for one in of]


def test_results_are_as_computed_by_hand(tmp_path: Path, server: SkilledServer) -> None:
    of = [*puzzles(4), *(Puzzle(one.kind, one.number + 8) for one in puzzles(4))]
    done = evaluate(tmp_path, server, of, "--jobs", "2")
    by_hand = expected(of, batch=BATCH)
    assert done.code == 0, done.err
    right = sum(by_hand.right.values())
    assert done.out.startswith(f"{right / len(of):.1%} [")
    assert f"({right} of {len(of)}) right" in done.out
    check(tmp_path / "out", of, by_hand)

    again = evaluate(tmp_path, server, of)
    assert (again.code, "use --resume to go on" in again.err) == (2, True)
    other = evaluate(tmp_path, server, of, "--resume", "-k", "3")
    assert (other.code, "was begun with plan.k = 10, now it is 3" in other.err) == (2, True)

    for kind in ("html", "md"):
        made = dynasaur("eval", "report", "out", "-o", f"report.{kind}", cwd=tmp_path)
        assert made.code == 0, made.err
    page = (tmp_path / "report.html").read_text()
    assert page.count("<svg") == 6
    assert len(list((tmp_path / "report-runs").iterdir())) == len(of)
    assert f"({right} of {len(of)})" in (tmp_path / "report.md").read_text()
    (facts,) = json.loads((tmp_path / "report.json").read_text())
    assert facts["library"]["admitted"] == len(by_hand.admitted)
    assert facts["library"]["called"] == len(by_hand.admitted)
    assert len((tmp_path / "report.csv").read_text().splitlines()) == len(of) + 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "ablated", [("--ablate", "accumulation"), ("--freeze",), ("--baseline", "none")]
)
def test_nothing_accumulates_where_that_is_left_out(
    tmp_path: Path, server: SkilledServer, ablated: tuple[str, ...]
) -> None:
    of = puzzles(5 * len(KINDS))[:: len(KINDS)]  # five of one kind
    done = evaluate(tmp_path, server, of, *ablated)
    assert done.code == 0, done.err
    by_hand = expected(of, batch=BATCH, grows=False)
    results = lines(tmp_path / "out" / "results.jsonl")
    assert {one["id"]: one["right"] for one in results} == by_hand.right
    assert not any(one["generated"] for one in results)
    assert lines(tmp_path / "out" / "admissions.jsonl") == []


@pytest.mark.slow
def test_a_killed_evaluation_goes_on(tmp_path: Path, server: SkilledServer) -> None:
    of = puzzles(16)
    tasks = write_tasks(tmp_path / "tasks.jsonl", of)
    env = environment(tmp_path / "home", {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "k"})
    words = ("eval", "tasks", tasks, "--model", "test", "--batch", str(BATCH), "--jobs", "2")
    results = tmp_path / "out" / "results.jsonl"
    for enough in (3, 9):
        resume = ("--resume",) if enough > 3 else ()
        running = subprocess.Popen(
            command(*words, *resume, "-o", "out"), cwd=tmp_path, env=env,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while not results.exists() or len(results.read_bytes().splitlines()) < enough:
            assert running.poll() is None
            time.sleep(0.05)
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
    done = dynasaur(*words, "--resume", "-o", "out", cwd=tmp_path, env=env, timeout=600)
    assert done.code == 0, done.err
    check(tmp_path / "out", of, expected(of, batch=BATCH))


BAD = [
    (("tasks", "gone.jsonl"), "gone.jsonl: no data of tasks"),
    (("tasks", "t.jsonl", "--split", "x"), "tasks has no split 'x'"),
    (("gaia", "--data", "."), "no data of gaia, split validation"),
    (("tabmwp",), "name the data with --data DIR; get it from https://github.com/"),
    (("tasks", "t.jsonl", "--library", "t.jsonl"), "is no library"),
    (("tasks", "t.jsonl", "--library", "."), "is no library"),
    (("tasks", "t.jsonl", "--scorer", "guess"), "'guess' is not one of"),
    (("report", "t"), "holds no evaluation"),
]


@pytest.mark.parametrize(("words", "said"), BAD, ids=[said for _, said in BAD])
def test_what_makes_no_sense_is_one_line(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    (tmp_path / "t.jsonl").write_text('{"question": "What is 1 + 1?", "answer": 2}\n')
    more = () if words[0] == "report" else ("--model", "planner", "-o", "out")
    done = dynasaur("eval", *words, *more, cwd=tmp_path)
    assert done.code == 2, done.err
    assert said in done.err
    assert "Traceback" not in done.err
