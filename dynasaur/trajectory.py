"""The record of a run: written whole after every step, read back without a model or kernel.

A run has a folder of its own, `.dynasaur/runs/<id>/`, with `trajectory.json`, the work folder of
its kernel and the images that it displayed. While the run lasts its process holds a lock file
there, so that a run that was killed is told from one under way.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dynasaur.errors import FailureError, StoreError, UsageError
from dynasaur.record import Harvest, Status, Step, Trajectory
from dynasaur.types import Call, Ending, Image, Json, Observation, Task, Usage

FORMAT = "dynasaur.trajectory/1"
FILE = "trajectory.json"


def new_id() -> str:
    """An id for a run: the time (UTC) and four random hexadecimal digits."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def new_run(runs: Path) -> tuple[str, Path]:
    """A fresh run id and its folder, made together so that no two runs share one.

    Raises:
        StoreError: The folder cannot be made.
    """
    while True:
        run = new_id()
        try:
            runs.mkdir(parents=True, exist_ok=True)
            (runs / run).mkdir()
        except FileExistsError:
            continue
        except OSError as error:
            raise StoreError(f"{runs}: the run cannot be recorded: {error.strerror}") from error
        return run, runs / run


def check_task(task: Task) -> None:
    """Refuse what cannot be a task, before anything is made for it.

    Raises:
        UsageError: The text is empty, or a file is missing or no regular file.
    """
    if not task.text.strip():
        raise UsageError("the task is empty; say what to do")
    for path in task.files:
        if not path.is_file():
            kind = "no such file"
            if path.exists():
                kind = "a folder" if path.is_dir() else "a pipe or a device"
            raise UsageError(f"--file {path}: {kind}; name a regular file")
    names = [path.name for path in task.files]
    for path in task.files:
        if names.count(path.name) > 1:
            raise UsageError(f"--file {path}: two files are called {path.name}; rename one")


def copy_files(paths: Sequence[Path], work: Path) -> list[tuple[str, int]]:
    """Copy a task's files into the work folder; gives their names and sizes in bytes.

    Raises:
        UsageError: One of them cannot be read.
    """
    copied: list[tuple[str, int]] = []
    for path in paths:
        try:
            shutil.copyfile(path, work / path.name)
        except OSError as error:
            raise UsageError(f"--file {path}: cannot be copied: {error.strerror}") from error
        copied.append((path.name, (work / path.name).stat().st_size))
    return copied


def write(trajectory: Trajectory) -> None:
    """Save atomically: a reader finds this state or the one before, whole.

    Raises:
        StoreError: It cannot be written (a full disk, a folder that is gone).
    """
    folder = trajectory.folder
    try:
        _write_images(trajectory.steps[-1:], folder)
        text = json.dumps(to_json(trajectory), ensure_ascii=False, indent=1)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", errors="backslashreplace", dir=folder, delete=False
        ) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(folder / FILE)
    except OSError as error:
        raise StoreError(f"{folder}: the run cannot be recorded: {error.strerror}") from error


def read(folder: Path) -> Mapping[str, Json]:
    """The saved document of one run, with the status `killed` where its process is gone.

    Raises:
        FailureError: There is none, it cannot be read, or it has a newer format.
    """
    try:
        document = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FailureError(f"{folder / FILE}: cannot be read: {error}") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise FailureError(f"{folder / FILE}: not a trajectory of the format {FORMAT}")
    if document["status"] == Status.RUNNING and not _alive(folder):
        document["status"] = str(Status.KILLED)
    return document


def harvest(folder: Path) -> Harvest:
    """What a recorded run leaves for the registry, read back from its record.

    Raises:
        FailureError: It cannot be read, or the run is not over.
    """
    document: Any = read(folder)
    if document["status"] == Status.RUNNING:
        raise FailureError(f"{document['run']} is still running; wait until it is over")
    seen = [
        (step["code"], step["observation"])
        for step in document["trajectory"]
        if step["observation"] is not None
    ]
    return Harvest(
        run=document["run"],
        task=document["task"],
        model=document["model"],
        cells=tuple(code for code, observation in seen if observation["ended"] == Ending.OK),
        calls=tuple(Call(**call) for _, observation in seen for call in observation["calls"]),
        solved=document["status"] == Status.SOLVED,
        answer=document["answer"],
    )


