"""AIME: problems of the American Invitational Mathematics Examination."""

from __future__ import annotations

from dynasaur.evals.problem import Problem
from dynasaur.evals.rows import Row, text_of
from dynasaur.evals.suites.suite import Place, Suite


def _read(row: Row, place: Place) -> Problem:
    """Fields `problem` (or `Problem`, `Question`), `answer` (or `Answer`), `id` (or `ID`)."""
    return Problem(
        id=text_of(row, place.where, "id", "ID", "problem_id", "problem_idx", "url"),
        question=text_of(row, place.where, "problem", "Problem", "Question", "question"),
        truth=text_of(row, place.where, "answer", "Answer"),
        scorer="aime",
        group=str(row.get("year") or row.get("Year") or ""),
    )


AIME = Suite(
    name="aime",
    splits=("test",),
    patterns=(
        "{split}.*",
        "data/{split}*",
        "data/train*",
        "train.*",
        "aime*",
        "AIME*",
    ),
    read=_read,
    answer_format="A whole number from 0 to 999, in digits.",
    hub="HuggingFaceH4/aime_2024",
    page="https://huggingface.co/datasets/HuggingFaceH4/aime_2024",
)
