"""Small data sets in the formats that the suites are published in."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

GAIA_ROWS: list[dict[str, Any]] = [
    {
        "task_id": "g-1",
        "Question": "How many rows has the attached table?",
        "Level": 1,
        "Final answer": "3",
        "file_name": "g-1.csv",
        "Annotator Metadata": {"Steps": "1. count"},
    },
    {
        "task_id": "g-2",
        "Question": "Name the two colours.",
        "Level": "2",
        "Final answer": "red, blue",
        "file_name": "",
        "Annotator Metadata": {},
    },
]
MATH_ROW = {
    "problem": "What is $1/2 + 0$?",
    "level": "Level 1",
    "type": "Algebra",
    "solution": r"It is \boxed{\frac{1}{2}}.",
}
TABMWP_ROWS = {
    "33": {
        "question": "What is the sum?",
        "choices": None,
        "answer": "1,234.5",
        "unit": "$",
        "table_title": "Prices",
        "table": "a | b\n1234 | 0.5",
        "ans_type": "decimal_number",
        "grade": 5,
    },
    "34": {
        "question": "Is it linear?",
        "choices": ["linear", "nonlinear"],
        "answer": "linear",
        "unit": None,
        "table_title": None,
        "table": "x | y\n1 | 2",
        "ans_type": "boolean_text",
        "grade": 8,
    },
}
AIME_ROWS: list[dict[str, Any]] = [
    {"id": 60, "problem": "Find $x$.", "answer": "042", "year": "2024"}
]
GPQA_ROWS: list[dict[str, Any]] = [
    {
        "Record ID": f"rec{n}",
        "Question": f"Question {n}?",
        "Correct Answer": "right\n",
        "Incorrect Answer 1": "wrong 1",
        "Incorrect Answer 2": "wrong 2",
        "Incorrect Answer 3": "wrong 3",
        "High-level domain": "Physics",
    }
    for n in range(8)
]


def write_jsonl(path: Path, rows: Sequence[Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def write_json(path: Path, value: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def write_csv(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_parquet(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    import pyarrow as pa
    from pyarrow import parquet

    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(pa.Table.from_pylist(list(rows)), path)
    return path


def gaia(folder: Path) -> Path:
    """GAIA's validation split, as published: metadata and attachments in one folder."""
    beside = folder / "2023" / "validation"
    write_jsonl(beside / "metadata.jsonl", GAIA_ROWS)
    (beside / "g-1.csv").write_text("a\n1\n2\n3\n", encoding="utf-8")
    return folder


def math(folder: Path) -> Path:
    """MATH's test split, as published: one JSON file a problem, in folders by subject."""
    for number in (1, 2):
        write_json(folder / "test" / "algebra" / f"{number}.json", MATH_ROW)
    return folder
