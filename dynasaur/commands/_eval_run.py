"""`dynasaur eval SUITE`: the plan, the data, the harness, what is said of it."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from dynasaur.commands import _eval
from dynasaur.commands._output import document, plain
from dynasaur.crew import crew_of
from dynasaur.evals import plan as plans
from dynasaur.evals.attempt import attempt
from dynasaur.evals.harness import ADMISSIONS, LIBRARY, RESULTS, Harness, Listener, begin
from dynasaur.evals.plan import Plan
from dynasaur.evals.problem import Problem
from dynasaur.evals.results import Admitted, Lines, Result
from dynasaur.evals.suites.table import SUITES

KERNEL = ("sandbox", "network", "memory", "install", "gateway", "kernel_name")


def run(
    name: str,
    *,
    folder: Path,
    jobs: int,
    scheduler: str,
    library_path: Path | None,
    share: float,
    resume: bool,
    paper: bool,
    as_json: bool,
    **given: Any,
) -> int:
    """Carry an evaluation out.

    Returns:
        The exit code: 0 when every problem was worked on to its end.
    """
    from dynasaur.evals.finished import Finished
    from dynasaur.evals.ground import admitter, begin_library, starting_point

    settings = {key: given.pop(key) for key in KERNEL}
    plan, problems = _planned(name, paper=paper, **given)
    commit = starting_point(library_path, share / 100) if library_path else ""
    plan = replace(plan, library=commit)
    tokens = (
        {one.id: one.tokens for one in Finished(Path(plan.match)).results} if plan.match else {}
    )
    begin(folder, plans.manifest(plan, problems), resume=resume)
    root = folder.absolute() / LIBRARY
    begin_library(root, library_path, commit)
    library = _eval.eval_library(root, plan, settings)
    with ExitStack() as stack:
        results = stack.enter_context(Lines(folder / RESULTS, Result))
        harness = Harness(
            folder.absolute(),
            plan,
            problems,
            results,
            stack.enter_context(Lines(folder / ADMISSIONS, Admitted)),
            crew=stack.enter_context(crew_of(attempt, jobs, scheduler)),
            make=_eval.make_agent,
            score=_eval.scorers(plan),
            admit=admitter(library, lambda: _eval.eval_model(plan)),
            settings=settings,
            tokens=tokens,
            listener=_Lines(len(problems)) if not as_json else None,
        )
        harness.run()
    return _say(Finished(folder), as_json=as_json)


def _planned(name: str, *, paper: bool, **given: Any) -> tuple[Plan, list[Problem]]:
    suite = SUITES[name]
    data = given.pop("data", None) or given.pop("file", None)
    split = given.pop("split") or suite.splits[0]
    limit = given.pop("limit") or 0
    match = given.pop("match")
    if data is None:
        from dynasaur.evals.hub import download

        data = download(suite)
    problems = suite.load(data, split, seed=given["seed"])
    model = given.pop("model") or _chosen()
    plan = Plan(
        suite=name,
        data=str(data.absolute()),
        split=split,
        limit=limit,
        model=model,
        ablate=tuple(sorted(given.pop("ablate"))),
        baseline=given.pop("baseline") or "",
        scorer=given.pop("scorer") or "",
        match=str(match.absolute()) if match else "",
        answer_format=suite.answer_format,
        **given,
    )
    return plans.as_in_the_paper(plan) if paper else plan, problems[: limit or None]


def _chosen() -> str:
    """The model that is configured, by the name that names it again."""
    import os

    from dynasaur.models.catalog import resolve

    return resolve(None, os.environ).name


class _Lines(Listener):
    """One line a problem, on stderr."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._over = 0

    def over(self, result: Result) -> None:
        self._over += 1
        mark = {True: "right", False: "wrong", None: "not scored"}[result.right]
        if result.status != "solved":
            mark = f"{result.status}: {result.reason}"
        click.echo(f"{self._over}/{self._total} {plain(result.id)}: {plain(mark)}", err=True)

    def admitted(self, admitted: Admitted) -> None:
        for name in admitted.names:
            click.echo(f"kept: {name}", err=True)


def _say(finished: Any, *, as_json: bool) -> int:
    from dynasaur.evals.report import facts

    if as_json:
        document(facts(finished))
    else:
        share = finished.accuracy()
        failed = f"; {len(finished.failures)} failed" if finished.failures else ""
        click.echo(f"{share} right{failed}")
        if sys.stderr.isatty():
            click.echo(f"more: dynasaur eval report {finished.folder}", err=True)
    return 1 if finished.failures else 0
