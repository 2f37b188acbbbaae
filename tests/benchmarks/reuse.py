"""How often `--reuse` answers, and how often it is right: the planner against tasks with answers.

    python -m tests.benchmarks.reuse [DIR]

Without a folder: the planner's own tables of tasks, over which it was made. With one: samples of
public tasks in it as well, `*tabmwp*.json` (its tables in the text, and as files), `gsm8k*.jsonl`
and `aime*.jsonl` in the formats in which they are published, which it was not made for. What is
answered is right or wrong; what is given up goes to the model, at no cost but a little time.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dynasaur.evals.problem import Problem
from dynasaur.evals.scorers.table import SCORERS
from dynasaur.evals.suites.aime import AIME
from dynasaur.evals.suites.tabmwp import TABMWP
from tests.builders.planning import Bench, same
from tests.builders.planning_files import write_files
from tests.test_planner import GIVEN_UP, SOLVED


@dataclass(frozen=True)
class Question:
    """A task, its files, and what tells whether an answer is right."""

    text: str
    files: Sequence[Path]
    is_right: Callable[[object], bool]


def own(folder: Path) -> Iterator[Question]:
    """The planner's tables: tasks it answers, and tasks it must not answer."""
    files = write_files(folder)
    for task, names, answer in SOLVED:
        yield Question(task, [files[name] for name in names.split()], partial(same, answer))
    for task, names in GIVEN_UP:
        yield Question(task, [files[name] for name in names.split()], lambda _: False)


def scored(problem: Problem, files: Sequence[Path] = (), text: str = "") -> Question:
    """A problem of a suite, judged as the suite does."""
    scorer = SCORERS[problem.scorer]

    def is_right(said: object) -> bool:
        plain = json.loads(json.dumps(said, default=str))
        return scorer(plain, problem).right

    return Question(text or problem.question, files, is_right)


def tables(file: Path, folder: Path) -> Iterator[Question]:
    """TabMWP with each table as a file that comes with the task."""
    rows = json.loads(file.read_text(encoding="utf-8"))
    for problem in TABMWP.load(file):
        row = rows[problem.id]
        place = folder / problem.id
        place.mkdir(parents=True)
        columns = row["table_for_pd"]
        with (place / "table.csv").open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            writer.writerow(columns)
            writer.writerows(zip(*columns.values(), strict=False))
        yield scored(problem, [place / "table.csv"], row["question"])


def sums(file: Path) -> Iterator[Question]:
    """GSM8K."""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
        row = json.loads(line)
        truth = row["answer"].rpartition("####")[2].strip()
        yield scored(Problem(str(number), row["question"], truth, "number"))


def public(data: Path, folder: Path) -> Iterator[tuple[str, Iterator[Question]]]:
    """The public samples that there are."""
    for file in sorted(data.glob("*tabmwp*.json")):
        yield f"{file.name}, table in the text", map(scored, TABMWP.load(file))
        yield f"{file.name}, table as a file", tables(file, folder)
    for file in sorted(data.glob("gsm8k*.jsonl")):
        yield file.name, sums(file)
    for file in sorted(data.glob("aime*.jsonl")):
        yield file.name, map(scored, AIME.load(file))


def measured(name: str, questions: Iterator[Question], bench: Bench, *, tell: bool) -> str:
    """One row: how many tasks, answered, right, wrong."""
    total = right = wrong = 0
    for question in questions:
        total += 1
        played = bench.play(question.text, question.files)
        if not played.answers:
            continue
        if question.is_right(played.answers[0]):
            right += 1
            continue
        wrong += 1
        if tell:
            print(f"wrong: {question.text!r}: {played.answers[0]!r}", file=sys.stderr)
    answered = right + wrong
    share = f"{right / answered:.1%}" if answered else "-"
    return f"| {name} | {total} | {answered} | {right} | {wrong} | {share} |"


def main() -> None:
    """Measure, and print a table."""
    bench = Bench()
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        sets = [("the planner's own tables", own(folder))]
        if data:
            sets += public(data, folder / "tables")
        print("| tasks | in all | answered | right | wrong | right of answered |")
        print("|---|---|---|---|---|---|")
        for name, questions in sets:
            print(measured(name, questions, bench, tell=data is not None), flush=True)


if __name__ == "__main__":
    main()
