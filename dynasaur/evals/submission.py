"""What is written when an evaluation is over: what answered, and the leaderboard's file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from dynasaur.errors import StoreError
from dynasaur.evals.finished import Finished
from dynasaur.evals.folder import SUBMISSION, write_manifest
from dynasaur.evals.problem import Problem
from dynasaur.evals.scorers.answers import as_text
from dynasaur.repo.files import write_whole
from dynasaur.types import Json

LEADERBOARDS = ("gaia",)
"""Suites whose answers are handed in as JSON Lines."""


def finish(folder: Path, problems: Sequence[Problem]) -> None:
    """Add what answered to the manifest, and write the file that a leaderboard takes.

    Raises:
        StoreError: It cannot be written.
    """
    done = Finished(folder)
    served: list[Json] = [*sorted({name for one in done.results for name in one.served})]
    if served != done.manifest.get("served"):
        write_manifest(folder, {**done.manifest, "served": served})
    if done.plan["suite"] in LEADERBOARDS:
        text = "".join(f"{line}\n" for line in submission(done, problems))
        path = (done.records.folder if done.records.gated else folder) / SUBMISSION
        try:
            write_whole(path, text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            raise StoreError(f"{path}: cannot be written: {error.strerror}") from error


def submission(done: Finished, problems: Sequence[Problem]) -> list[str]:
    """One line a problem, in the order of the data: `task_id`, `model_answer`, `reasoning_trace`.

    The answer is text, empty where there is none; the trace holds the thoughts of the steps.
    """
    of = {one.id: one for one in done.results}
    lines = []
    for problem in problems:
        one = of.get(problem.id)
        answered = one is not None and one.status == "solved"
        row = {
            "task_id": problem.id,
            "model_answer": as_text(done.records.answered(one).answer) if one and answered else "",
            "reasoning_trace": "\n".join(done.records.thoughts(one)) if one else "",
        }
        lines.append(json.dumps(row, ensure_ascii=False))
    return lines
