"""A trajectory as JSON: every field of the record's values, under its own name."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from dynasaur.record import Step, Trajectory
from dynasaur.types import Image, Json

FORMAT = "dynasaur.trajectory/1"

_ELSEWHERE = {"steps", "folder"}


def to_json(trajectory: Trajectory) -> dict[str, Json]:
    """The document as it is saved; `summary` gives the shorter one of `run --json`."""
    short = summary(trajectory)
    names = [field.name for field in fields(trajectory) if field.name not in _ELSEWHERE]
    rest = {name: _plain(getattr(trajectory, name)) for name in names if name not in short}
    steps = [step_json(step) for step in trajectory.steps]
    return {"format": FORMAT, **short, **rest, "trajectory": steps}


def summary(trajectory: Trajectory) -> dict[str, Json]:
    """The document of `dynasaur run --json`."""
    return {
        "run": trajectory.run,
        "status": trajectory.status,
        "answer": trajectory.answer,
        "reason": trajectory.reason,
        "steps": len(trajectory.steps),
        "actions": _plain(trajectory.actions),
        "usage": _plain(trajectory.usage),
        "seconds": round(trajectory.seconds, 3),
    }


def image_name(number: int, at: int, image: Image) -> str:
    """The file of a step's image, beside the record; steps and images are counted from 1."""
    return f"step-{number}-{at}.{image.mime.removeprefix('image/')}"


def step_json(step: Step) -> Json:
    """A step as it stands in the document."""
    document: Any = _plain(step)
    if step.observation is not None:
        images = enumerate(step.observation.images, 1)
        document["observation"]["images"] = [image_name(step.number, at, i) for at, i in images]
    return document  # type: ignore[no-any-return]


def _plain(value: Any) -> Json:
    """A value of the record; floats of its own to a millionth, which no clock keeps."""
    if isinstance(value, Image):
        return value.mime
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return round(value, 6)
    return value  # type: ignore[no-any-return]
