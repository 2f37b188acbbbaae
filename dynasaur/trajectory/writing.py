"""Save a trajectory: atomically, without secrets, its images beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from dynasaur.errors import StoreError
from dynasaur.record import Step, Trajectory
from dynasaur.trajectory.document import image_name, step_json, to_json
from dynasaur.trajectory.folder import FILE
from dynasaur.trajectory.redact import Redactor
from dynasaur.types import Json

Texts = dict[int, tuple[Step, str]]
"""Steps by their identity, and their text in the record: they are written again and again."""


def write(trajectory: Trajectory, known: Texts | None = None) -> None:
    """Save atomically: a reader finds this state or the one before, whole.

    Args:
        trajectory: The state.
        known: The texts of steps that were saved before; those of this state are put there.

    Raises:
        StoreError: It cannot be written (a full disk, a folder that is gone).
    """
    folder = trajectory.folder
    text = text_of(trajectory, {} if known is None else known)
    written = folder / f"{FILE}.part"
    try:
        _write_images(trajectory.steps[-1:], folder)
        descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode("utf-8", "backslashreplace"))
            file.flush()
            os.fsync(descriptor)
        written.replace(folder / FILE)
    except OSError as error:
        with suppress(OSError):
            written.unlink(missing_ok=True)
        raise StoreError(f"{folder}: the run cannot be recorded: {error.strerror}") from error


def text_of(trajectory: Trajectory, known: Texts) -> str:
    """The record's text, that of new steps alone made anew."""
    redactor = Redactor(os.environ)

    def dumped(value: Json) -> str:
        return json.dumps(redactor.document(value), ensure_ascii=False, indent=1)

    made = {id(one): (one, known[id(one)][1]) for one in trajectory.steps if id(one) in known}
    for step in trajectory.steps:
        if id(step) not in made:
            made[id(step)] = step, dumped(step_json(step)).replace("\n", "\n  ")
    known.clear()
    known.update(made)
    about = to_json(replace(trajectory, steps=()))
    del about["trajectory"]
    about["steps"] = len(trajectory.steps)
    head = dumped(about).removesuffix("\n}")
    steps = ",\n  ".join(known[id(step)][1] for step in trajectory.steps)
    return head + ',\n "trajectory": ' + (f"[\n  {steps}\n ]" if steps else "[]") + "\n}"


def _write_images(steps: Sequence[Step], folder: Path) -> None:
    for step in steps:
        for at, image in enumerate(step.observation.images if step.observation else (), 1):
            (folder / image_name(step.number, at, image)).write_bytes(image.data)
