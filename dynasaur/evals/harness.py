"""The harness: problems in batches, workers, scores, admissions in order; restartable anywhere.

All problems of a batch see the library as it was when the batch began. When the last of them is
over, what their runs left is put through the gate in the order of the problems, whichever was
over first. So the results do not depend on how many workers there are, nor on interruptions.

A problem that failed (model, kernel or worker, not the answer) is done again by the next start:
in its place as long as nothing that came later depends on it, else in a batch of its own after
all others, which sees the library as it is then, and adds to it last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path
from typing import Any

from dynasaur.crew import Crew, Done
from dynasaur.errors import FailureError, UsageError
from dynasaur.evals.attempt import Job, Ready, blank
from dynasaur.evals.plan import Plan
from dynasaur.evals.private import told, told_reason
from dynasaur.evals.problem import Problem
from dynasaur.evals.results import Admitted, Lines, Result
from dynasaur.evals.scorers.table import Scorer
from dynasaur.record import Admission
from dynasaur.types import Usage


class Listener:
    """Told what happens; this one does not care."""

    def over(self, result: Result) -> None:
        """A problem is over."""

    def admitted(self, admitted: Admitted) -> None:
        """What a run left was judged."""


class Harness:
    """One evaluation.

    Args:
        library: The root of its library, where its runs lie, too.
        plan: What is done.
        problems: On what, in order.
        results: What came of them, those that are over already included.
        admissions: What became of what they left.
        crew: Who does it.
        make: Makes the agent of a job; see `Job`.
        score: Scores an answer, by the name of the scorer.
        admit: Puts what a run left through the gate, by its id and problem; says what asking cost.
        settings: Where the code runs.
        tokens: What each problem may use, by its id; empty for no limit.
        past: Runs that are over and stand in no result, by the problem's id.
        committed: Runs of which the library has actions, whether or not that is recorded.
        data: Where runs lie, where that is not in the library.
    """

    def __init__(
        self,
        library: Path,
        plan: Plan,
        problems: Sequence[Problem],
        results: Lines[Result],
        admissions: Lines[Admitted],
        *,
        crew: Crew[Job, Result],
        make: Callable[[Job], Ready],
        score: Callable[[str], Scorer],
        admit: Callable[[str, Problem], tuple[Admission, Usage]],
        settings: Mapping[str, Any] | None = None,
        tokens: Mapping[str, int] | None = None,
        past: Mapping[str, tuple[Path, ...]] | None = None,
        committed: Set[str] = frozenset(),
        data: Path | None = None,
    ) -> None:
        self._library = library
        self._plan = plan
        self._problems = tuple(problems)
        self._places = {one.id: place for place, one in enumerate(problems)}
        self._crew = crew
        self._make = make
        self._score = score
        self._admit = admit
        self._settings = settings or {}
        self._tokens = tokens or {}
        self._past = past or {}
        self._committed = committed
        self._data = data
        self._listener = Listener()
        self._results = results
        self._admissions = admissions

    def run(self, listener: Listener | None = None) -> None:
        """Do what is not done yet.

        Args:
            listener: Told what happens.

        Raises:
            FailureError: Every problem of a batch failed for want of the model or the kernel;
                that batch is not recorded and will be done again.
        """
        self._listener = listener or self._listener
        size = max(1, self._plan.batch)
        failed = {key for key, one in self._known.items() if one.failed}
        for number, start in enumerate(range(0, len(self._problems), size)):
            problems = self._problems[start : start + size]
            again = {one.id for one in problems if one.id in failed and self._open(number)}
            self._batch(number, problems, again)
            failed -= again
        self._do_again(failed)

    @property
    def _known(self) -> dict[str, Result]:
        """The last result of each problem that has one."""
        return {one.id: one for one in self._results.all}

    def _open(self, number: int) -> bool:
        """No later batch has begun, and nothing of this one was judged: it can still change."""
        if not self._plan.accumulates:
            return True
        judged = {one.run for one in self._admissions.all} | self._committed
        return not any(
            one.batch > number or (one.batch == number and one.run in judged)
            for one in self._known.values()
        )

    def _do_again(self, failed: set[str]) -> None:
        """Problems that had failed, after all others, in batches as large as theirs."""
        size = max(1, self._plan.batch)
        after = -(-len(self._problems) // size)
        while self._plan.accumulates:
            number = max([after, *(one.batch for one in self._known.values())])
            waiting = [one for one in self._problems if one.id in failed]
            begun = self._unjudged(number)
            if not self._open(number):
                self._accumulate(begun)
                number, begun = number + 1, []
            now = [*begun, *waiting[: max(0, size - len(begun))]]
            if not now:
                return
            now.sort(key=lambda one: self._places[one.id])
            again = failed.intersection(one.id for one in now)
            self._batch(number, now, again)
            failed -= again

    def _unjudged(self, number: int) -> list[Problem]:
        """The problems of a batch whose runs left what is not judged yet."""
        judged = {one.id for one in self._admissions.all}
        known = self._known
        return [
            problem
            for problem in self._problems
            if (one := known.get(problem.id)) is not None
            and one.batch == number
            and one.run
            and not one.failed
            and one.id not in judged
        ]

    def _batch(self, number: int, problems: Sequence[Problem], again: Set[str]) -> None:
        known = self._known
        jobs = [
            self._job(problem, number)
            for problem in problems
            if problem.id not in known or problem.id in again
        ]
        failed: list[Result] = []
        for over in self._crew.run(jobs):
            result = told(self._scored(over), over.job.problem)
            if result.failed and len(failed) + 1 < len(jobs):
                failed.append(result)
                continue
            if (
                result.failed
                and len(jobs) > 1
                and known.keys().isdisjoint(job.problem.id for job in jobs)
            ):
                raise FailureError(
                    f"all {len(jobs)} problems of a batch failed, the last so: "
                    f"{result.reason or result.status}; mend it, then use --resume"
                )
            self._record([*failed, result])
            failed.clear()
        self._record(failed)
        self._accumulate(self._unjudged(number))

    def _record(self, results: Iterable[Result]) -> None:
        for result in results:
            self._results.add(result)
            self._listener.over(result)

    def _job(self, problem: Problem, batch: int) -> Job:
        return Job(
            problem,
            self._plan,
            self._library,
            batch,
            self._places[problem.id],
            self._tokens.get(problem.id),
            self._settings,
            self._make,
            self._past.get(problem.id, ()),
            self._data,
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
        spent = score.usage
        return replace(
            result,
            right=score.right,
            why=score.why,
            judge_tokens=spent.prompt_tokens + spent.completion_tokens,
            judge_cost=spent.cost,
        )

    def _accumulate(self, problems: Sequence[Problem]) -> None:
        if not self._plan.accumulates:
            return
        known = self._known
        for problem in problems:
            result = known[problem.id]
            made, usage = self._admit(result.run, problem)
            self._admissions.add(
                Admitted(
                    problem.id,
                    result.run,
                    made.admitted,
                    {one.name: told_reason(one.reason, problem) for one in made.refused},
                    usage.prompt_tokens,
                    usage.completion_tokens,
                    usage.cost,
                )
            )
            self._listener.admitted(self._admissions.all[-1])
