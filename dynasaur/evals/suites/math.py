"""MATH: competition mathematics (Hendrycks et al., arXiv 2103.03874, 2021)."""

from __future__ import annotations

from dynasaur.errors import UsageError
from dynasaur.evals.problem import Problem
from dynasaur.evals.rows import Row, text_of
from dynasaur.evals.scorers.answers import boxed
from dynasaur.evals.suites.suite import Place, Suite


def _read(row: Row, place: Place) -> Problem:
    r"""Fields `problem`, `level`, `type` or `subject`, `answer` or a `\boxed{}` in `solution`."""
    answer = row.get("answer")
    truth = str(answer) if answer is not None else boxed(text_of(row, place.where, "solution"))
    if truth is None:
        raise UsageError(rf"{place.where}: neither an answer nor a \boxed{{}} in its solution")
    name = row.get("unique_id") or row.get("id")
    if name is None:
        single = place.where == str(place.file)
        name = "/".join(place.file.with_suffix("").parts[-2:]) if single else place.name
    return Problem(
        id=str(name),
        question=text_of(row, place.where, "problem"),
        truth=truth,
        scorer="math",
        group=str(row.get("type") or row.get("subject") or ""),
        details={"level": str(row.get("level") or "")},
    )


MATH = Suite(
    name="math",
    splits=("test", "train"),
    patterns=(
        "{split}/*/*.json",
        "MATH/{split}/*/*.json",
        "*/{split}-*.parquet",
        "{split}.*",
        "data/{split}*",
    ),
    read=_read,
    answer_format="The value alone, as LaTeX without dollar signs, simplified.",
    hub="EleutherAI/hendrycks_math",
    page="https://huggingface.co/datasets/EleutherAI/hendrycks_math",
)
