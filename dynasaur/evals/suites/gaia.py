"""GAIA: questions with attachments, in three levels (Mialon et al., arXiv 2311.12983, 2023)."""

from __future__ import annotations

from dynasaur.errors import UsageError
from dynasaur.evals.problem import Problem
from dynasaur.evals.rows import Row, text_of
from dynasaur.evals.suites.suite import Place, Suite

_KEPT_BACK = "?"
"""The answer that the test split shows in place of the true one."""


def _read(row: Row, place: Place) -> Problem:
    """Fields `task_id`, `Question`, `Level`, `Final answer`, `file_name`."""
    name = str(row.get("file_name") or "")
    attachment = place.file.parent / name
    if name and (attachment.name != name or not attachment.is_file()):
        raise UsageError(f"{place.where}: its attachment {name!r} is not beside {place.file.name}")
    truth = text_of(row, place.where, "Final answer")
    return Problem(
        id=text_of(row, place.where, "task_id"),
        question=text_of(row, place.where, "Question"),
        truth=truth,
        scorer="gaia",
        files=(attachment,) if name else (),
        kept_back=truth == _KEPT_BACK,
        group=f"level {text_of(row, place.where, 'Level')}",
    )


GAIA = Suite(
    name="gaia",
    splits=("validation", "test"),
    patterns=(
        *(
            f"{folder}metadata.{kind}"
            for folder in ("2023/{split}/", "{split}/", "")
            for kind in ("jsonl", "parquet", "json", "csv")
        ),
    ),
    read=_read,
    answer_format=(
        "A number, as few words as possible, or a list of these parted by commas. Numbers in "
        "digits, without thousands separators, and without units or signs such as $ or % unless "
        "the question asks for them. Words without articles and abbreviations."
    ),
    hub="gaia-benchmark/GAIA",
    gated=True,
    page="https://huggingface.co/datasets/gaia-benchmark/GAIA",
)