def list_runs(runs: Path) -> Iterator[tuple[str, Mapping[str, Json] | None]]:
    """Every run's id and document, newest first; None where it cannot be read."""
    folders = [folder for folder in runs.iterdir() if folder.is_dir()] if runs.is_dir() else []
    for folder in sorted(folders, key=lambda folder: folder.name, reverse=True):
        try:
            yield folder.name, read(folder)
        except FailureError:
            yield folder.name, None


class Alive:
    """Held while a run lasts; freed by the system however its process ends."""

    def __init__(self, folder: Path) -> None:
        from filelock import FileLock

        self._lock = FileLock(folder / "run.lock")

    def __enter__(self) -> None:
        self._lock.acquire(blocking=False)

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def _alive(folder: Path) -> bool:
    from filelock import FileLock, Timeout

    if not (folder / "run.lock").exists():
        return False
    try:
        with FileLock(folder / "run.lock", blocking=False):
            return False
    except (Timeout, OSError):
        return True


def to_json(trajectory: Trajectory) -> dict[str, Json]:
    """The document as it is saved; `summary` gives the shorter one of `run --json`."""
    return {
        "format": FORMAT,
        **summary(trajectory),
        "task": trajectory.task,
        "files": list(trajectory.files),
        "model": trajectory.model,
        "end": trajectory.end,
        "note": trajectory.note,
        "started": trajectory.started,
        "trajectory": [_step(step) for step in trajectory.steps],
    }


def summary(trajectory: Trajectory) -> dict[str, Json]:
    """The document of `dynasaur run --json`."""
    use = trajectory.actions
    return {
        "run": trajectory.run,
        "status": trajectory.status,
        "answer": trajectory.answer,
        "reason": trajectory.reason,
        "steps": len(trajectory.steps),
        "actions": {
            "offered": list(use.offered),
            "loaded": list(use.loaded),
            "called": list(use.called),
            "admitted": list(use.admitted),
            "refused": [{"name": one.name, "reason": one.reason} for one in use.refused],
        },
        "usage": _usage(trajectory.usage),
        "seconds": round(trajectory.seconds, 3),
    }


def _step(step: Step) -> Json:
    return {
        "number": step.number,
        "thought": step.thought,
        "code": step.code,
        "problem": step.problem,
        "loaded": list(step.loaded),
        "notes": list(step.notes),
        "observation": _observation(step.observation, step.number),
        "asked": [
            {"name": one.name, "arguments": one.arguments, "error": one.error} for one in step.asked
        ],
        "usage": _usage(step.usage),
    }


def _observation(seen: Observation | None, number: int) -> Json:
    if seen is None:
        return None
    error: Json = None
    if seen.error:
        error = {
            "type": seen.error.type,
            "message": seen.error.message,
            "traceback": seen.error.traceback,
        }
    return {
        "ended": seen.ended,
        "output": seen.output,
        "late": seen.late,
        "error": error,
        "images": [_image_name(number, at, image) for at, image in enumerate(seen.images, 1)],
        "calls": [_call(call) for call in seen.calls],
        "state_kept": seen.state_kept,
        "notice": seen.notice,
        "seconds": round(seen.seconds, 3),
    }


def _call(call: Call) -> Json:
    return {
        "name": call.name,
        "module": call.module,
        "ok": call.ok,
        "arguments": call.arguments,
        "result": call.result,
        "error": call.error,
        "seconds": round(call.seconds, 6),
        "top": call.top,
    }


def _usage(usage: Usage) -> Json:
    return {
        "requests": usage.requests,
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
    }


def _image_name(number: int, at: int, image: Image) -> str:
    return f"step-{number}-{at}.{image.mime.removeprefix('image/')}"


def _write_images(steps: Sequence[Step], folder: Path) -> None:
    for step in steps:
        for at, image in enumerate(step.observation.images if step.observation else (), 1):
            (folder / _image_name(step.number, at, image)).write_bytes(image.data)
