"""`dynasaur eval SUITE`: the plan, the data, the harness, what is said of it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import click

from dynasaur.commands import _eval
from dynasaur.commands._agent import NO_MODEL
from dynasaur.commands._output import document, plain
from dynasaur.crew import Crew, crew_of
from dynasaur.errors import UsageError
from dynasaur.evals import plan as plans
from dynasaur.evals.attempt import Job, attempt
from dynasaur.evals.folder import ADMISSIONS, LIBRARY, begun
from dynasaur.evals.harness import Harness, Listener
from dynasaur.evals.left_over import left_over
from dynasaur.evals.plan import Plan
from dynasaur.evals.private import records_of
from dynasaur.evals.problem import Problem
from dynasaur.evals.results import Admitted, Lines, Result
from dynasaur.evals.scorers.table import JUDGE, check_truths
from dynasaur.evals.suites.table import SUITES
from dynasaur.types import Manner

EMPTY = (
    "note: the paper accumulates on validation and freezes the library for {split}; this begins "
    "with none: --library DIR/library takes what the validation evaluation in DIR kept"
)

APART = (
    "note: what {suite} asks and what was answered lies in {records}, outside of any repository; "
    "its terms forbid to pass it on"
)

PLANNED = frozenset({*(one.name for one in fields(Plan)), "file"})
"""Options that are part of the plan; the others are settings."""


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
    from dynasaur.evals.compared import budgets
    from dynasaur.evals.finished import Finished
    from dynasaur.evals.submission import finish

    asked = {key: given.pop(key) for key in given.keys() - PLANNED}
    settings = _eval.shaping(folder / LIBRARY, {**asked, "cell_timeout": given["cell_timeout"]})
    plan, problems = _planned(name, paper=paper, **given)
    if share < 100 and not library_path:
        raise UsageError("--share needs --library DIR: the library to take a share of")
    if library_path:
        plan = _begun_with(plan, library_path, share, paper=paper)
    elif paper and plan.freeze and not given["freeze"]:
        click.echo(EMPTY.format(split=plan.split), err=True)
    tokens = budgets(Path(plan.match), problems) if plan.match else {}
    document = plans.manifest(plan, problems, settings, tokens)
    records = records_of(folder) if SUITES[name].gated else None
    if records:
        document["records"] = str(records)
    _tell_of_the_model(given["model"], plan.model)
    with ExitStack() as stack:
        crew = stack.enter_context(crew_of(attempt, jobs, scheduler))
        results = stack.enter_context(begun(folder, document, resume=resume))
        admissions = stack.enter_context(Lines(folder / ADMISSIONS, Admitted))
        listener = Listener() if as_json else _Lines(len(problems))
        root = _library(folder, plan, library_path)
        kept = results, admissions
        harness = _harness(root, plan, problems, kept, crew, settings, tokens, records)
        harness.run(listener)
        finish(folder, problems)
    if records and not as_json:
        click.echo(APART.format(suite=name, records=records), err=True)
    return _say(Finished(folder), as_json=as_json)


def _tell_of_the_model(named: str | None, used: str) -> None:
    """Say which model it is where none was named: figures of the planner look like those of one."""
    if not named:
        alone = used == "planner" and not _eval.chosen_model()
        click.echo(NO_MODEL if alone else f"dynasaur: no --model; using {used}", err=True)


def _library(folder: Path, plan: Plan, source: Path | None) -> Path:
    from dynasaur.evals.ground import begin_library

    root = folder.absolute() / LIBRARY
    begin_library(root, source, plan.library, plan.share / 100)
    return root


def _harness(
    root: Path,
    plan: Plan,
    problems: list[Problem],
    kept: tuple[Lines[Result], Lines[Admitted]],
    crew: Crew[Job, Result],
    settings: Mapping[str, Any],
    tokens: Mapping[str, int],
    records: Path | None,
) -> Harness:
    from dynasaur.evals.ground import admitted_by, admitter

    library = _eval.eval_library(root, plan, settings, records)
    return Harness(
        root,
        plan,
        problems,
        *kept,
        crew=crew,
        make=_eval.make_agent,
        score=_eval.scorers(plan),
        admit=admitter(library, lambda: _eval.eval_model(plan), plan.suite),
        settings=settings,
        tokens=tokens,
        past=left_over(library.runs, plan, problems, kept[0].all),
        committed=admitted_by(library).keys(),
        data=records,
    )


def _begun_with(plan: Plan, library: Path, share: float, *, paper: bool) -> Plan:
    from dynasaur.evals.ground import same_model, starting_point

    if paper:
        same_model(library, plan.model)
    commit = starting_point(library, share / 100)
    return replace(plan, source=str(library.absolute()), library=commit, share=share)


def _planned(name: str, *, paper: bool, **given: Any) -> tuple[Plan, list[Problem]]:
    suite = SUITES[name]
    data = given.pop("data", None) or given.pop("file", None)
    split = given.pop("split") or suite.splits[0]
    limit = given.pop("limit") or 0
    match = given.pop("match")
    if data is None:
        from dynasaur.evals.hub import download

        data = download(suite)
    named = given.pop("model") or _eval.chosen_model()
    model = _eval.named_model(named)
    given["seed"] = given["seed"] or model.facts.manner.seed or 0
    problems = suite.load(data, split, seed=given["seed"])
    asked = Manner(
        given.pop("temperature"),
        None,
        given.pop("reasoning_effort") or "",
        given.pop("max_output_tokens"),
        given.pop("api") or "auto",
    ).over(model.facts.manner)
    plan = Plan(
        suite=name,
        data=str(data.absolute()),
        split=split,
        limit=limit,
        model=named or model.name,
        endpoint=getattr(model, "url", ""),
        ablate=tuple(sorted(given.pop("ablate"))),
        baseline=given.pop("baseline") or "",
        scorer=given.pop("scorer") or "",
        judge=given.pop("judge") or "",
        match=str(match.absolute()) if match else "",
        answer_format=suite.answer_format,
        temperature=asked.temperature,
        reasoning_effort=asked.reasoning_effort,
        max_output_tokens=asked.max_output_tokens,
        api=asked.api,
        **given,
    )
    if plan.baseline == "best-of":
        _check_votes(plan)
    if paper:
        plan = plans.as_in_the_paper(plan, validation=suite.accumulates_on(split))
    problems = problems[: limit or None]
    check_truths(problems, plan.scorer)
    if JUDGE in {plan.scorer or one.scorer for one in problems}:
        _eval.named_model(plan.judge or plan.model)  # before anything is paid for
    return plan, problems


def _check_votes(plan: Plan) -> None:
    if not plan.match:
        raise UsageError(
            "--baseline best-of needs --match DIR: the evaluation whose tokens it may use"
        )
    if plan.temperature == 0:
        raise UsageError(
            "--baseline best-of votes over several answers, and --temperature 0 gives the same "
            "one again: take a higher one"
        )


class _Lines(Listener):
    """One line a problem, on stderr."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._over = 0

    def over(self, result: Result) -> None:
        self._over += 1
        solved = result.status == "solved"
        mark = result.outcome if solved else f"{result.status}: {result.reason}"
        line = plain(f"{self._over}/{self._total} {result.id}: {mark}")
        room = shutil.get_terminal_size().columns if sys.stderr.isatty() else len(line)
        click.echo(line if len(line) <= room else f"{line[: room - 1]}…", err=True)

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
        kept_back = finished.ends["not scored"]
        unscored = f"; {kept_back} answered, not scored" if kept_back else ""
        click.echo(f"{share} right{unscored}{failed}")
        if sys.stderr.isatty():
            click.echo(f"more: dynasaur eval report {finished.folder}", err=True)
    return 1 if finished.failures else 0
