"""`dynasaur eval` where things go wrong: kills, other processes, full disks, hostile data."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dynasaur.evals.left_over import left_over
from dynasaur.evals.plan import Plan
from dynasaur.evals.problem import Problem
from dynasaur.evals.results import Result
from dynasaur.library import Library
from dynasaur.record import End, Status, Trajectory
from dynasaur.trajectory import write
from tests.builders.chat_server import ChatServer, completion
from tests.builders.cli import command, dynasaur, environment, script
from tests.builders.repos import adding, can_mount, committed, in_a_namespace
from tests.builders.skills import SkilledServer, expected, puzzles, write_tasks
from tests.builders.suites import write_jsonl
from tests.builders.terminal import on_a_terminal


@pytest.fixture(scope="module")
def server() -> Iterator[SkilledServer]:
    with SkilledServer() as running:
        yield running


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def asked(server: SkilledServer) -> Counter[str]:
    """How often the server was asked each question."""
    told = (one.body["messages"][1]["content"] for one in server.requests if one.body)
    return Counter(text[text.index("What is the ") :].split("?")[0] for text in told if "?" in text)


@pytest.mark.slow
def test_a_killed_evaluation_goes_on_and_pays_for_nothing_twice(
    tmp_path: Path, server: SkilledServer
) -> None:
    of, jobs = puzzles(16), 2
    tasks = write_tasks(tmp_path / "tasks.jsonl", of)
    env = environment(tmp_path / "home", {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "k"})
    words = ("eval", "tasks", tasks, "--model", "test", "--batch", "4", "--jobs", str(jobs))
    results = tmp_path / "out" / "results.jsonl"
    kills = (1, 3, 9)
    for enough in kills:
        running = subprocess.Popen(
            command(*words, "--resume", "-o", "out"), cwd=tmp_path, env=env,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while not results.exists() or len(results.read_bytes().splitlines()) < enough:
            assert running.poll() is None
            time.sleep(0.02)
        os.kill(running.pid, signal.SIGSTOP)  # so that it cannot come to its end meanwhile
        other = dynasaur(*words, "--resume", "-o", "out", cwd=tmp_path, env=env)
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        assert (other.code, other.out) == (2, "")
        assert "another process is adding to it" in other.err
    done = dynasaur(*words, "--resume", "-o", "out", cwd=tmp_path, env=env, timeout=600)
    assert done.code == 0, done.err
    by_hand = expected(of, batch=4)
    found = lines(results)
    assert sorted(one["id"] for one in found) == sorted(one.id for one in of)
    assert {one["id"]: one["right"] for one in found} == by_hand.right
    admitted = lines(tmp_path / "out" / "admissions.jsonl")
    assert [name for one in admitted for name in one["names"]] == by_hand.admitted
    again = sum(times - 1 for times in asked(server).values())
    assert again <= len(kills) * jobs, "only what was under way is done again"


def over(runs: Path, name: str, task: str, end: End | None, status: Status) -> None:
    (runs / name).mkdir(parents=True)
    started = f"2026-11-20T10:00:0{name[-1]}+00:00"
    write(Trajectory(name, task, (), "m", status, end, started=started, folder=runs / name))


def test_runs_that_were_over_when_a_kill_came_count(tmp_path: Path) -> None:
    solved, unsolved = Status.SOLVED, Status.UNSOLVED
    ends = [
        ("20261120-100001-aaa1", "first?", End.ANSWERED, solved),
        ("20261120-100002-aaa2", "first?", End.ANSWERED, solved),
        ("20261120-100003-aaa3", "second?", End.LIMIT, unsolved),
        ("20261120-100004-aaa4", "third?", End.INTERRUPTED, unsolved),
        ("20261120-100005-aaa5", "third?", None, Status.RUNNING),
        ("20261120-100006-aaa6", "third?", End.FAILED, Status.FAILED),
        ("20261120-100007-aaa7", "done?", End.ANSWERED, solved),
        ("20261120-100008-aaa8", "fourth?", End.ANSWERED, solved),
        ("20261120-100009-aaa9", "other?", End.ANSWERED, solved),
    ]
    for name, task, end, status in ends:
        over(tmp_path, name, task, end, status)
    (tmp_path / "20261120-100000-aaa0").mkdir()
    texts = ("first?", "second?", "third?", "done?", "fourth?", "first?")
    problems = [Problem(str(n), text, "1", "exact") for n, text in enumerate(texts)]
    runs = ("20261120-100008-aaa8",)
    results = [Result("3", "", 0, run="20261120-100007-aaa7", status="solved", runs=runs)]

    found = left_over(tmp_path, Plan("tasks", "d", "all"), problems, results)
    names = {key: [path.name[-4:] for path in paths] for key, paths in found.items()}
    assert names == {"0": ["aaa1"], "5": ["aaa2"], "1": ["aaa3"]}

    voting = Plan("tasks", "d", "all", baseline="best-of")
    found = left_over(tmp_path, voting, problems, results)
    assert [path.name[-4:] for path in found["0"]] == ["aaa1", "aaa2"]

    votes = ("20261120-100001-aaa1", "20261120-100006-aaa6")
    failed = Result("0", "", 0, run=votes[1], status="failed", runs=votes)
    found = left_over(tmp_path, voting, problems, [*results, failed])
    assert [path.name[-4:] for path in found["0"]] == ["aaa1", "aaa2"], "paid, and still good"


def test_problems_that_failed_are_done_again_where_nothing_accumulates(tmp_path: Path) -> None:
    rows = [{"id": str(n), "question": f"Say {n}.", "answer": "yes"} for n in range(3)]
    write_jsonl(tmp_path / "t.jsonl", rows)
    model = script(tmp_path, "submit_final_answer('yes')")
    words = ("eval", "tasks", "t.jsonl", "--model", model, "--freeze", "-o", "out")
    assert dynasaur(*words, "--limit", "3", cwd=tmp_path).code == 0
    results = tmp_path / "out" / "results.jsonl"
    kept = lines(results)
    kept[1] |= {"status": "failed", "right": False, "run": ""}
    results.write_text("".join(json.dumps(one) + "\n" for one in kept))
    done = dynasaur(*words, "--limit", "3", "--resume", "--json", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert (done.json["failed"], done.json["accuracy"]["part"]) == (0, 3)
    assert [one["id"] for one in lines(results)] == ["0", "1", "2", "1"]


def test_a_start_that_was_killed_begins_with_the_whole_library(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "t.jsonl", [{"question": "Say yes.", "answer": "yes"}])
    mine, _ = Library.create(tmp_path / "mine")
    mine.repo.commit("x", [adding("shout")])
    model = script(tmp_path, "submit_final_answer('yes')")
    words = ("eval", "tasks", "t.jsonl", "--model", model, "--library", "mine", "--freeze")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "results.jsonl").touch()
    assert dynasaur(*words, "-o", "out", cwd=tmp_path).code == 0, "a start that left one file"
    began = tmp_path / "began"
    began.mkdir()
    shutil.copy(tmp_path / "out" / "manifest.json", began)
    Library.create(began / "library")
    done = dynasaur(*words, "-o", "began", "--resume", cwd=tmp_path)
    assert done.code == 0, done.err
    assert committed(began / "library", "actions/text/shout.py") is not None
    strange = dynasaur(*words, "-o", "mine", cwd=tmp_path)
    assert (strange.code, strange.out) == (2, "")
    assert "mine is not empty, and holds no evaluation: name another -o" in strange.err


FULL = """
import json, os, shutil, subprocess, sys
from pathlib import Path
root, tasks, model = sys.argv[1:]
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", root], check=True)
words = [sys.executable, "-m", "dynasaur", "eval", "tasks", tasks, "--model", model]
words += ["--sandbox", "none", "--resume", "-o", f"{root}/out"]
ballast = Path(root, "ballast")
for free in (0, 40, 400, 900, 1200, 0, 9999):
    ballast.unlink(missing_ok=True)
    ballast.write_bytes(b"x" * max(0, shutil.disk_usage(root).free - free * 1024))
    done = subprocess.run(words, capture_output=True, text=True)
    print(json.dumps([free, done.returncode, done.stdout, done.stderr[-600:]]), flush=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(not can_mount(), reason="needs user namespaces")
def test_a_full_disk(tmp_path: Path) -> None:
    rows = [{"id": str(n), "question": f"Say {n}.", "answer": "yes"} for n in range(2)]
    tasks = write_jsonl(tmp_path / "t.jsonl", rows)
    model = script(tmp_path, "submit_final_answer('yes')")
    (tmp_path / "disk").mkdir()
    told = in_a_namespace(FULL, str(tmp_path / "disk"), str(tasks), model)
    reports = [json.loads(line) for line in told.splitlines()]
    for free, code, _, err in reports[:-1]:
        assert code in (0, 1), (free, code, err)
        assert "Traceback" not in err
        assert code == 0 or "No space left" in err or "failed" in err, (free, err)
    assert reports[-1][1] == 0, reports[-1]
    assert "(2 of 2) right" in reports[-1][2]


@pytest.mark.parametrize(
    ("code", "more", "why"),
    [
        ("x = 1 + 1", ("--ablate", "implementation"), "lacked a tool"),
        ("def f(:", (), "instructions"),
    ],
)
def test_a_model_that_gives_no_code_is_wrong_not_broken(
    tmp_path: Path, code: str, more: tuple[str, ...], why: str
) -> None:
    """It may not raise the accuracy by being left out of it."""
    rows = [{"id": str(n), "question": f"Say {n}.", "answer": "yes"} for n in range(2)]
    write_jsonl(tmp_path / "t.jsonl", rows)
    model = script(tmp_path, code, code, code)
    words = ("eval", "tasks", "t.jsonl", "--model", model, *more, "-o", "out")
    done = dynasaur(*words, cwd=tmp_path)
    assert (done.code, done.out) == (0, "0.0% [0.0%, 65.8%] (0 of 2) right\n"), done.err
    told = dynasaur("eval", "report", "out", "--json", cwd=tmp_path).json[0]
    assert (told["failed"], told["ends"], told["missed"]) == (0, {"no code": 2}, {why: 2})


@pytest.mark.slow
def test_a_dask_cluster_whose_worker_is_killed_gives_the_same(
    tmp_path: Path, server: SkilledServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed = pytest.importorskip("distributed")
    of = puzzles(24)
    tasks = write_tasks(tmp_path / "tasks.jsonl", of)
    env = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "k", "PYTHONWARNINGS": "ignore"}
    for name, value in env.items():
        monkeypatch.setenv(name, value)  # for the workers
    words = ("eval", "tasks", tasks, "--model", "test", "--batch", "8")
    results = tmp_path / "dask" / "results.jsonl"
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as own:
        running = subprocess.Popen(
            command(*words, "--scheduler", own.scheduler_address, "-o", "dask"),
            cwd=tmp_path, env=environment(tmp_path / "home", env),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        while not results.exists() or len(results.read_bytes().splitlines()) < 10:
            assert running.poll() is None
            time.sleep(0.02)
        os.kill(own.workers[0].pid, signal.SIGKILL)
        out, err = running.communicate(timeout=600)
    assert running.returncode == 0, err
    by_hand = expected(of, batch=8)
    assert f"({sum(by_hand.right.values())} of 24) right" in out
    found = lines(results)
    assert sorted(one["id"] for one in found) == sorted(one.id for one in of), (
        "none lost or doubled"
    )
    alone = dynasaur(*words, "--jobs", "4", "-o", "four", cwd=tmp_path, env=env, timeout=600)
    assert alone.code == 0, alone.err
    other = {one["id"]: one for one in lines(tmp_path / "four" / "results.jsonl")}
    for one in found:
        same = one.keys() - {"run", "seconds"}
        assert {key: one[key] for key in same} == {key: other[one["id"]][key] for key in same}
        assert one["right"] is by_hand.right[one["id"]]
    admitted = [lines(tmp_path / name / "admissions.jsonl") for name in ("dask", "four")]
    names = [[(one["id"], one["names"]) for one in each] for each in admitted]
    assert names[0] == names[1]


HOSTILE = "\x1b[31mred\x1b]0;title\x07 <script>alert(1)</script> |a|b| \u202e ../../etc"


def test_what_data_and_answers_say_steers_nothing(tmp_path: Path) -> None:
    rows = [{"id": HOSTILE, "question": "Say.", "answer": HOSTILE, "group": HOSTILE}]
    write_jsonl(tmp_path / "t.jsonl", [*rows, {"id": "=1+1", "question": "?", "answer": "x"}])
    model = script(tmp_path, f"submit_final_answer({HOSTILE!r})")
    words = ("eval", "tasks", "t.jsonl", "--model", model, "--freeze", "-o", "out")
    done = dynasaur(*words, cwd=tmp_path)
    assert (done.code, "(1 of 2) right" in done.out) == (0, True), done.err
    told = dynasaur("eval", "report", "out", cwd=tmp_path)
    for said in (done.err, told.out):
        assert "red" in said
        assert "\x1b" not in said
        assert "\x07" not in said
    assert dynasaur("eval", "report", "out", "-o", "r.html", cwd=tmp_path).code == 0
    for page in (tmp_path / "r.html", *(tmp_path / "r-runs").iterdir()):
        text = page.read_text()
        assert "<script>alert" not in text
        assert "\x1b" not in text
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("r")) == [
        "r-runs", "r.csv", "r.html", "r.json",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["r.html", "r.md"])
def test_a_report_of_an_answer_that_is_no_unicode(tmp_path: Path, name: str) -> None:
    write_jsonl(
        tmp_path / "t.jsonl", [{"id": "a", "question": "?", "answer": "x", "group": "\udc80"}]
    )
    model = script(tmp_path, "submit_final_answer('\\udc80')")
    words = ("eval", "tasks", "t.jsonl", "--model", model, "--freeze", "-o", "out")
    assert dynasaur(*words, cwd=tmp_path).code == 0
    done = dynasaur("eval", "report", "out", "-o", name, cwd=tmp_path)
    assert done.code == 0, done.err
    assert "Why answers were missed" in (tmp_path / name).read_text("utf-8")
    assert "\\udc80" in (tmp_path / "r.csv").read_text("utf-8")


def test_a_report_in_80_columns_and_into_a_closed_pipe(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "t.jsonl", [{"question": "Say yes.", "answer": "yes"}])
    model = script(tmp_path, "submit_final_answer('yes')")
    words = ("eval", "tasks", "t.jsonl", "--model", model, "--freeze", "-o", "out")
    assert dynasaur(*words, cwd=tmp_path).code == 0
    for arguments in (("report", "out"), (*words[1:], "--resume")):
        seen = on_a_terminal(tmp_path, "eval", *arguments, columns=80)
        shown = re.sub(r"\x1b\[[0-9;]*m|\r", "", seen).splitlines()
        assert max(map(len, shown)) <= 80, max(shown, key=len)
    for closing in (">&-", "| head -1", "2>&-"):
        line = f"{shlex.join(command('eval', 'report', 'out'))} {closing}; echo ${{PIPESTATUS[0]}}"
        done = subprocess.run(
            ["bash", "-c", line], cwd=tmp_path, env=environment(tmp_path / ".home"),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.stdout.splitlines()[-1] == "0", done.stderr
        assert "Error" not in done.stderr


def test_a_judge_is_paid_apart_from_the_agent(tmp_path: Path) -> None:
    rows = [{"id": "1", "question": "Say yes.", "answer": "Yes!", "scorer": "llm-judge"}]
    write_jsonl(tmp_path / "t.jsonl", rows)
    model = script(tmp_path, "submit_final_answer('yes, surely')")
    verdict = json.dumps({"thought": "It says yes.", "code": "right"})
    with ChatServer([completion(verdict, usage=(70, 7))]) as endpoint:
        env = {"OPENAI_BASE_URL": endpoint.url, "OPENAI_API_KEY": "k"}
        words = ("--model", model, "--judge", "test", "--freeze", "-o", "out", "--json")
        done = dynasaur("eval", "tasks", "t.jsonl", *words, cwd=tmp_path, env=env)
    assert done.code == 0, done.err
    assert (done.json["accuracy"]["part"], done.json["judge_tokens"]) == (1, 77)
    assert done.json["tokens"] == 0
    assert done.json["plan"]["judge"] == "test"
    (result,) = lines(tmp_path / "out" / "results.jsonl")
    assert result["why"] == "It says yes."


def test_settings_from_anywhere_shape_results_and_are_in_the_manifest(tmp_path: Path) -> None:
    """Delivery is no such setting: an evaluation's library takes what is admitted."""
    write_jsonl(tmp_path / "t.jsonl", [{"question": "Say yes.", "answer": "yes"}])
    model = script(tmp_path, "submit_final_answer('yes')")
    words = ("eval", "tasks", "t.jsonl", "--model", model, "-o", "out", "--freeze")
    env = {"DYNASAUR_MEMORY": "1GiB", "DYNASAUR_DELIVER": "none"}
    done = dynasaur(*words, "--search", "none", cwd=tmp_path, env=env)
    assert done.code == 0, done.err
    settings = json.loads((tmp_path / "out" / "manifest.json").read_text())["settings"]
    assert (settings["memory"], settings["retriever"]) == ("1GiB", "lexical")
    other = dynasaur(*words, "--resume", cwd=tmp_path, env={"DYNASAUR_MEMORY": "2GiB"})
    assert other.code == 2
    assert "was begun with settings.memory = '1GiB', now it is '2GiB'" in other.err
