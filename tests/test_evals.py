"""`dynasaur eval` end to end: a server of scripted skill, real kernels, results known by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dynasaur.evals.folder import write_manifest
from dynasaur.evals.plan import Plan, manifest
from dynasaur.evals.results import Lines, Result
from dynasaur.evals.statistics import Share
from tests.builders.cli import Done, dynasaur, script
from tests.builders.skills import (
    KINDS,
    TOKENS_ALONE,
    TOKENS_ASKED,
    TOKENS_HELPED,
    Expected,
    Puzzle,
    SkilledServer,
    expected,
    puzzles,
    write_tasks,
)
from tests.builders.suites import write_jsonl

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


def check_library(facts: dict[str, Any], of: list[Puzzle], by_hand: Expected) -> None:
    """Two batches of the same kinds: the first has to write what the second calls."""
    new = len(by_hand.admitted)
    funnel = {key: facts["library"][key] for key in ("offered", "loaded", "called", "succeeded")}
    assert funnel == dict.fromkeys(funnel, new)
    assert facts["library"]["never_used"]["part"] == 0
    assert facts["library"]["new_per_call"] == new / (len(of) - BATCH)
    assert facts["library"]["categories"] == {"arithmetic": new}
    assert set(facts["library"]["complexity"]) == {"generated", "initial"}
    assert facts["missed"] == {"wrong": len(of) - sum(by_hand.right.values())}
    first = [by_hand.right[one.id] for one in of[:BATCH]]
    second = [by_hand.right[one.id] for one in of[BATCH:]]
    whole = {"paper": first.count(False) / BATCH, "plain": 0.0}  # right answers are not covered
    keys = ("batch", "library", "paper", "plain", "reused", "problems", "right")
    assert [[one[key] for key in keys] for one in facts["batches"]] == [
        [0, 0, whole["paper"], whole["plain"], 0, BATCH, sum(first)],
        [1, new, 1.0, 1.0, len(second), len(second), sum(second)],
    ]


def test_results_are_as_computed_by_hand(tmp_path: Path, server: SkilledServer) -> None:
    of = [*puzzles(4), *(Puzzle(one.kind, one.number + 8) for one in puzzles(4))]
    settings = tmp_path / ".home" / ".config" / "dynasaur" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("[models.test]\nprice = [1_000, 0, 10_000]\n")
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
    assert page.count("<svg") == 8
    assert len(list((tmp_path / "report-runs").iterdir())) == len(of)
    assert f"({right} of {len(of)})" in (tmp_path / "report.md").read_text()
    (facts,) = json.loads((tmp_path / "report.json").read_text())
    assert facts["library"]["admitted"] == len(by_hand.admitted)
    check_library(facts, of, by_hand)
    asked = [TOKENS_HELPED if yes else TOKENS_ALONE for yes in by_hand.helped.values()]
    admitted = lines(tmp_path / "out" / "admissions.jsonl")
    where = sum(bool(one["prompt_tokens"]) for one in admitted)  # it asks where an action belongs
    assert 1 <= where <= BATCH
    asked += [TOKENS_ASKED] * where
    assert facts["tokens"] == sum(map(sum, asked))
    assert facts["cost"] == pytest.approx(sum(a / 1_000 + b / 100 for a, b in asked))
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


def spent(folder: Path, of: list[Puzzle], tokens: int) -> Path:
    """An evaluation that spent so much on each problem."""
    plan = Plan("tasks", "t.jsonl", "all")
    folder.mkdir()
    write_manifest(folder, manifest(plan, []))
    with Lines(folder / "results.jsonl", Result) as results:
        for one in of:
            results.add(Result(one.id, "", 0, status="solved", right=True, prompt_tokens=tokens))
    return folder


def test_best_of_n_is_voted_at_the_tokens_of_another(tmp_path: Path, server: SkilledServer) -> None:
    of = puzzles(4)
    alone = sum(TOKENS_ALONE)
    spent(tmp_path / "full", of, 3 * alone + 1)
    words = ("--baseline", "best-of", "--match", "full", "--seed", "5", "--jobs", "2")
    done = evaluate(tmp_path, server, of, *words)
    assert done.code == 0, done.err
    results = {one["id"]: one for one in lines(tmp_path / "out" / "results.jsonl")}
    for one in of:
        votes = [one.right(seed, helped=False) for seed in (5, 6, 7)]
        found = results[one.id]
        assert found["right"] is (sum(votes) >= 2)
        assert found["votes"] == max(sum(votes), 3 - sum(votes))
        assert len(found["runs"]) == 3
        assert found["prompt_tokens"] + found["completion_tokens"] == 3 * alone
        assert (found["offered"], found["generated"]) == ([], [])
    assert len({one["right"] for one in results.values()}) == 2, "the seed should give both"
    assert lines(tmp_path / "out" / "admissions.jsonl") == []
    told = dynasaur("eval", "report", "full", "out", cwd=tmp_path)
    right = sum(one["right"] for one in results.values())
    assert f"| full | out | {Share(4, 4)} | {Share(right, 4)} | " in told.out
    assert f" | 1.00 | {right} | {4 - right} | 0 | 0 |" in told.out
    assert "no library, best of n, at the tokens of full" in told.out


BAD = [
    (("tasks", "t.jsonl", "--baseline", "best-of"), "--baseline best-of needs --match DIR"),
    (("tasks", "t.jsonl", "--match", "t"), "it has no result of the problem t.jsonl:1"),
    (
        ("tasks", "t.jsonl", "--baseline", "best-of", "--match", "t", "--temperature", "0"),
        "--temperature 0 gives the same one again",
    ),
    (("tasks", "t.jsonl", "--share", "50"), "--share needs --library DIR"),
    (("tasks", "t.jsonl", "--cell-timeout", "nan"), "the command line: cell_timeout = nan"),
    (("tasks", "t.jsonl", "--seed", "-1"), "-1 is not in the range x>=0"),
    (
        ("tasks", "t.jsonl", "--scorer", "llm-judge", "--judge", "scripted:none"),
        "cannot read the script none",
    ),
    (("tasks", "t.txt"), "its name must end with .jsonl, .json, .csv, .parquet"),
    (("tasks", "bad.jsonl"), "problem bad.jsonl:2: the answer '(' is no regular expression"),
    (("tasks", "gone.jsonl"), "gone.jsonl: it is not there; data of tasks: a file of your own"),
    (("tasks", "t.jsonl", "--split", "x"), "tasks has no split 'x'"),
    (("gaia", "--data", "."), "no data of gaia, split validation"),
    (("tabmwp",), "name the data with --data DIR; get it from https://github.com/"),
    (("tasks", "t.jsonl", "--library", "t.jsonl"), "is no library"),
    (("tasks", "t.jsonl", "--library", "."), "is no library"),
    (("tasks", "t.jsonl", "--scorer", "guess"), "'guess' is not one of"),
    (("report", "gone"), "holds no evaluation"),
    (("report", "broken"), "manifest.json is damaged"),
    (("report", "t", "-o", "x.pdf"), "a report is a .html or a .md file"),
    (("report", "t", "t"), "two evaluations have the same folder name"),
]


@pytest.mark.parametrize(("words", "said"), BAD, ids=[said for _, said in BAD])
def test_what_makes_no_sense_is_one_line(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    (tmp_path / "t.jsonl").write_text('{"question": "What is 1 + 1?", "answer": 2}\n')
    (tmp_path / "t.txt").touch()
    right, wrong = ({"question": "?", "answer": text, "scorer": "regex"} for text in "x(")
    write_jsonl(tmp_path / "bad.jsonl", [right, wrong])
    spent(tmp_path / "t", [], 0)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "manifest.json").write_text("[]")
    more = () if words[0] == "report" else ("--model", "planner", "-o", "out")
    done = dynasaur("eval", *words, *more, cwd=tmp_path)
    assert done.code == 2, done.err
    assert said in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "out").exists(), "nothing is begun"


def test_the_model_that_stands_in_is_told(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text('{"question": "What is 1 + 1?", "answer": 2}\n')
    spent(tmp_path / "t", [], 0)
    done = dynasaur("eval", "tasks", "t.jsonl", "-o", "t", cwd=tmp_path)
    told, refused = done.err.splitlines()
    assert told.startswith("dynasaur: no model configured; using the built-in planner")
    assert "holds an evaluation already" in refused
    key = {"OPENAI_API_KEY": "k"}
    done = dynasaur("eval", "tasks", "t.jsonl", "-o", "t", cwd=tmp_path, env=key)
    assert done.err.startswith("dynasaur: no --model; using gpt-")
    (tmp_path / "home" / "dynasaur").mkdir(parents=True)
    (tmp_path / "home" / "dynasaur" / "config.toml").write_text('model = "own-model"\n')
    own = {"XDG_CONFIG_HOME": str(tmp_path / "home")}
    done = dynasaur("eval", "tasks", "t.jsonl", "-o", "t", cwd=tmp_path, env=key | own)
    assert done.err.startswith("dynasaur: no --model; using own-model")
    named = {"DYNASAUR_MODEL": "named-model"}
    done = dynasaur("eval", "tasks", "t.jsonl", "-o", "t", cwd=tmp_path, env=key | own | named)
    assert done.err.startswith("dynasaur: no --model; using named-model")
    for name in ("planner", script(tmp_path, "submit_final_answer(2)")):
        chosen = {"DYNASAUR_MODEL": name}
        done = dynasaur("eval", "tasks", "t.jsonl", "-o", "t", cwd=tmp_path, env=key | own | chosen)
        assert done.err.startswith(f"dynasaur: no --model; using {name}\n")
