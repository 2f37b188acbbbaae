"""Runs that were over when an evaluation was killed, before their result was written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from dynasaur.errors import FailureError
from dynasaur.evals.attempt import question
from dynasaur.evals.plan import Plan
from dynasaur.evals.problem import Problem
from dynasaur.evals.results import Result
from dynasaur.record import End, Status, Trajectory
from dynasaur.trajectory import load
from dynasaur.trajectory.folder import run_folders

_OVER = frozenset({Status.SOLVED, Status.UNSOLVED})
_CUT = frozenset({None, End.INTERRUPTED, End.FAILED, End.MISUSED, End.BLOCKED})


def left_over(
    runs: Path, plan: Plan, problems: Sequence[Problem], results: Iterable[Result]
) -> dict[str, tuple[Path, ...]]:
    """The runs that stand in no result, by the problem that they were on, oldest first.

    They are told by their task's text and files. One that was cut off in its middle is left out:
    it is done again from its first step, as if it had not been. Where several runs vote and one
    failed, the others count when the problem is done again.

    Args:
        runs: The folder of runs.
        plan: The plan.
        problems: The problems.
        results: The results so far.
    """
    last = {one.id: one for one in results}.values()
    known = {run for one in last if not one.failed for run in (one.run, *one.runs)}
    done = {one.id for one in last if not one.failed}
    waiting: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for one in problems:
        if one.id not in done:
            key = question(plan, one), tuple(path.name for path in one.files)
            waiting.setdefault(key, []).append(one.id)
    found: dict[str, tuple[Path, ...]] = {}
    for folder in reversed(run_folders(runs)):
        if folder.name in known or (run := _over(folder)) is None:
            continue
        if ids := waiting.get((run.task, run.files)):
            name = ids[0] if plan.baseline == "best-of" else ids.pop(0)
            found[name] = (*found.get(name, ()), folder)
    return found


def _over(folder: Path) -> Trajectory | None:
    """The run, where it came to an end of its own."""
    try:
        run = load(folder)
    except FailureError:
        return None
    return run if run.status in _OVER and run.end not in _CUT else None
