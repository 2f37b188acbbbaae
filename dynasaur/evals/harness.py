"""The harness: problems in batches, workers, scores, admissions in order; restartable anywhere.

All problems of a batch see the library as it was when the batch began. When the last of them is
over, what their runs left is put through the gate in the order of the problems, whichever was
over first. So the results do not depend on how many workers there are, nor on interruptions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dynasaur.crew import Crew, Done
from dynasaur.errors import FailureError, UsageError
from dynasaur.evals.attempt import Job, blank
from dynasaur.evals.plan import Plan, check_same
from dynasaur.evals.problem import Problem
from dynasaur.evals.results import Admitted, Lines, Result
from dynasaur.evals.scorers.table import Scorer
from dynasaur.record import Admission
from dynasaur.types import Json, Usage

if TYPE_CHECKING:
    from dynasaur.agent import Agent

MANIFEST = "manifest.json"
RESULTS = "results.jsonl"
ADMISSIONS = "admissions.jsonl"
LIBRARY = "library"


class Listener:
    """Told what happens; this one does not care."""

    def over(self, result: Result) -> None:
        """A problem is over."""

    def admitted(self, admitted: Admitted) -> None:
        """What a run left was judged."""


class Harness:
    """One evaluation in its folder.

    Args:
        folder: Where all of it lies: manifest, results, admissions, the library with its runs.
        plan: What is done.
        problems: On what, in order.
        results: What came of them, those that are over already included.
        admissions: What became of what they left.
        crew: Who does it.
        make: Makes the agent of a job; see `Job`.
        score: Scores an answer, by the name of the scorer.
        admit: Puts what a run left through the gate, by the run's id; says what asking cost.
        settings: Where the code runs.
        tokens: What each problem may use, by its id; empty for no limit.
        listener: Told what happens.
    """

    def __init__(
        self,
        folder: Path,
        plan: Plan,
        problems: Sequence[Problem],
        results: Lines[Result],
        admissions: Lines[Admitted],
        *,
        crew: Crew[Job, Result],
        make: Callable[[Job], Agent],
        score: Callable[[str], Scorer],
        admit: Callable[[str], tuple[Admission, Usage]],
        settings: Mapping[str, Any] | None = None,
        tokens: Mapping[str, int] | None = None,
        listener: Listener | None = None,
    ) -> None:
        self._folder = folder
        self._plan = plan
        self._problems = tuple(problems)
        self._crew = crew
        self._make = make
        self._score = score
        self._admit = admit
        self._settings = settings or {}
        self._tokens = tokens or {}
        self._listener = listener or Listener()
        self._results = results
        self._admissions = admissions

    def run(self) -> None:
        """Do what is not done yet.

        Raises:
            FailureError: Every problem of a batch failed for want of the model or the kernel;
                that batch is not recorded and will be done again.
        """
        size = max(1, self._plan.batch)
        for number, start in enumerate(range(0, len(self._problems), size)):
            self._batch(number, self._problems[start : start + size])

    def _batch(self, number: int, problems: Sequence[Problem]) -> None:
        done = {one.id for one in self._results.all}
        first = number * max(1, self._plan.batch)
        jobs = [
            self._job(problem, number, place)
            for place, problem in enumerate(problems, start=first)
            if problem.id not in done
        ]
        failed: list[Result] = []
        for over in self._crew.run(jobs):
            result = self._scored(over)
            if result.failed and len(failed) + 1 < len(jobs):
                failed.append(result)
                continue
            if result.failed and len(jobs) > 1:
                raise FailureError(
                    f"all {len(jobs)} problems of a batch failed, the last so: "
                    f"{result.reason or result.status}; mend it, then use --resume"
                )
            self._record([*failed, result])
            failed.clear()
        self._record(failed)
        self._accumulate(problems)

    def _record(self, results: Iterable[Result]) -> None:
        for result in results:
            self._results.add(result)
            self._listener.over(result)

    def _job(self, problem: Problem, batch: int, number: int) -> Job:
        return Job(
            problem,
            self._plan,
            self._folder / LIBRARY,
            batch,
            number,
            self._tokens.get(problem.id),
            self._settings,
            self._make,
        )

    def _scored(self, over: Done[Job, Result]) -> Result:
        problem, result = over.job.problem, over.result
        if result is None:
            return blank(over.job, "lost", over.error)
        if problem.kept_back:
            return replace(result, right=None)
        if result.status != "solved":
            return result
        scorer = self._score(self._plan.scorer or problem.scorer)
        try:
            score = scorer(result.answer, problem)
        except ValueError as error:
            raise UsageError(f"problem {problem.id}: {error}") from error
        return replace(result, right=score.right, why=score.why)

    def _accumulate(self, problems: Sequence[Problem]) -> None:
        if not self._plan.accumulates:
            return
        results = {one.id: one for one in self._results.all}
        judged = {one.id for one in self._admissions.all}
        for problem in problems:
            result = results[problem.id]
            if problem.id in judged or not result.run or result.failed:
                continue
            made, usage = self._admit(result.run)
            self._admissions.add(
                Admitted(
                    problem.id,
                    result.run,
                    made.admitted,
                    {one.name: one.reason for one in made.refused},
                    usage.prompt_tokens,
                    usage.completion_tokens,
                    usage.cost,
                )
            )
            self._listener.admitted(self._admissions.all[-1])


def begin(folder: Path, document: Mapping[str, Json], *, resume: bool) -> None:
    """Make the folder of an evaluation, or see that it was begun just so.

    Raises:
        UsageError: There is another evaluation in it, or one that `--resume` did not ask for.
    """
    path = folder / MANIFEST
    if path.exists():
        old: dict[str, Json] = json.loads(path.read_text(encoding="utf-8"))
        check_same(old, document, folder)
        if not resume:
            raise UsageError(f"{folder} holds this evaluation already: use --resume to go on")
        return
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty, and holds no evaluation: name another -o")
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
