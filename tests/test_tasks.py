"""`dynasaur run --tasks`: many tasks from a file, restartable, one process lost or all of them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from dynasaur.commands._many import merge, with_model
from dynasaur.errors import UsageError
from dynasaur.tasks import Results, read_items
from tests.builders.cli import Done, command, dynasaur, environment, script

GCD = "What is the greatest common divisor of {} and {}?"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tasks") / "my library ö"
    assert dynasaur("init", folder, cwd=folder.parent).code == 0
    return folder


def tasks(folder: Path, *documents: object) -> Path:
    file = folder / "tasks.jsonl"
    lines = [one if isinstance(one, str) else json.dumps(one) for one in documents]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def run(library: Path, file: Path, *more: str) -> Done:
    return dynasaur("run", "--tasks", file, "--model", "planner", *more, cwd=library)


def results(file: Path) -> list[dict[str, Any]]:
    text = file.with_suffix(".results.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_tasks_are_carried_out_by_several_and_not_twice(library: Path, tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("price\n1\n3\n")
    file = tasks(
        tmp_path,
        {"task": GCD.format(12, 18), "id": "one"},
        "",
        {"task": "What is the average price?", "files": ["sales.csv"]},
        {"task": "Say something about nothing at all", "id": 3},
        {"task": GCD.format(12, 18)},
    )
    done = run(library, file, "--jobs", "2")
    assert done.code == 1, done.err
    assert done.out == ""
    found = {one["id"]: one for one in results(file)}
    assert len(found) == 4
    assert (found["one"]["status"], found["one"]["answer"]) == ("solved", 6)
    assert found["3"]["status"] == "unsolved"
    assert 2.0 in [one["answer"] for one in found.values()]
    assert len({one["run"] for one in found.values()}) == 4
    assert "4/4 " in done.err
    assert "about" in done.err
    assert f"3 solved, 1 unsolved; results: {file.with_suffix('.results.jsonl')}" in done.err
    # Again, with one task more: the others are not run a second time.
    with file.open("a") as more:
        more.write(json.dumps({"task": GCD.format(4, 6), "id": "new"}) + "\n")
    again = run(library, file, "--json")
    assert again.json == {
        "tasks": 5,
        "finished_before": 4,
        "counts": {"solved": 1},
        "results": str(file.with_suffix(".results.jsonl")),
    }
    assert [one["id"] for one in results(file)][-1] == "new"


@pytest.mark.slow
def test_a_file_is_whole_whatever_kills_the_process(library: Path, tmp_path: Path) -> None:
    """Killed without mercy in the middle: nothing is lost, nothing is run twice, no one is left."""
    model = script(tmp_path, "import time; time.sleep(1.5)", "submit_final_answer(1)")
    file = tasks(tmp_path, *({"task": f"task {n}", "id": f"t{n}"} for n in range(4)))
    words = ("run", "--tasks", str(file), "--model", model, "--jobs", "2")
    process = subprocess.Popen(
        command(*words), cwd=library, env=environment(library / ".home"), stderr=subprocess.DEVNULL
    )
    kept = file.with_suffix(".results.jsonl")
    for _ in range(600):
        if kept.exists() and kept.read_text().count("\n") >= 2:
            break
        time.sleep(0.05)
    workers = _children(process.pid)
    assert len(workers) == 2
    process.kill()
    process.wait()
    before = results(file)
    with kept.open("a") as half:
        half.write('{"id": "t9", "sta')
    for _ in range(200):
        if not any(map(_lives, workers)):
            break
        time.sleep(0.05)
    assert not any(map(_lives, workers))
    again = dynasaur(*words, cwd=library)
    assert again.code == 0, again.err
    assert results(file)[: len(before)] == before
    assert sorted(one["id"] for one in results(file)) == ["t0", "t1", "t2", "t3"]


def _children(pid: int) -> list[int]:
    """The workers of a process."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text().split()]
    return [one for one in found if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.slow
def test_one_killed_worker_loses_nothing(library: Path, tmp_path: Path) -> None:
    model = script(tmp_path, "import time; time.sleep(1)", "submit_final_answer(1)")
    file = tasks(tmp_path, *({"task": f"task {n}", "id": f"t{n}"} for n in range(3)))
    process = subprocess.Popen(
        command("run", "--tasks", str(file), "--model", model, "--jobs", "2"),
        cwd=library,
        env=environment(library / ".home"),
        stderr=subprocess.DEVNULL,
    )
    workers: list[int] = []
    for _ in range(200):
        workers = _children(process.pid)
        if len(workers) == 2:
            break
        time.sleep(0.05)
    time.sleep(1)
    os.kill(workers[0], signal.SIGKILL)
    assert process.wait(60) == 0
    assert sorted(one["id"] for one in results(file)) == ["t0", "t1", "t2"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: no JSON: "),
        ("[1]", "line 2: not an object"),
        ('{"text": "x"}', "line 2: unknown key 'text'; known are id, task, files"),
        ('{"id": "x"}', "line 2: 'task' must be text"),
        ('{"task": " "}', "line 2: the task is empty"),
        ('{"task": "x", "files": "a.csv"}', "line 2: 'files' must be a list of paths"),
        ('{"task": "x", "files": ["none.csv"]}', "line 2: --file "),
        ('{"task": "x", "id": "first"}', "line 2: the id 'first' is that of line 1, too"),
        ('{"task": "x", "id": true}', "line 2: 'id' must be text or a whole number"),
        ("[" * 100_000, "line 2: no JSON: "),
    ],
)
def test_a_broken_line_is_said_before_anything_starts(tmp_path: Path, line: str, said: str) -> None:
    file = tasks(tmp_path, {"task": "y", "id": "first"}, line)
    with pytest.raises(UsageError) as caught:
        read_items(file)
    assert said in str(caught.value)


