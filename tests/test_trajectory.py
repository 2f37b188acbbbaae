from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dynasaur import trajectory
from dynasaur.errors import FailureError, StoreError, UsageError
from dynasaur.record import ActionUse, End, HostCall, Status, Step, Trajectory
from dynasaur.trajectory import folder
from dynasaur.types import Call, CellError, Ending, Image, Observation, Refusal, Task, Usage
from tests.builders.trajectories import validator

PNG = b"\x89PNG\r\n\x1a\n"


def record(place: Path) -> Trajectory:
    place.mkdir(parents=True, exist_ok=True)
    call = Call("f", "", ok=True, arguments="1", result="2", error="", seconds=0.1, top=True)
    seen = Observation(
        Ending.ERROR,
        "out \udc80",
        "",
        CellError("E", "m", "t"),
        (Image("image/png", PNG),),
        (call,),
    )
    step = Step(1, "thought", "code()", observation=seen, usage=Usage(1, 2, 3))
    return Trajectory("r1", "task", ("a.csv",), "planner", steps=(step,), folder=place)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    made = replace(
        record(tmp_path), status=Status.SOLVED, end=End.ANSWERED, answer={"a": [1, None]}
    )
    trajectory.write(made)
    document: Any = trajectory.read(tmp_path)
    assert document["format"] == "dynasaur.trajectory/1"
    assert document["answer"] == {"a": [1, None]}
    assert document["status"] == "solved"
    (step,) = document["trajectory"]
    assert step["observation"]["images"] == ["step-1-1.png"]
    assert (tmp_path / "step-1-1.png").read_bytes() == PNG


def test_a_write_leaves_nothing_else_behind(tmp_path: Path) -> None:
    for _ in range(3):
        trajectory.write(record(tmp_path))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["step-1-1.png", "trajectory.json"]


def test_a_failed_write_keeps_the_one_before(tmp_path: Path) -> None:
    trajectory.write(record(tmp_path))
    with pytest.raises(StoreError, match="cannot be recorded"):
        trajectory.write(replace(record(tmp_path), folder=tmp_path / "gone"))
    assert trajectory.read(tmp_path)["run"] == "r1"


def test_a_run_whose_process_is_gone_was_killed(tmp_path: Path) -> None:
    trajectory.write(record(tmp_path))
    assert trajectory.read(tmp_path)["status"] == "killed"
    with trajectory.Alive(tmp_path):
        assert trajectory.read(tmp_path)["status"] == "running"
    assert trajectory.read(tmp_path)["status"] == "killed"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "other/9"}', '"x"', "\x00"])
def test_what_is_no_trajectory_is_said_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "trajectory.json").write_text(text)
    with pytest.raises(FailureError, match=r"trajectory\.json"):
        trajectory.read(tmp_path)


def test_runs_are_listed_newest_first_and_bad_ones_too(tmp_path: Path) -> None:
    for name in ("20260101-000000-aaaa", "20260102-000000-aaaa"):
        trajectory.write(replace(record(tmp_path / name), run=name))
    (tmp_path / "20260103-000000-aaaa").mkdir()
    (tmp_path / "20260103-000000-aaaa" / "trajectory.json").write_text("{")
    (tmp_path / "20260104-000000-aaaa").mkdir()  # stopped before anything was recorded
    (tmp_path / "stray").touch()
    listed = list(trajectory.list_runs(tmp_path))
    assert [name[:8] for name, _ in listed] == ["20260103", "20260102", "20260101"]
    assert listed[0][1] is None


def test_no_runs_are_an_empty_list(tmp_path: Path) -> None:
    assert list(trajectory.list_runs(tmp_path / "none")) == []


def test_two_runs_never_share_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = iter(["same", "same", "other"])
    monkeypatch.setattr(folder, "new_id", lambda: next(ids))
    assert trajectory.new_run(tmp_path)[0] == "same"
    assert trajectory.new_run(tmp_path)[0] == "other"


def test_files_are_copied_with_their_sizes(tmp_path: Path) -> None:
    source, work = tmp_path / "ö data.csv", tmp_path / "work"
    source.write_bytes(b"x" * 10)
    work.mkdir()
    assert trajectory.copy_files([source], work) == [("ö data.csv", 10)]
    assert (work / "ö data.csv").read_bytes() == b"x" * 10


def test_a_task_must_say_something() -> None:
    with pytest.raises(UsageError, match="the task is empty"):
        trajectory.check_task(Task(" \n"))


