"""Save a trajectory: atomically, without secrets, its images beside it."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from dynasaur.errors import StoreError
from dynasaur.record import Step, Trajectory
from dynasaur.trajectory.document import image_name, to_json
from dynasaur.trajectory.folder import FILE
from dynasaur.trajectory.redact import Redactor


def write(trajectory: Trajectory) -> None:
    """Save atomically: a reader finds this state or the one before, whole.

    Raises:
        StoreError: It cannot be written (a full disk, a folder that is gone).
    """
    folder = trajectory.folder
    document = Redactor(os.environ).document(to_json(trajectory))
    text = json.dumps(document, ensure_ascii=False, indent=1)
    written: Path | None = None
    try:
        _write_images(trajectory.steps[-1:], folder)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", errors="backslashreplace", dir=folder, delete=False
        ) as file:
            written = Path(file.name)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        written.replace(folder / FILE)
    except OSError as error:
        if written is not None:
            written.unlink(missing_ok=True)
        raise StoreError(f"{folder}: the run cannot be recorded: {error.strerror}") from error


def _write_images(steps: Sequence[Step], folder: Path) -> None:
    for step in steps:
        for at, image in enumerate(step.observation.images if step.observation else (), 1):
            (folder / image_name(step.number, at, image)).write_bytes(image.data)
