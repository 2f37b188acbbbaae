"""The folder of an evaluation: what lies in it, and whose it is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dynasaur.errors import StoreError, UsageError
from dynasaur.evals.plan import check_same
from dynasaur.evals.results import Lines, Result
from dynasaur.repo.files import HELD, write_whole
from dynasaur.types import Json

MANIFEST = "manifest.json"
RESULTS = "results.jsonl"
ADMISSIONS = "admissions.jsonl"
LIBRARY = "library"
SUBMISSION = "submission.jsonl"


@contextmanager
def begun(folder: Path, document: Mapping[str, Json], *, resume: bool) -> Iterator[Lines[Result]]:
    """Make the folder of an evaluation, or see that it was begun just so; held while it goes on.

    Raises:
        UsageError: There is something else in it, another process is at work in it, or there is
            an evaluation that `--resume` did not ask for.
        StoreError: It cannot be written.
    """
    if not (folder / MANIFEST).exists() and any(map(_foreign, _names(folder))):
        raise UsageError(f"{folder} is not empty, and holds no evaluation: name another -o")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be made: {error.strerror}") from error
    with Lines(folder / RESULTS, Result) as results:
        if (folder / MANIFEST).exists():
            if not resume:
                raise UsageError(
                    f"{folder} holds an evaluation already: use --resume to go on with it"
                )
            check_same(read_manifest(folder), document, folder)
        else:
            write_manifest(folder, document)
        yield results


def _names(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror}: name another -o") from error


def _foreign(name: str) -> bool:
    """What a start that was killed cannot have left."""
    return name != RESULTS and not name.startswith(HELD)


def read_manifest(folder: Path) -> dict[str, Any]:
    """What shaped an evaluation's results.

    Raises:
        UsageError: It holds no evaluation, or a damaged one.
    """
    path = folder / MANIFEST
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(document["plan"], dict):
            return dict(document)
    except OSError as error:
        raise UsageError(f"{folder} holds no evaluation: it has no {MANIFEST}") from error
    except (ValueError, RecursionError, LookupError, TypeError):
        pass
    raise UsageError(f"{path} is damaged: it is no manifest of an evaluation")


def write_manifest(folder: Path, document: Mapping[str, Json]) -> None:
    """Write what shaped an evaluation's results, whole or not at all.

    Raises:
        StoreError: It cannot be written.
    """
    path = folder / MANIFEST
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    try:
        write_whole(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