def test_the_command_line_says_so_and_starts_nothing(library: Path, tmp_path: Path) -> None:
    done = run(library, tasks(tmp_path, "{"))
    assert (done.code, done.out) == (2, "")
    assert "line 1: no JSON" in done.err
    assert not (tmp_path / "tasks.results.jsonl").exists()
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    assert "no task in it" in run(library, empty).err
    assert "cannot be read: No such file" in run(library, tmp_path / "none.jsonl").err
    file = tasks(tmp_path, {"task": "x"})
    for words, said in (
        (("a task", "--tasks", str(file)), "names its tasks and their files itself"),
        (("a task", "--jobs", "2"), "go with --tasks"),
        ((), "name a TASK"),
        (("--tasks", str(file), "--model", "scripted:none.json"), "none.json"),
    ):
        wrong = dynasaur("run", *words, cwd=library)
        assert (wrong.code, wrong.out) == (2, "")
        assert said in wrong.err
    assert not (tmp_path / "tasks.results.jsonl").exists()


@pytest.mark.parametrize("line", ["[1]", '{"id": "a"}', '{"id": "a", "status": []}', "[" * 100_000])
def test_a_file_that_holds_no_results_is_not_added_to(
    library: Path, tmp_path: Path, line: str
) -> None:
    file = tasks(tmp_path, {"task": "x"})
    kept = file.with_suffix(".results.jsonl")
    kept.write_text(line + "\n")
    done = run(library, file)
    assert (done.code, done.out) == (2, ""), done.err
    assert "tasks.results.jsonl, line 1: no result; this is another kind of file" in done.err
    assert kept.read_text() == line + "\n"


def test_ids_are_the_same_whenever_the_file_is_read(tmp_path: Path) -> None:
    first = read_items(tasks(tmp_path, {"task": "x"}, {"task": "y"}, {"task": "x"}))
    again = read_items(tasks(tmp_path, {"task": "y"}, {"task": "x"}, {"task": "x"}))
    assert len({item.id for item in first}) == 3
    assert {item.id for item in first} == {item.id for item in again}


def test_two_do_not_add_to_one_file(tmp_path: Path) -> None:
    with Results(tmp_path / "r.jsonl") as one:
        with pytest.raises(UsageError, match="another process"):
            Results(tmp_path / "r.jsonl")
        one.add({"id": "a", "status": "solved"})
        one.add({"id": "b", "status": "failed"})
    with Results(tmp_path / "r.jsonl") as two:
        assert two.finished == {"a"}
    (tmp_path / "r.jsonl").write_text("something else\n")
    with pytest.raises(UsageError, match="line 1: no result"):
        Results(tmp_path / "r.jsonl")
    for place in (tmp_path, Path("/dev/zero")):
        with pytest.raises(UsageError, match="not a regular file"):
            Results(place)