def test_a_tasks_files_must_be_files(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        trajectory.check_task(Task("x", (tmp_path / "none",)))
    with pytest.raises(UsageError, match="a folder"):
        trajectory.check_task(Task("x", (tmp_path,)))


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.csv").touch()
    with pytest.raises(UsageError, match=r"two files are called x\.csv"):
        trajectory.check_task(Task("x", (tmp_path / "a/x.csv", tmp_path / "b/x.csv")))


def test_the_summary_has_the_published_keys(tmp_path: Path) -> None:
    document = trajectory.summary(record(tmp_path))
    assert json.loads(json.dumps(document)) == {
        "run": "r1",
        "status": "running",
        "answer": None,
        "reason": "",
        "steps": 1,
        "actions": {"offered": [], "loaded": [], "called": [], "admitted": [], "refused": []},
        "usage": {
            "requests": 0,
            "prompt_tokens": 0,
            "completion_tokens": 0,
            "cached_tokens": 0,
            "cost": 0.0,
            "reasoning_tokens": 0,
        },
        "seconds": 0.0,
    }


def test_what_is_loaded_is_what_was_written(tmp_path: Path) -> None:
    step = Step(
        2, "more", "", "no code", ("mean",), ("a note",), None, (HostCall("find_actions", "[]"),)
    )
    made = replace(
        record(tmp_path),
        status=Status.UNSOLVED,
        end=End.LIMIT,
        reason="enough",
        steps=(*record(tmp_path).steps, step),
        actions=ActionUse(("mean",), (), (), (), (Refusal("f", "why"),)),
        usage=Usage(2, 3, 4, 1, 0.25, 2),
        opening="Task: x",
        started="2026-11-20T10:00:00+00:00",
    )
    trajectory.write(record(tmp_path))
    trajectory.write(made)
    loaded = trajectory.load(tmp_path)
    assert loaded == made
    assert loaded.folder == tmp_path


def test_every_written_document_keeps_to_the_schema(tmp_path: Path) -> None:
    made = replace(record(tmp_path), usage=Usage(1, 1, 1, 0, None), answer={"a": [1]})
    trajectory.write(made)
    document = json.loads((tmp_path / "trajectory.json").read_text("utf-8"))
    assert [error.message for error in validator().iter_errors(document)] == []
    del document["trajectory"][0]["code"]
    document["trajectory"][0]["observation"]["ended"] = "well"
    assert len(list(validator().iter_errors(document))) == 2


def test_the_schema_knows_every_status_and_end() -> None:
    properties: Any = trajectory.schema()["properties"]
    assert set(properties["status"]["enum"]) == set(Status)
    assert set(properties["end"]["enum"]) == {*End, None}


PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("key = 'ghp_" + "a1" * 18 + "'", "key = '[secret]'"),
        ("it is hunter2-hunter2!", "it is [secret]!"),
        ("hunter2-hunter2-long, too", "[secret], too"),
        (f"before\n{PEM}\nafter", "before\n[secret]\nafter"),
        ("nothing to hide: tiny", "nothing to hide: tiny"),
        ("x" * 2000 + " hunter2-hunter2", "x" * 2000 + " [secret]"),
    ],
)
def test_secrets_are_not_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, clean: str
) -> None:
    monkeypatch.setenv("MY_API_KEY", "hunter2-hunter2")
    monkeypatch.setenv("OTHER_TOKEN", "hunter2-hunter2-long")
    monkeypatch.setenv("SHORT_PASSWORD", "tiny")
    made = record(tmp_path)
    step = replace(made.steps[0], thought=text, code=text, notes=(text,))
    trajectory.write(replace(made, task=text, steps=(step,), answer={text: [text]}))
    document: Any = trajectory.read(tmp_path)
    assert (document["task"], document["answer"]) == (clean, {clean: [clean]})
    assert {document["trajectory"][0][key] for key in ("thought", "code")} == {clean}
    assert "hunter2" not in (tmp_path / "trajectory.json").read_text("utf-8")


def named_runs(tmp_path: Path, *names: str) -> Path:
    for name in names:
        trajectory.write(replace(record(tmp_path / name), run=name))
        (tmp_path / name / "work").mkdir()
    return tmp_path


RUNS = ("20260101-000000-aaaa", "20260102-000000-bbbb", "20260102-000000-0aaa")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("last", RUNS[2]),
        (RUNS[0], RUNS[0]),
        ("20260101", RUNS[0]),
        ("bbbb", RUNS[1]),
    ],
)
def test_runs_are_found_by_a_part_of_their_name(tmp_path: Path, name: str, found: str) -> None:
    assert trajectory.find_run(named_runs(tmp_path, *RUNS), name).name == found


@pytest.mark.parametrize("name", ["", ".", "..", "2027", "../x", "20260102", "aaa", "*"])
def test_no_run_and_many_runs_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"no run|2 runs"):
        trajectory.find_run(named_runs(tmp_path, *RUNS), name)


def test_a_run_under_way_is_neither_removed_nor_taken(tmp_path: Path) -> None:
    place = named_runs(tmp_path, RUNS[0]) / RUNS[0]
    with trajectory.Alive(place):
        with pytest.raises(UsageError, match="still running"):
            trajectory.remove(place)
        with pytest.raises(UsageError, match="still running"), trajectory.Alive(place):
            pass
    trajectory.remove(place)
    assert not place.exists()
