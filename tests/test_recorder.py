"""A run's states are saved beside other work, each whole, in their order."""

from __future__ import annotations

import json
import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from dynasaur import trajectory
from dynasaur.errors import StoreError
from dynasaur.record import Step, Trajectory
from dynasaur.trajectory.writing import Texts, text_of


def state(folder: Path, steps: int, **changes: object) -> Trajectory:
    made = tuple(Step(number, "", f"x = {number}") for number in range(1, steps + 1))
    return replace(Trajectory("r1", "task", (), "m", steps=made, folder=folder), **changes)  # type: ignore[arg-type]


def steps_in(folder: Path) -> int:
    steps = trajectory.read(folder)["steps"]
    assert isinstance(steps, int)
    return steps


def test_what_was_put_is_there_once_it_is_settled(tmp_path: Path) -> None:
    recorder = trajectory.Recorder()
    for number in range(20):
        recorder.put(state(tmp_path, number))
    recorder.settle()
    assert steps_in(tmp_path) == 19
    assert [path.name for path in tmp_path.iterdir()] == [trajectory.FILE]


def test_no_state_overtakes_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the disk is: each waits for its turn, and a third for the first to be done."""
    seen: list[int] = []
    go = threading.Event()
    sync = os.fsync

    def slow(descriptor: int) -> None:
        go.wait(20)
        sync(descriptor)
        seen.append(os.fstat(descriptor).st_size)

    monkeypatch.setattr(os, "fsync", slow)
    recorder = trajectory.Recorder()
    recorder.put(state(tmp_path, 1))
    assert not (tmp_path / trajectory.FILE).exists()
    recorder.put(state(tmp_path, 2))
    assert not (tmp_path / trajectory.FILE).exists()
    threading.Timer(0.05, go.set).start()
    recorder.catch_up()
    assert steps_in(tmp_path) >= 1
    recorder.put(state(tmp_path, 3))
    recorder.put(state(tmp_path, 4))
    assert steps_in(tmp_path) >= 2
    recorder.settle()
    assert steps_in(tmp_path) == 4
    assert seen == sorted(seen)
    assert len(seen) == 4


def test_the_same_state_is_saved_once(tmp_path: Path) -> None:
    recorder = trajectory.Recorder()
    recorder.put(state(tmp_path, 1, answer=1))
    recorder.settle()
    made = (tmp_path / trajectory.FILE).stat().st_ino
    recorder.put(state(tmp_path, 1, answer=1, seconds=3.0))
    recorder.settle()
    assert (tmp_path / trajectory.FILE).stat().st_ino == made
    recorder.put(state(tmp_path, 1, answer=True))
    recorder.settle()
    assert trajectory.read(tmp_path)["answer"] is True


def test_a_disk_that_refuses_is_told_once_and_tried_again(tmp_path: Path) -> None:
    recorder = trajectory.Recorder()
    gone = tmp_path / "gone"
    recorder.put(state(gone, 1))
    with pytest.raises(StoreError, match="cannot be recorded"):
        recorder.settle()
    recorder.settle()
    recorder.put(state(gone, 1))
    recorder.put(state(gone, 2))  # both are on their way
    with pytest.raises(StoreError, match="cannot be recorded"):
        recorder.settle()
    recorder.settle()
    gone.mkdir()
    recorder.put(state(gone, 1))
    recorder.settle()
    assert steps_in(gone) == 1


def test_the_text_of_known_steps_is_that_of_the_whole(tmp_path: Path) -> None:
    """What is put together from pieces reads as if it had been written at once."""
    known: Texts = {}
    now = state(tmp_path, 0, opening='a "quoted"\nline', answer={"a": [1, {"b": "\u2028 é"}]})
    for number in range(4):
        whole = json.dumps(trajectory.to_json(now), ensure_ascii=False, indent=1)
        assert text_of(now, known) == whole
        assert text_of(now, known) == whole
        new = Step(number + 1, "two\nlines", "x = 'a\\nb'\n", notes=("n\n1", "2"))
        now = replace(now, steps=(*now.steps, new))
    changed = replace(now.steps[-1], notes=("another",))
    now = replace(now, steps=(*now.steps[:-1], changed))
    assert text_of(now, known) == json.dumps(trajectory.to_json(now), ensure_ascii=False, indent=1)
    assert set(known) == {id(step) for step in now.steps}


def test_the_thread_ends_with_its_recorder(tmp_path: Path) -> None:
    before = threading.active_count()
    for _ in range(5):
        recorder = trajectory.Recorder()
        recorder.put(state(tmp_path, 1))
        recorder.settle()
    del recorder
    ends = time.monotonic() + 10
    while threading.active_count() > before and time.monotonic() < ends:
        time.sleep(0.01)
    assert threading.active_count() <= before


def test_what_nobody_waits_for_is_saved_a_little_later(tmp_path: Path) -> None:
    recorder = trajectory.Recorder()
    recorder.hasten()  # nothing is there yet
    for steps in (1, 2):
        recorder.put(state(tmp_path, steps))
        if steps == 2:
            recorder.hasten()
        until = time.monotonic() + 20
        while not _is_saved(tmp_path, steps) and time.monotonic() < until:
            time.sleep(0.005)
        assert steps_in(tmp_path) == steps


def _is_saved(folder: Path, steps: int) -> bool:
    return (folder / trajectory.FILE).exists() and steps_in(folder) == steps


def test_a_record_is_its_owners_alone(tmp_path: Path) -> None:
    (tmp_path / f"{trajectory.FILE}.part").write_text("left by a killed process, and longer" * 100)
    recorder = trajectory.Recorder()
    recorder.put(state(tmp_path, 1))
    recorder.settle()
    assert steps_in(tmp_path) == 1
    assert [path.name for path in tmp_path.iterdir()] == [trajectory.FILE]
    recorder.put(state(tmp_path, 2))
    recorder.settle()
    assert (tmp_path / trajectory.FILE).stat().st_mode & 0o777 == 0o600
