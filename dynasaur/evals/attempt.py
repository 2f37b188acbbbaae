"""One problem put to an agent: what a worker does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dynasaur.agent.loop import BAD_REPLIES
from dynasaur.errors import UsageError
from dynasaur.evals.plan import Plan
from dynasaur.evals.problem import Problem
from dynasaur.evals.restricted import NOT_ALLOWED
from dynasaur.evals.results import Result
from dynasaur.evals.voting import best_of
from dynasaur.record import Admission, Ask, Harvest, Remark, Status, Step, Trajectory
from dynasaur.trajectory import load
from dynasaur.types import Ending, Refusal, Task

if TYPE_CHECKING:
    from dynasaur.agent import Agent
    from dynasaur.agent.protocols import Library, Registry

INITIAL = "actions.vendor.base."
"""Where kernels find the initial actions."""

REFUSED = "more than calls"
"""The error of a step whose code an agent without implementation may not run."""

NO_CODE = "no code"
"""The error of a step without usable code, and the end of a run that had no other steps."""


@dataclass(frozen=True, slots=True)
class Job:
    """One problem for a worker.

    Attributes:
        problem: The problem.
        plan: How it is worked on.
        library: The library's root.
        batch: Number of its batch.
        number: Its place among the problems.
        tokens: What it may use; None for no limit but that of steps.
        settings: Where the code runs, as on the command line.
        make: Makes the agent of a job; a function that workers can import.
        past: Folders of runs on this problem that are over, but whose result was never written:
            they count in place of new ones.
        data: Where runs and what is derived lie; None for the library's own place.
    """

    problem: Problem
    plan: Plan
    library: Path
    batch: int
    number: int
    tokens: int | None
    settings: Mapping[str, Any]
    make: Callable[[Job], Ready]
    past: tuple[Path, ...] = ()
    data: Path | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """What works on a job.

    Attributes:
        agent: The agent.
        served: Tells what has answered so far, as the endpoint names it.
    """

    agent: Agent
    served: Callable[[], tuple[str, ...]]


def attempt(job: Job) -> Result:
    """Run the agent on one problem; the answer is not yet scored, nor anything admitted."""
    if job.plan.baseline == "best-of":
        return best_of(job.tokens or 0, job.problem, lambda number: _run(job, number))
    return _run(job, 0)


def _run(job: Job, number: int) -> Result:
    """One run on the problem; where several vote, each draws with a seed of its own."""
    if number < len(job.past):
        return result_of(job, load(job.past[number]))
    seed = job.plan.seed + number if job.plan.seed else 0
    job = replace(job, plan=replace(job.plan, seed=seed))
    try:
        ready = job.make(job)
        done = ready.agent.run(Task(question(job.plan, job.problem), job.problem.files))
    except UsageError as error:
        return blank(job, "failed", " ".join(str(error).split()))
    return replace(result_of(job, done), served=ready.served())


def question(plan: Plan, problem: Problem) -> str:
    """What the agent is asked; where the answer is not reformulated, with the form it must have."""
    if plan.reformulate or not plan.answer_format:
        return problem.question
    return f"{problem.question}\n\nForm of the answer: {plan.answer_format}"


def blank(job: Job, status: str, reason: str) -> Result:
    """The result of a problem that has no run."""
    problem = job.problem
    return Result(problem.id, problem.group, job.batch, job.number, status=status, reason=reason)


def result_of(job: Job, done: Trajectory) -> Result:
    """What came of a run, without the score."""
    calls = [call for step in done.steps if step.observation for call in step.observation.calls]
    actions = [call for call in calls if call.module]
    status, end = str(done.status), str(done.end or "")
    if _never_got_to_code(done):
        status, end = str(Status.UNSOLVED), NO_CODE
    return replace(
        blank(job, status, done.reason),
        run=done.run,
        end=end,
        answer=done.answer,
        steps=len(done.steps),
        errors=tuple(filter(None, map(_error, done.steps))),
        seconds=round(done.seconds, 3),
        prompt_tokens=done.usage.prompt_tokens,
        completion_tokens=done.usage.completion_tokens,
        cost=done.usage.cost,
        offered=done.actions.offered,
        loaded=done.actions.loaded,
        called=_once([call.name for call in actions]),
        succeeded=_once([call.name for call in actions if call.ok]),
        generated=_once([c.name for c in actions if not c.module.startswith(INITIAL)]),
    )


def _never_got_to_code(done: Trajectory) -> bool:
    """The run ended because of what the model said: no failure of endpoint or kernel."""
    last = done.steps[-BAD_REPLIES:]
    said_none = len(last) == BAD_REPLIES and all(step.problem for step in last)
    return done.status is Status.FAILED and said_none


def _error(step: Step) -> str:
    """What kind of error a step ended in; empty where it ended in none."""
    if step.problem:
        return REFUSED if step.problem.startswith(NOT_ALLOWED) else NO_CODE
    seen = step.observation
    if seen is None or seen.ok:
        return ""
    if seen.ended is Ending.ERROR and seen.error:
        return seen.error.type
    return str(seen.ended)


def _once(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


class Held:
    """A library that admits nothing yet: what runs leave is judged later, in the problems' order.

    So all problems of a batch see the library in the same state, however many run at once.

    Args:
        library: The library.
    """

    def __init__(self, library: Library) -> None:
        self.kernel = library.kernel
        self.retriever = library.retriever
        self.runs = library.runs
        self.packages = library.packages
        self.registry = _Later(library.registry)

    def count(self, result: Trajectory) -> None:
        """Counters would change what the next problem is offered."""


class _Later:
    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def objections(self, cells: Sequence[str]) -> tuple[Refusal, ...]:
        return self._registry.objections(cells)

    def remarks(self, cells: Sequence[str]) -> tuple[Remark, ...]:
        return self._registry.remarks(cells)

    def admit(self, harvest: Harvest, ask: Ask | None = None) -> Admission:  # noqa: ARG002
        return Admission()

    def tend(self, admitted: Sequence[str]) -> None:
        """Nothing was kept yet."""
