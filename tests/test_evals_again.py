"""What failed is done again, wherever an evaluation was cut off, in an order that is defined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from dynasaur.crew import Done
from dynasaur.errors import FailureError
from dynasaur.evals.attempt import Job, Ready, blank
from dynasaur.evals.harness import Harness
from dynasaur.evals.plan import Plan
from dynasaur.evals.problem import Problem
from dynasaur.evals.results import Admitted, Lines, Result
from dynasaur.evals.scorers.table import SCORERS
from dynasaur.record import Admission
from dynasaur.types import Usage

BATCH = 3


class Cut(BaseException):
    """The process is killed here."""


def no_agent(job: Job) -> Ready:
    raise AssertionError(f"{job.problem.id}: the crew makes none")


class World:
    """A machine on which problems fail by chance, and which is killed by chance.

    It is the crew, too; what its library has is the list of the runs that were admitted.

    Args:
        folder: Where results and admissions are.
        seed: Draws what fails and when it is killed.
        cuts: Chance of a kill at each of the places where one can come.
    """

    def __init__(self, folder: Path, seed: int, *, cuts: float = 0.0, fails: float = 0.0) -> None:
        self.chance = Random(seed)
        self.folder, self.cuts, self.fails = folder, cuts, fails
        self.library: list[str] = []
        self.saw: dict[str, tuple[str, ...]] = {}
        self.solved: Counter[str] = Counter()

    def maybe_cut(self) -> None:
        if self.chance.random() < self.cuts:
            raise Cut

    def __enter__(self) -> World:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""

    def run(self, jobs: Iterable[Job]) -> Iterator[Done[Job, Result]]:
        jobs = list(jobs)
        self.chance.shuffle(jobs)
        for job in jobs:
            self.maybe_cut()
            result = blank(job, "failed", "the model is not there")
            if self.chance.random() >= self.fails:
                run = f"run-of-{job.problem.id}"
                result = Result(
                    job.problem.id, "", job.batch, job.number, run, "solved", answer="yes"
                )
                self.saw[run] = tuple(self.library)
            yield Done(job, result)
            self.solved[result.run] += 1

    def admit(self, run: str, problem: Problem) -> tuple[Admission, Usage]:
        assert run.endswith(problem.id)
        self.maybe_cut()
        if run not in self.library:
            self.library.append(run)
        self.maybe_cut()
        return Admission((run,)), Usage()

    def go_on(self, problems: list[Problem], plan: Plan) -> tuple[list[Result], list[Admitted]]:
        """One start of the evaluation, which may be cut off."""
        with (
            Lines(self.folder / "results.jsonl", Result) as results,
            Lines(self.folder / "admissions.jsonl", Admitted) as admissions,
        ):
            harness = Harness(
                Path(), plan, problems, results, admissions, crew=self, make=no_agent,
                score=SCORERS.__getitem__, admit=self.admit, committed=set(self.library),
            )  # fmt: skip
            with suppress(Cut, FailureError):
                harness.run()
            return list(results.all), list(admissions.all)


def some(count: int) -> list[Problem]:
    return [Problem(f"p{n}", f"Say {n}.", "yes", "exact") for n in range(count)]


PLAN = Plan("tasks", "d", "all", batch=BATCH)


def test_what_failed_is_done_last_once_others_depend_on_its_batch(tmp_path: Path) -> None:
    of = some(8)
    world = World(tmp_path, 3, fails=0.4)
    results, _ = world.go_on(of, PLAN)
    failed = [one.id for one in results if one.failed]
    assert failed
    assert {one.id for one in results} == {one.id for one in of}
    before = list(world.library)
    world.fails = 0.0
    results, admissions = world.go_on(of, PLAN)
    again = results[len(of) :]
    assert sorted(one.id for one in again) == sorted(failed)
    assert world.library == [*before, *(f"run-of-{name}" for name in sorted(failed))]
    assert {one.number for one in again} == {int(name[1:]) for name in failed}
    size = len(failed)
    first = {one.batch for one in again if one.id in sorted(failed)[:BATCH]}
    assert first == {3}, "in batches of their own, after three"
    assert len({one.batch for one in again}) == -(-size // BATCH)
    assert world.go_on(of, PLAN) == (results, admissions), "then there is nothing left to do"


def test_what_failed_is_done_in_its_place_while_nothing_depends_on_it(tmp_path: Path) -> None:
    of = some(BATCH)
    world = World(tmp_path, 0, fails=0.5)
    with Lines(tmp_path / "results.jsonl", Result) as results:
        results.add(Result("p1", "", 0, 1, status="failed"))
    world.fails = 0.0
    found, _ = world.go_on(of, PLAN)
    assert {one.batch for one in found} == {0}
    assert world.library == [f"run-of-p{n}" for n in range(BATCH)]


def test_a_batch_of_which_something_was_committed_is_not_open(tmp_path: Path) -> None:
    """The process was killed after the commit and before it was recorded."""
    of = some(BATCH)
    world = World(tmp_path, 0)
    world.library.append("run-of-p0")
    with Lines(tmp_path / "results.jsonl", Result) as results:
        for name, status in (("p0", "solved"), ("p1", "failed"), ("p2", "solved")):
            run = "" if status == "failed" else f"run-of-{name}"
            results.add(Result(name, "", 0, int(name[1]), run, status, answer="yes"))
    found, _ = world.go_on(of, PLAN)
    assert (found[-1].id, found[-1].batch) == ("p1", 1)
    assert world.library == ["run-of-p0", "run-of-p2", "run-of-p1"]


@pytest.mark.parametrize("seed", range(20))
def test_killed_anywhere_with_failures_nothing_is_lost_doubled_or_out_of_order(
    tmp_path: Path, seed: int
) -> None:
    of = some(11)
    world = World(tmp_path, seed, cuts=0.06, fails=0.3)
    for start in range(400):
        if start == 200:
            world.fails = world.cuts = 0.0
        results, admissions = world.go_on(of, PLAN)
        last = {one.id: one for one in results}
        if len(last) == len(of) == len(admissions) and not any(one.failed for one in last.values()):
            break
    else:
        pytest.fail("it does not come to its end")
    runs = [one.run for one in admissions]
    assert runs == world.library
    assert sorted(runs) == sorted(f"run-of-{one.id}" for one in of), "none lost, none doubled"
    assert max(world.solved[run] for run in runs) == 1, "what was solved is not done again"
    batches: dict[int, list[Result]] = {}
    for one in last.values():
        batches.setdefault(one.batch, []).append(one)
    done: list[str] = []
    for number in sorted(batches):
        batch = sorted(batches[number], key=lambda one: one.number)
        assert len(batch) <= BATCH
        assert {world.saw[one.run] for one in batch} == {tuple(done)}, "all see one library"
        done += [one.run for one in batch]
    assert done == world.library, "admitted batch by batch, in the order of the problems"
