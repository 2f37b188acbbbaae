"""TabMWP: word problems over a small table (Lu et al., arXiv 2209.14610, 2022)."""

from __future__ import annotations

from dynasaur.errors import UsageError
from dynasaur.evals.problem import Problem
from dynasaur.evals.rows import Row, text_of
from dynasaur.evals.suites.suite import Place, Suite


def _read(row: Row, place: Place) -> Problem:
    """Fields `question`, `table`, `table_title`, `choices`, `answer`, `unit`, `grade`."""
    choices = row.get("choices") or ()
    if not isinstance(choices, list | tuple):
        raise UsageError(f"{place.where}: choices is no list")
    unit = str(row.get("unit") or "")
    title = str(row.get("table_title") or "")
    lines = [
        f"Table: {title}" if title else "Table:",
        text_of(row, place.where, "table"),
        "",
        text_of(row, place.where, "question"),
    ]
    if choices:
        lines.append("Options: " + "; ".join(map(str, choices)))
    if unit:
        lines.append(f"(unit: {unit})")
    return Problem(
        id=text_of(row, place.where, "id", "pid"),
        question="\n".join(lines),
        truth=text_of(row, place.where, "answer"),
        scorer="tabmwp-promptpg",
        group=f"grade {row['grade']}" if row.get("grade") is not None else "",
        choices=tuple(map(str, choices)),
        details={"unit": unit, "ans_type": str(row.get("ans_type") or "")},
    )


TABMWP = Suite(
    name="tabmwp",
    splits=("test", "test1k", "dev", "dev1k", "train"),
    patterns=(
        "problems_{split}.*",
        "tabmwp/problems_{split}.*",
        "data/tabmwp/problems_{split}.*",
        "*{split}*",
    ),
    read=_read,
    answer_format="A number in digits without its unit, or the very text of one of the options.",
    page="https://github.com/lupantech/PromptPG",
)
