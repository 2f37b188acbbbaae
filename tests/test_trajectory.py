from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dynasaur import trajectory
from dynasaur.errors import FailureError, StoreError, UsageError
from dynasaur.record import End, Status, Step, Trajectory
from dynasaur.types import Call, CellError, Ending, Image, Observation, Task, Usage

PNG = b"\x89PNG\r\n\x1a\n"


def record(folder: Path) -> Trajectory:
    folder.mkdir(parents=True, exist_ok=True)
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
    return Trajectory("r1", "task", ("a.csv",), "planner", steps=(step,), folder=folder)


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
    (tmp_path / "stray").touch()
    listed = list(trajectory.list_runs(tmp_path))
    assert [name[:8] for name, _ in listed] == ["20260103", "20260102", "20260101"]
    assert listed[0][1] is None


def test_no_runs_are_an_empty_list(tmp_path: Path) -> None:
    assert list(trajectory.list_runs(tmp_path / "none")) == []


def test_two_runs_never_share_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = iter(["same", "same", "other"])
    monkeypatch.setattr(trajectory, "new_id", lambda: next(ids))
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
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.csv").touch()
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
        "usage": {"requests": 0, "prompt_tokens": 0, "completion_tokens": 0},
        "seconds": 0.0,
    }
