"""The suites from local folders in their published formats, and what is said of bad data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dynasaur.errors import UsageError
from dynasaur.evals.scorers.table import SCORERS
from dynasaur.evals.suites.table import SUITES
from tests.builders import suites as made


def right(suite: str, folder: Path, split: str, answers: list[Any]) -> None:
    problems = SUITES[suite].load(folder, split)
    assert len(problems) == len(answers)
    for problem, answer in zip(problems, answers, strict=True):
        assert SCORERS[problem.scorer](answer, problem).right, problem
        assert not SCORERS[problem.scorer]("surely not", problem).right, problem


def test_gaia_as_published(tmp_path: Path) -> None:
    right("gaia", made.gaia(tmp_path), "validation", [3, "Red,blue"])
    first, second = SUITES["gaia"].load(tmp_path)
    assert [file.name for file in first.files] == ["g-1.csv"]
    assert (first.group, second.group, second.files) == ("level 1", "level 2", ())


def test_gaia_in_parquet(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    rows = [{k: str(v) for k, v in row.items() if k != "file_name"} for row in made.GAIA_ROWS]
    made.write_parquet(tmp_path / "2023" / "validation" / "metadata.parquet", rows)
    right("gaia", tmp_path, "validation", ["3", ["red", "blue"]])


def test_gaia_keeps_the_answers_of_its_test_split_back(tmp_path: Path) -> None:
    row = {**made.GAIA_ROWS[1], "Final answer": "?"}
    made.write_jsonl(tmp_path / "2023" / "test" / "metadata.jsonl", [row])
    (problem,) = SUITES["gaia"].load(tmp_path, "test")
    assert problem.kept_back


@pytest.mark.filterwarnings("ignore")
def test_math_as_published(tmp_path: Path) -> None:
    pytest.importorskip("math_verify")
    right("math", made.math(tmp_path), "test", ["1/2", 0.5])
    assert [one.id for one in SUITES["math"].load(tmp_path)] == ["algebra/1", "algebra/2"]


def test_math_as_the_hub_has_it(tmp_path: Path) -> None:
    """One folder a subject, rows without ids: those of two subjects are not mixed up."""
    pytest.importorskip("pyarrow")
    for subject in ("algebra", "geometry"):
        file = tmp_path / subject / "test-00000-of-00001.parquet"
        made.write_parquet(file, [made.MATH_ROW, made.MATH_ROW])
    problems = SUITES["math"].load(tmp_path)
    assert [one.id for one in problems] == [
        f"{subject}/test-00000-of-00001.parquet, row {row}"
        for subject in ("algebra", "geometry")
        for row in (1, 2)
    ]


def test_aime_and_gpqa_as_the_hub_has_them(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    made.write_parquet(tmp_path / "a" / "data" / "train-00000-of-00001.parquet", made.AIME_ROWS)
    right("aime", tmp_path / "a", "test", [42])
    rows = [
        {key: value for key, value in row.items() if key != "Record ID"} for row in made.GPQA_ROWS
    ]
    made.write_csv(tmp_path / "g" / "gpqa_main.csv", rows)
    problems = SUITES["gpqa"].load(tmp_path / "g", "main")
    assert [one.id for one in problems] == [f"gpqa_main.csv:{n}" for n in range(3, 18, 2)]


def test_math_in_one_file_with_answers(tmp_path: Path) -> None:
    row = {"problem": "?", "answer": 3, "subject": "Geometry", "unique_id": "test/geo/1.json"}
    made.write_jsonl(tmp_path / "test.jsonl", [row])
    (problem,) = SUITES["math"].load(tmp_path, "test")
    assert (problem.id, problem.truth, problem.group) == ("test/geo/1.json", "3", "Geometry")


def test_tabmwp_as_published(tmp_path: Path) -> None:
    made.write_json(tmp_path / "problems_test.json", made.TABMWP_ROWS)
    first, second = SUITES["tabmwp"].load(tmp_path)
    assert SCORERS["tabmwp-promptpg"]("$1234.50", first).right
    assert SCORERS["tabmwp-promptpg"]("Linear", second).right
    assert first.question == "Table: Prices\na | b\n1234 | 0.5\n\nWhat is the sum?\n(unit: $)"
    assert second.question.endswith("Is it linear?\nOptions: linear; nonlinear")
    assert (first.id, first.group) == ("33", "grade 5")


@pytest.mark.parametrize("write", [made.write_jsonl, made.write_csv, made.write_parquet])
def test_aime_in_every_format(tmp_path: Path, write: Callable[[Path, Any], Path]) -> None:
    if write is made.write_parquet:
        pytest.importorskip("pyarrow")
    suffix = write.__name__.removeprefix("write_")
    write(tmp_path / f"test.{suffix}", made.AIME_ROWS)
    right("aime", tmp_path, "test", [42])


def test_gpqa_draws_the_order_of_options_by_seed(tmp_path: Path) -> None:
    made.write_csv(tmp_path / "gpqa_diamond.csv", made.GPQA_ROWS)
    load = SUITES["gpqa"].load
    right("gpqa", tmp_path, "diamond", [one.truth for one in load(tmp_path)])
    right("gpqa", tmp_path, "diamond", ["right"] * 8)
    assert load(tmp_path, seed=1) == load(tmp_path, seed=1)
    assert load(tmp_path, seed=1) != load(tmp_path, seed=2)
    for problem in load(tmp_path):
        letter = problem.truth
        assert f"\n{letter}) right" in problem.question
    assert len({problem.truth for problem in load(tmp_path)}) > 1


def test_own_tasks(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n", encoding="utf-8")
    rows = [
        {"question": "Sum?", "answer": 3, "scorer": "number", "files": ["a.csv"], "group": "sums"},
        {"task": "Say it.", "id": "mine"},
    ]
    made.write_jsonl(tmp_path / "tasks.jsonl", rows)
    first, second = SUITES["tasks"].load(tmp_path / "tasks.jsonl")
    assert (first.truth, first.scorer, first.group) == ("3", "number", "sums")
    assert first.files == (tmp_path / "a.csv",)
    assert (first.id, second.id, second.kept_back) == ("tasks.jsonl:1", "mine", True)


LOST = '{"task_id": "1", "Question": "?", "Level": 1, "Final answer": "x", "file_name": "%s"}'
WORDS = '{"1": {"question": "?", "table": "", "answer": "1", "choices": "ab"}}'
BAD = [
    ("tasks", "t.jsonl", '{"question": "?", "scorer": "guess"}', r"t\.jsonl:1: no scorer 'guess'"),
    ("tasks", "t.jsonl", '{"question": "?"\n', r"t\.jsonl:1: no JSON"),
    ("tasks", "t.jsonl", "[1]", r"t\.jsonl:1: no object"),
    ("tasks", "t.jsonl", '{"answer": 1}', r"no field question or task; its fields are answer"),
    ("tasks", "t.jsonl", '{"question": "?", "files": ["no.csv"]}', r"no file .*no\.csv"),
    ("tasks", "t.jsonl", '{"question": "?", "files": "no"}', "files is no list"),
    ("tasks", "t.jsonl", '{"question": "?", "answer": [1]}', "write the answer as text"),
    ("tasks", "t.jsonl", '{"question": "?", "id": 1}\n' * 2, "two problems have the id '1'"),
    ("tasks", "t.jsonl", '{"question": "?", "choices": 5}', "choices is no list"),
    ("tasks", "t.jsonl", '{"question": "?", "tolerance": "1"}', "tolerance is no number"),
    ("tasks", "t.jsonl", '{"question": "?", "digits": true}', "digits is no number"),
    ("tasks", "t.jsonl", '{"question": "?", "digits": 1.5}', "digits is no number"),
    ("tasks", "t.jsonl", '{"question": " "}', "has no question"),
    ("tasks", "t.jsonl", "", "no problem in it"),
    ("tasks", "t.jsonl", '{"question": ' + "[" * 100_000, "cannot be read"),
    ("gaia", "metadata.jsonl", LOST % "gone.pdf", "attachment 'gone.pdf' is not beside"),
    ("gaia", "metadata.jsonl", LOST % "../../etc/passwd", "is not beside"),
    ("math", "test.jsonl", '{"problem": "?", "solution": "none"}', "neither an answer nor"),
    ("tabmwp", "problems_test.json", WORDS, "choices is no list"),
    ("gpqa", "gpqa_diamond.csv", "Question,Correct Answer\n?", "as many fields"),
    ("gpqa", "gpqa_diamond.csv", "Question\n?", "no field Correct Answer"),
    ("aime", "test.parquet", "no parquet", r"test\.parquet: cannot be read"),
    ("aime", "test.json", "\x00", r"test\.json: cannot be read"),
]


@pytest.mark.parametrize(("suite", "name", "text", "said"), BAD)
def test_bad_data_is_named_with_its_place(
    tmp_path: Path, suite: str, name: str, text: str, said: str
) -> None:
    if name.endswith(".parquet"):
        pytest.importorskip("pyarrow")
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        SUITES[suite].load(tmp_path)


@pytest.mark.parametrize("suite", sorted(SUITES))
def test_missing_data_is_said_with_where_to_get_it(tmp_path: Path, suite: str) -> None:
    with pytest.raises(UsageError, match=r"no data of .*; get it from "):
        SUITES[suite].load(tmp_path)
    with pytest.raises(UsageError, match="no split 'nowhere'; its splits are"):
        SUITES[suite].load(tmp_path, "nowhere")
