"""Gated data: where it lies, and what is told of it.

The terms of a gated suite forbid to pass its problems on. So what runs of it leave (tasks,
attachments, code, answers) lies in a folder of the user's state, outside of any repository, and
the evaluation's folder, its library and what is printed have none of it: only ids, outcomes,
counts and names. The report reads answers back from the records.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from dynasaur import config, trajectory
from dynasaur.checks.quoted import quotes, snippets, windows
from dynasaur.errors import UsageError
from dynasaur.evals.folder import MANIFEST, read_manifest
from dynasaur.evals.problem import Problem
from dynasaur.evals.results import Result
from dynasaur.record import Harvest, Private

_VALUE = re.compile(r"[:(`'\"<>\d]")
"""Where a reason may begin to show a value."""

_MOST = 200_000
"""Bytes of an attachment that are read as text, at most."""


def records_of(folder: Path) -> Path:
    """Where an evaluation of a gated suite keeps its records: as it began, or a new place.

    Raises:
        UsageError: The user's state lies in a repository, or the evaluation is damaged.
    """
    if (folder / MANIFEST).exists() and (known := read_manifest(folder).get("records")):
        return Path(str(known))
    place = config.records_folder()
    if top := repository_of(place):
        raise UsageError(
            f"records of gated problems may lie in no repository, and {place} is in {top}: name "
            "a folder outside of it in XDG_STATE_HOME"
        )
    return place / secrets.token_hex(8)


def repository_of(path: Path) -> Path | None:
    """The repository that a path, which need not exist, lies in; None for none."""
    whole = path.absolute().resolve()
    for folder in (whole, *whole.parents):
        bare = (folder / "HEAD").is_file() and (folder / "objects").is_dir()
        if bare or (folder / ".git").exists():
            return folder
    return None


def told(result: Result, problem: Problem) -> Result:
    """A result as it may be kept and printed; of a gated problem without what was said."""
    if not problem.gated:
        return result
    reason = told_reason(result.reason, problem) if result.failed else ""
    return replace(result, answer=None, why="", reason=reason)


def told_reason(reason: str, problem: Problem) -> str:
    """A reason as it may be kept and printed; of a gated problem up to the first value in it."""
    if not problem.gated:
        return reason
    said = _VALUE.split(reason, maxsplit=1)[0].strip()
    return "" if quotes(said, _said(problem, windows)) else said


def guarded(harvest: Harvest, record: Path, problem: Problem, suite: str) -> Harvest:
    """What a run leaves; of a gated problem nothing that is kept quotes it.

    Args:
        harvest: What it leaves.
        record: The run's folder.
        problem: The problem.
        suite: The suite, which is all that is said of the task.
    """
    if not problem.gated:
        return harvest
    steps = trajectory.load(record).steps
    private = _said(problem, windows) | windows(str(harvest.answer))
    code = ""
    for step in steps:
        code = f"{code}\n{step.code}"
        if step.observation is not None:
            # what the code had said before it was printed may come from the model
            private |= windows(step.observation.output) - windows(code)
    apart = Private(frozenset(private), frozenset(_said(problem, snippets)))
    return replace(harvest, task=f"a problem of {suite}", private=apart)


def _said(problem: Problem, pieces: Callable[[str], set[str]]) -> set[str]:
    """The pieces of what a problem says, its attachments with it as far as they are text."""
    texts = [problem.question, problem.truth, *problem.choices, *_texts(problem.files)]
    return {piece for text in texts for piece in pieces(text)}


def _texts(files: Iterable[Path]) -> Iterable[str]:
    for path in files:
        try:
            with path.open("rb") as file:
                yield file.read(_MOST).decode("utf-8")
        except (OSError, ValueError):
            continue
