"""People's own tasks: a JSON Lines file (JSON, CSV and Parquet work as well)."""

from __future__ import annotations

from dynasaur.errors import UsageError
from dynasaur.evals.problem import Problem
from dynasaur.evals.rows import Row, text_of
from dynasaur.evals.scorers.table import JUDGE, SCORERS
from dynasaur.evals.suites.suite import Place, Suite

DETAILS = ("unit", "tolerance", "digits")


def _read(row: Row, place: Place) -> Problem:
    """Fields `question` (or `task`) and `answer`, and what more the row needs.

    These may be `id`, `files` (named from where the data lies), `scorer`, `group`, `choices`,
    `unit`, `tolerance`, `digits`.
    """
    scorer = str(row.get("scorer") or "exact")
    if scorer not in SCORERS and scorer != JUDGE:
        known = ", ".join([*SCORERS, JUDGE])
        raise UsageError(f"{place.where}: no scorer {scorer!r}; there are {known}")
    names = row.get("files") or []
    if not isinstance(names, list):
        raise UsageError(f"{place.where}: files is no list of names")
    files = tuple(place.file.parent / str(name) for name in names)
    if missing := [str(file) for file in files if not file.is_file()]:
        raise UsageError(f"{place.where}: no file {missing[0]}")
    _check(row, place)
    answer = row.get("answer")
    if isinstance(answer, list | dict | bool):
        raise UsageError(f"{place.where}: write the answer as text; for JSON, as JSON in a text")
    return Problem(
        id=str(row["id"]) if row.get("id") is not None else place.name,
        question=text_of(row, place.where, "question", "task"),
        truth="" if answer is None else str(answer),
        kept_back=answer is None,
        scorer=scorer,
        files=files,
        group=str(row.get("group") or ""),
        choices=tuple(map(str, row.get("choices") or ())),
        details={name: row[name] for name in DETAILS if row.get(name) is not None},
    )


def _check(row: Row, place: Place) -> None:
    """What scorers need is of the right kind."""
    if not isinstance(row.get("choices") or [], list):
        raise UsageError(f"{place.where}: choices is no list of texts")
    for name, kinds in (("tolerance", (int, float)), ("digits", (int,))):
        value = row.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, kinds)):
            raise UsageError(f"{place.where}: {name} is no number")


TASKS = Suite(
    name="tasks",
    splits=("all",),
    patterns=("*.jsonl",),
    read=_read,
    answer_format="",
    page="a file of your own: one JSON object a line with question, answer and scorer",
)
