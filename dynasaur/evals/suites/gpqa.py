"""GPQA: graduate-level questions with four options (Rein et al., arXiv 2311.12022, 2023)."""

from __future__ import annotations

from dynasaur.evals.problem import Problem
from dynasaur.evals.rows import Row, text_of
from dynasaur.evals.suites.suite import Place, Suite

LETTERS = "ABCD"


def _read(row: Row, place: Place) -> Problem:
    """Fields `Question`, `Correct Answer`, `Incorrect Answer 1` to `3`, `High-level domain`.

    The options stand in an order that depends on the seed and the problem alone.
    """
    question = text_of(row, place.where, "Question").strip()
    right = text_of(row, place.where, "Correct Answer").strip()
    wrong = [text_of(row, place.where, f"Incorrect Answer {n}").strip() for n in (1, 2, 3)]
    name = str(row.get("Record ID") or "") or place.name
    order = place.shuffled(name, range(len(LETTERS)))
    options = [[right, *wrong][at] for at in order]
    lines = (f"{letter}) {one}" for letter, one in zip(LETTERS, options, strict=True))
    return Problem(
        id=name,
        question="\n".join([question, "", *lines]),
        truth=LETTERS[order.index(0)],
        scorer="choice",
        group=str(row.get("High-level domain") or ""),
        choices=tuple(options),
    )


GPQA = Suite(
    name="gpqa",
    splits=("diamond", "main", "extended"),
    patterns=("gpqa_{split}.*", "*/gpqa_{split}.*", "gpqa_{split}/*"),
    read=_read,
    answer_format="The letter of the right option alone: A, B, C or D.",
    hub="Idavidrein/gpqa",
    gated=True,
    page="https://huggingface.co/datasets/Idavidrein/gpqa",
)