DOUBLE = '''
def double_of(number: float) -> float:
    """Twice a number.

    Args:
        number: The number.

    Returns:
        Two times it.
    """
    return 2 * number
'''


def test_what_a_lost_run_left_is_found_by_its_task_without_its_secret(
    library: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    task = "Double 2 with the key ghp_0123456789abcdefghijklmnopqrstuvwxyz."
    code = f"{DOUBLE.replace('double_of', 'twice_of')}submit_final_answer(twice_of(2))"
    words = ("run", task, "--model", script(tmp_path, code), "--deliver", "branch", "--json")
    done = dynasaur(*words, cwd=library)
    assert done.code == 0, done.err
    assert "[secret]" in dynasaur("runs", "show", "last", cwd=library).out
    for name, value in environment(library / ".home").items():
        monkeypatch.setenv(name, value)
    flags = {"library_path": str(library)}
    for others in ({"Double 3."}, {task.replace("Double", "Treble")}):
        merge([], others, "2", flags)
        assert "merged" not in capsys.readouterr().err
    merge([], {task}, "2", flags)
    assert "merged: twice_of\n" in capsys.readouterr().err


def test_workers_take_the_model_that_is_chosen_here(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DYNASAUR_MODEL"):
        monkeypatch.delenv(name, raising=False)
    flags = {"library_path": library, "model": None, "max_steps": 3}
    assert with_model(flags) == flags  # whatever a worker has is better than the planner
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("DYNASAUR_MODEL", "mine")
    assert with_model(flags) == {**flags, "model": "mine"}
    for word in ("planner", "scripted:some/where.json"):
        assert with_model({**flags, "model": word})["model"] == word


@pytest.mark.slow
def test_a_cluster_carries_tasks_out_and_a_killed_worker_loses_nothing(
    library: Path, tmp_path: Path
) -> None:
    pytest.importorskip("distributed")
    code = "import time; time.sleep(1)" + DOUBLE + "submit_final_answer(double_of(2))"
    file = tasks(tmp_path, *({"task": f"task {n}", "id": f"t{n}"} for n in range(4)))
    with cluster(library, tmp_path) as (address, workers):
        process = subprocess.Popen(
            command(
                *("run", "--tasks", str(file), "--model", script(tmp_path, code)),
                *("--scheduler", address),
            ),
            cwd=library,
            env=environment(library / ".home"),
            stderr=subprocess.PIPE,
            text=True,
        )
        kept = file.with_suffix(".results.jsonl")
        for _ in range(600):
            if kept.exists() and kept.read_text().count("\n") >= 1:
                break
            time.sleep(0.05)
        os.killpg(workers[0].pid, signal.SIGKILL)
        said = process.communicate(timeout=120)[1]
        assert process.returncode == 0, said
    assert sorted(one["id"] for one in results(file)) == ["t0", "t1", "t2", "t3"]
    assert said.count("merged: double_of\n") == 1, said
    branches = subprocess.run(
        ["git", "branch", "--list", "dynasaur/*"], cwd=library, capture_output=True, check=True
    )
    assert branches.stdout == b""
    assert dynasaur("call", "double_of", "4", cwd=library).out == "8.0\n"


@contextmanager
def cluster(library: Path, folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A Dask scheduler and two workers of one thread, as processes of their own."""
    where = folder / "scheduler.json"
    started: list[subprocess.Popen[bytes]] = []

    def start(what: str, *words: str) -> None:
        log = (folder / "dask.log").open("ab")
        line = [sys.executable, "-m", f"distributed.cli.dask_{what}", *words]
        environ = environment(library / ".home", {"PYTHONWARNINGS": "default"})
        started.append(
            subprocess.Popen(
                line, cwd=library, env=environ, stdout=log, stderr=log, start_new_session=True
            )
        )
        log.close()

    try:
        start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--dashboard-address", ":0",
            "--scheduler-file", str(where),
        )  # fmt: skip
        for _ in range(600):
            if where.exists():
                break
            time.sleep(0.05)
        for number in range(2):
            start(
                "worker", "--scheduler-file", str(where), "--nthreads", "1", "--no-dashboard",
                "--nanny", "--local-directory", str(folder / f"worker-{number}"),
            )  # fmt: skip
        yield json.loads(where.read_text())["address"], started[1:]
    finally:
        for process in started:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
