"""A file of tasks: one JSON object on each line, all checked before any is begun."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dynasaur.errors import UsageError
from dynasaur.trajectory import check_task
from dynasaur.types import Json, Task

_KEYS = {"id", "task", "files"}


@dataclass(frozen=True, slots=True)
class Item:
    """One task of a file.

    Attributes:
        id: What its result is known by: its own, else one made of its text and files.
        task: The task; its files are absolute paths.
    """

    id: str
    task: Task

    def to_json(self) -> dict[str, Json]:
        """For a process that carries it out."""
        files: list[Json] = [str(path) for path in self.task.files]
        return {"id": self.id, "task": self.task.text, "files": files}


def item_of(document: Any) -> Item:
    """What `to_json` made, back."""
    files = tuple(Path(name) for name in document["files"])
    return Item(document["id"], Task(document["task"], files))


def read_items(path: Path) -> list[Item]:
    """The tasks of a file, in order. Empty lines are passed over.

    Args:
        path: One JSON object on each line: `task`, and where wanted `files` (a list of paths,
            relative to the file's folder) and `id`.

    Raises:
        UsageError: It cannot be read, or a line is no task; names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(f"--tasks {path}: cannot be read: {why}") from error
    items = list(_items(path, lines))
    if not items:
        raise UsageError(f'--tasks {path}: no task in it; write one {{"task": "..."}} a line')
    return items


def _items(path: Path, lines: list[str]) -> Iterator[Item]:
    first: dict[str, int] = {}
    repeated: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"--tasks {path}, line {number}"
        document = _parsed(line, where)
        task = Task(
            _text(document, "task", where), tuple(path.parent / f for f in _files(document, where))
        )
        try:
            check_task(task)
        except UsageError as error:
            raise UsageError(f"{where}: {error}") from error
        if "id" in document:
            name = _name(document["id"], where)
            if name in first:
                raise UsageError(f"{where}: the id {name!r} is that of line {first[name]}, too")
        else:
            name = _made(task)
            repeated[name] = repeated.get(name, 0) + 1
            name = name if repeated[name] == 1 else f"{name}-{repeated[name]}"
        first[name] = number
        absolute = tuple(file.absolute() for file in task.files)
        yield Item(name, Task(task.text, absolute))


def _parsed(line: str, where: str) -> dict[str, Any]:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where}: no JSON: {error}") from error
    if not isinstance(document, dict):
        raise UsageError(f'{where}: not an object; write {{"task": "..."}}')
    unknown = sorted(document.keys() - _KEYS)
    if unknown:
        raise UsageError(f"{where}: unknown key {unknown[0]!r}; known are id, task, files")
    return document


def _text(document: dict[str, Any], key: str, where: str) -> str:
    value = document.get(key)
    if not isinstance(value, str):
        raise UsageError(f"{where}: {key!r} must be text")
    return value


def _files(document: dict[str, Any], where: str) -> list[str]:
    value = document.get("files", [])
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise UsageError(f"{where}: 'files' must be a list of paths")
    return value


def _name(value: object, where: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise UsageError(f"{where}: 'id' must be text or a whole number")
    return str(value)


def _made(task: Task) -> str:
    """An id of its own for a task without one: the same whenever the file is read."""
    said = json.dumps([task.text, [str(path) for path in task.files]])
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:12]
