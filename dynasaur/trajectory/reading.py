"""Read the record of a run back: the document, or the values that it was made of."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from dynasaur.errors import FailureError
from dynasaur.record import ActionUse, End, Harvest, Status, Step, Trajectory
from dynasaur.trajectory.document import FORMAT
from dynasaur.trajectory.folder import FILE, alive, run_folders
from dynasaur.types import Call, Ending, Image, Json, Usage

T = TypeVar("T")


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
    if document.get("status") == Status.RUNNING and not alive(folder):
        document["status"] = str(Status.KILLED)
    return document


def list_runs(runs: Path) -> Iterator[tuple[str, Mapping[str, Json] | None]]:
    """Every run's id and document, newest first; None where it cannot be read."""
    for folder in run_folders(runs):
        try:
            yield folder.name, read(folder)
        except FailureError:
            yield folder.name, None


def finished(runs: Path, but: Collection[str] = ()) -> Iterator[Mapping[str, Json]]:
    """The documents of runs that are over, by id; those named in `but` are not even looked at."""
    names = sorted(one.name for one in runs.iterdir()) if runs.is_dir() else ()
    for folder in (runs / name for name in names if name not in but):
        with suppress(FailureError):
            document = read(folder)
            if document["status"] != Status.RUNNING:
                yield document


def load(folder: Path) -> Trajectory:
    """A recorded run as the values that it was made of, images with it.

    Raises:
        FailureError: It cannot be read.
    """
    document: Any = read(folder)
    try:
        steps = tuple(_step(step, folder) for step in document["trajectory"])
        simple = {
            name: document[name]
            for name in (field.name for field in fields(Trajectory))
            if isinstance(document.get(name), str | int | float) and name not in _MADE
        }
        return Trajectory(
            **simple,
            files=tuple(document["files"]),
            status=Status(document["status"]),
            end=End(document["end"]) if document["end"] else None,
            answer=document["answer"],
            steps=steps,
            actions=_made(ActionUse, document["actions"]),
            usage=_made(Usage, document["usage"]),
            folder=folder,
        )
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise FailureError(f"{folder / FILE}: damaged: {error!r}") from error


_MADE = {"files", "status", "end", "answer", "steps", "actions", "usage", "folder"}


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
        calls=tuple(_made(Call, c) for _, observation in seen for c in observation["calls"]),
        solved=document["status"] == Status.SOLVED,
        answer=document["answer"],
    )


def _step(document: Any, folder: Path) -> Step:
    seen = document.get("observation")
    if seen is not None:
        images = [_image(folder / Path(name).name) for name in seen.get("images", ())]
        document = {**document, "observation": {**seen, "images": [i for i in images if i]}}
    return _made(Step, document)


def _image(path: Path) -> Image | None:
    """An image as it was written beside the record; None where it is gone."""
    try:
        return Image("image/png" if path.suffix == ".png" else "image/jpeg", path.read_bytes())
    except OSError:
        return None


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _made(kind: type[T], value: Any) -> T:
    """A value of the record from its JSON; fields that the JSON lacks keep their defaults."""
    made: T = _make(kind, value)
    return made


def _make(kind: Any, value: Any) -> Any:
    if value is None or isinstance(value, Image):
        return value
    if is_dataclass(kind):
        hints = _hints(kind)  # type: ignore[arg-type]
        given = {name: _make(hint, value[name]) for name, hint in hints.items() if name in value}
        return kind(**given)  # type: ignore[operator]
    if get_origin(kind) is tuple:
        return tuple(_make(get_args(kind)[0], item) for item in value)
    if get_origin(kind) is UnionType:
        return _make(get_args(kind)[0], value)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(value)
    return value
