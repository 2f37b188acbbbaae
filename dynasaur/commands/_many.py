"""`dynasaur run --tasks`: many tasks, how far they are, their results."""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager, contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, Protocol

import click

from dynasaur.commands._output import document, plain
from dynasaur.commands._wiring import open_library
from dynasaur.commands._worker import carry_out, failed
from dynasaur.config import Settings
from dynasaur.errors import ActionError, DynasaurError
from dynasaur.tasks import Item, Results, read_items
from dynasaur.tokens import MASK
from dynasaur.trajectory import harvest, list_runs, new_id
from dynasaur.types import Json


class Progress(Protocol):
    """Told of each task that is over."""

    def over(self, item: Item, result: dict[str, Json]) -> None:
        """A task is over."""


def run_many(
    path: Path,
    jobs: int,
    results: Path | None,
    flags: dict[str, Any],
    *,
    scheduler: str | None = None,
    quiet: bool = False,
    as_json: bool = False,
) -> int:
    """Carry out the tasks of a file, those that have a result left out.

    Args:
        path: The file of tasks.
        jobs: So many at once, on this machine.
        results: Where results are added; None for the default.
        flags: The flags of the command line.
        scheduler: The address of a Dask scheduler, whose workers carry them out; None for here.
        quiet: Show nothing.
        as_json: Print one JSON document.

    Returns:
        The exit code: 0 when all of them are solved.
    """
    items = read_items(path)
    began = new_id().rpartition("-")[0]
    apart = scheduler is not None and flags.get("deliver") is None
    if apart:
        flags = {**flags, "deliver": "branch"}
    with Results(results or path.with_suffix(".results.jsonl")) as kept:
        open_items = [item for item in items if item.id not in kept.finished]
        counts: Counter[str] = Counter()
        before = len(items) - len(open_items)
        if before and not quiet:
            click.echo(f"dynasaur: {before} of {len(items)} have a result already", err=True)
        if scheduler is not None and open_items:
            flags = with_model(flags)
        with _progress(len(open_items), quiet=quiet) as progress:
            for item, result in _carried_out(open_items, jobs, scheduler, flags):
                kept.add({"id": item.id, **result})
                counts[str(result["status"])] += 1
                progress.over(item, result)
        if apart:
            merge(kept.runs(), {item.task.text for item in items}, began, flags)
        return _sum_up(kept.path, items, before, counts, quiet=quiet, as_json=as_json)


def _carried_out(
    items: Sequence[Item], jobs: int, scheduler: str | None, flags: dict[str, Any]
) -> Iterator[tuple[Item, dict[str, Json]]]:
    """Each task with its result, in the order in which they end."""
    from dynasaur.crew import crew_of

    if not items:
        return
    plain_flags = json.loads(json.dumps(flags, default=str))
    of = {item.id: item for item in items}
    with crew_of(carry_out, jobs, scheduler) as crew:
        for done in crew.run([(item.to_json(), plain_flags) for item in items]):
            yield of[str(done.job[0]["id"])], done.result or failed(done.error)


def with_model(flags: dict[str, Any]) -> dict[str, Any]:
    """The flags with the model that is chosen here, where one is: workers have other settings.

    Keys stay here; a worker without one says so, and takes no other model in silence.
    """
    from dynasaur.commands._agent import model_of

    rest = {name: value for name, value in flags.items() if name != "library_path"}
    path = flags.get("library_path")
    library, settings = open_library(Path(path) if path else None, rest)
    model = settings.model or model_of(library.root, settings, rest).name
    return flags if model == "planner" and not settings.model else {**flags, "model": model}


