"""The pictures that come with a task, for models that see."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from dynasaur.types import Image

MOST = 4
LARGEST = 5_000_000
"""Bytes of one picture; endpoints refuse larger ones, and they cost much."""

_KINDS: tuple[tuple[bytes, Literal["image/png", "image/jpeg"]], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)


def pictures(folder: Path, names: Sequence[str]) -> tuple[Image, ...]:
    """The first few pictures among the files of a task; what is no picture is passed over.

    Args:
        folder: The work folder.
        names: The names of the task's files in it.
    """
    found: list[Image] = []
    for name in names:
        image = _picture(folder / name)
        if image and len(found) < MOST:
            found.append(image)
    return tuple(found)


def _picture(path: Path) -> Image | None:
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
            return None
        with path.open("rb") as file:
            start = file.read(8)
            kind = next((kind for magic, kind in _KINDS if start.startswith(magic)), None)
            return Image(kind, start + file.read(LARGEST)) if kind else None
    except OSError:
        return None