def merge(runs: Iterable[str], tasks: Set[str], began: str, flags: dict[str, Any]) -> None:
    """Take over what workers left on branches of their own, each through the gate once more.

    Two may have written the same function: the library takes one of them.

    Args:
        runs: The runs that gave the results.
        tasks: The tasks' texts.
        began: The beginning of the ids of runs that began when all this did: a worker that was
            killed may have left a branch of a run since then that gave no result.
        flags: The flags of the command line.
    """
    path = flags["library_path"]
    known = {field.name: flags.get(field.name) for field in fields(Settings)}
    library, _ = open_library(Path(path) if path else None, {**known, "deliver": "merge"})
    recorded = list_runs(library.runs)
    lost = (run for run, saved in recorded if run >= began and saved and _is_of(saved, tasks))
    for run in dict.fromkeys([*runs, *lost]):
        try:
            library.repo.at(f"dynasaur/{run}")
        except ActionError:
            continue  # it left none, or it was merged before
        try:
            done = library.registry.admit(harvest(library.runs / run))
        except DynasaurError as error:
            click.echo(f"dynasaur: dynasaur/{run} stays a branch: {plain(str(error))}", err=True)
            continue
        for name in done.admitted:
            click.echo(f"dynasaur: merged: {name}", err=True)
        for one in done.refused:
            click.echo(f"dynasaur: not merged: {one.name}: {plain(one.reason)}", err=True)
        library.repo.forget(run)


def _is_of(saved: Mapping[str, Json], tasks: Set[str]) -> bool:
    """A recorded run's task is one of these; secrets were left out of the record."""
    task = str(saved["task"])
    if MASK not in task:
        return task in tasks
    pattern = re.compile(".+".join(map(re.escape, task.split(MASK))), re.DOTALL)
    return any(pattern.fullmatch(one) for one in tasks)


def _sum_up(
    path: Path, items: list[Item], before: int, counts: Counter[str], *, quiet: bool, as_json: bool
) -> int:
    if as_json:
        document(
            {
                "tasks": len(items),
                "finished_before": before,
                "counts": dict(counts),
                "results": str(path),
            }
        )
    elif not quiet:
        said = ", ".join(f"{number} {status}" for status, number in sorted(counts.items()))
        click.echo(f"{said or 'nothing to do'}; results: {path}", err=True)
    return 0 if set(counts) <= {"solved"} else 1


def _progress(total: int, *, quiet: bool) -> AbstractContextManager[Progress]:
    if quiet:
        return _silent()
    return _bar(total) if sys.stderr.isatty() else _lines(total)


class _Nothing:
    def over(self, item: Item, result: dict[str, Json]) -> None:
        """Say nothing."""


@contextmanager
def _silent() -> Iterator[Progress]:
    yield _Nothing()


class _Lines:
    """One line for each task, where there is no terminal."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._began = time.monotonic()

    def over(self, item: Item, result: dict[str, Json]) -> None:
        """A task is over."""
        self._done += 1
        left = (time.monotonic() - self._began) / self._done * (self._total - self._done)
        rest = f"; about {_duration(left)} left" if left else ""
        click.echo(f"{self._done}/{self._total} {told(item, result)}{rest}", err=True)


@contextmanager
def _lines(total: int) -> Iterator[Progress]:
    yield _Lines(total)


class _Bar:
    """A bar, with the results above it."""

    def __init__(self, progress: Any, bar: Any) -> None:
        self._progress = progress
        self._bar = bar

    def over(self, item: Item, result: dict[str, Json]) -> None:
        """A task is over."""
        from rich.text import Text

        style = "green" if result["status"] == "solved" else "yellow"
        self._progress.console.print(Text(told(item, result), style=style), soft_wrap=True)
        self._progress.advance(self._bar)


@contextmanager
def _bar(total: int) -> Iterator[Progress]:
    from rich import progress
    from rich.console import Console

    columns = (
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
        progress.TextColumn("left"),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=Console(stderr=True)) as shown:
        yield _Bar(shown, shown.add_task("tasks", total=total))


def told(item: Item, result: dict[str, Json]) -> str:
    """What came of a task, on one line."""
    answer = json.dumps(result.get("answer"), ensure_ascii=False)
    what = answer if result["status"] == "solved" else str(result.get("reason") or "")
    line = plain(f"{result['status']} {item.id}: {' '.join(what.split())}")
    return line if len(line) <= 200 else f"{line[:197]}..."


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
