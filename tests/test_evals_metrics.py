"""What is counted of an evaluation, against values worked out by hand."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from dynasaur.errors import UsageError
from dynasaur.evals import coverage
from dynasaur.evals.compared import budgets, compare
from dynasaur.evals.complexity import Complexity, complexity, middle
from dynasaur.evals.finished import Finished, Funnel
from dynasaur.evals.missed import missed, why_missed
from dynasaur.evals.page import page, page_name
from dynasaur.evals.plan import Plan, as_in_the_paper, check_same, manifest
from dynasaur.evals.problem import Problem
from dynasaur.evals.report import facts, markdown
from dynasaur.evals.restricted import more_than_calls
from dynasaur.evals.results import Admitted, Lines, Result, read_lines
from dynasaur.evals.statistics import Pairing, Share
from tests.builders.cli import dynasaur

CALL = "x = mean([1, 2])\nsubmit_final_answer(x)"
OWN = "def f(n):\n    return n\nsubmit_final_answer(f(1))"
LEN = "print(len('abc'))"

COVERED = [
    ([CALL], True, 1.0, 1.0),
    ([OWN], True, 0.0, 0.0),
    ([OWN], False, 1.0, 0.0),
    ([LEN], True, 0.0, 1.0),
    ([CALL, OWN], True, 0.5, 0.5),
    ([CALL, LEN], True, 0.5, 1.0),
    (["'abc'.upper()"], True, 1.0, 1.0),
    (["f = lambda: 1"], True, 1.0, 0.0),
    (["other(1)"], True, 0.0, 0.0),
    (["not python ("], True, 0.0, 0.0),
    (["find_actions('x')"], True, 1.0, 1.0),
    ([], True, 1.0, 0.0),
    ([CALL, CALL, CALL, OWN], True, 0.75, 0.75),
]


@pytest.mark.parametrize(("steps", "right", "paper", "plain"), COVERED)
def test_coverage(steps: list[str], right: bool, paper: float, plain: float) -> None:
    assert coverage.paper(steps, {"mean"}, right=right) == paper
    assert coverage.plain(steps, {"mean"}) == plain


COMPLEX = [
    ("x = 1", Complexity(1, 5, 1)),
    ('"""Only words."""', Complexity(1, 1, 0)),
    ("if a and b or c:\n    pass\n", Complexity(4, 13, 2)),
    ("[x for x in y if x]", Complexity(2, 11, 1)),
    ("for a in b:\n    while c:\n        pass", Complexity(3, 9, 3)),
    ("try:\n    pass\nexcept E:\n    pass", Complexity(2, 6, 4)),
]


@pytest.mark.parametrize(("text", "expected"), COMPLEX)
def test_complexity(text: str, expected: Complexity) -> None:
    found = complexity(text)
    assert (found.paths, found.lines) == (expected.paths, expected.lines)
    assert complexity(f'"""Words."""\n\n# more\n{text}').paths == expected.paths
    assert middle([]) == (0.0, 0.0, 0.0)
    assert middle([Complexity(1, 2, 3), Complexity(3, 4, 5)]) == (2, 3, 4)


CODES = [
    (CALL, "", "2 calls in one step"),
    ("mean([1])", "", ""),
    ("submit_final_answer(-1)", "", ""),
    ("x = mean(numbers=[1], k=x)", "", ""),
    ("print(mean([1]))", "", ""),
    ("mean([1 + 1])", "only calls of actions", "only calls of actions"),
    ("other(1)", "other is no action", "other is no action"),
    ("import os", "only calls of actions", "only calls of actions"),
    ("os.system('x')", "only actions may be called", "only actions may be called"),
    ("def f(): pass", "only calls of actions", "only calls of actions"),
    ("[mean(x) for x in y]", "only calls of actions", "only calls of actions"),
    ("for x in y:\n    mean(x)", "only calls of actions", "only calls of actions"),
    ("x.y", "only calls of actions", "only calls of actions"),
    ("f'{x}'", "only calls of actions", "only calls of actions"),
    ("mean(", "", ""),
]


@pytest.mark.parametrize(("code", "many", "one"), CODES)
def test_code_that_is_more_than_calls(code: str, many: str, one: str) -> None:
    def known(name: str) -> bool:
        return name == "mean"

    assert more_than_calls(code, known).partition(": ")[2].startswith(many)
    assert one in more_than_calls(code, known, one=True)
    assert bool(more_than_calls(code, known)) == bool(many)


def write(folder: Path, results: list[Result], admissions: list[Admitted]) -> Finished:
    folder.mkdir()
    document = manifest(Plan("tasks", "t.jsonl", "all"), [Problem("1", "?", "1", "exact")])
    (folder / "manifest.json").write_text(json.dumps(document), encoding="utf-8")
    with Lines(folder / "results.jsonl", Result) as lines:
        for result in results:
            lines.add(result)
    with Lines(folder / "admissions.jsonl", Admitted) as judged:
        for admitted in admissions:
            judged.add(admitted)
    return Finished(folder)


def result(number: int, right: bool | None, **more: object) -> Result:
    whole = {"status": "solved", "end": "answered", "run": f"r{number}", "cost": 0.5} | more
    return Result(f"p{number}", "g", number // 2, number, right=right, **whole)  # type: ignore[arg-type]


RESULTS = [
    result(3, True, called=("f", "mean"), generated=("f",), offered=("f", "g"), prompt_tokens=10),
    result(0, True, offered=("f",), called=("f",), errors=("ValueError",)),
    result(1, False, completion_tokens=5, errors=("ValueError", "timeout")),
    result(2, None),
    result(4, False, status="unsolved", end="limit"),
    result(5, False, status="failed", end="failed"),
]
ADMITTED = [Admitted("p0", "r0", ("f", "g"), {"h": "a clone of: x"}, 7, 3, None)]


def test_what_is_counted(tmp_path: Path) -> None:
    done = write(tmp_path / "a", RESULTS, ADMITTED)
    assert [one.number for one in done.results] == [0, 1, 2, 3, 4, 5]
    assert str(done.accuracy()).endswith("(2 of 4)")
    assert [one.id for one in done.failures] == ["p5"]
    assert done.ends == {"right": 2, "wrong": 1, "not scored": 1, "limit": 1, "failed": 1}
    assert done.errors == {"ValueError": 2, "timeout": 1}
    assert done.funnel == Funnel(admitted=2, offered=2, loaded=0, called=1, succeeded=0)
    assert str(done.never_used).endswith("(1 of 2)")
    assert done.refused == {"a clone of": 1}
    assert done.learning == pytest.approx(2 / 3)
    assert (done.tokens, done.cost) == (25, None)
    assert facts(done)["failed"] == 1
    assert "2 of 4" in markdown([done])


def test_what_became_of_a_problem_is_said_alike_everywhere(tmp_path: Path) -> None:
    results = [
        result(0, False, status="failed", end="misused"),
        result(1, False, status="lost", end=""),
        result(2, None),
    ]
    done = write(tmp_path / "a", results, [])
    assert [one.outcome for one in results] == ["misused", "lost", "not scored"]
    assert done.ends == {"misused": 1, "lost": 1, "not scored": 1}
    assert [one.id for one in done.failures] == ["p0", "p1"]


def test_two_evaluations_are_paired_by_problem(tmp_path: Path) -> None:
    first = write(tmp_path / "a", RESULTS, ADMITTED)
    other = [result(0, False, prompt_tokens=4), result(1, True), result(9, True)]
    second = write(tmp_path / "b", other, [])
    found = compare(first, second)
    assert found.pairing == Pairing(both=0, first=1, second=1, neither=0)
    assert found.shares == (Share(1, 2), Share(1, 2))
    assert found.tokens == (15, 4)
    assert [[one.id for one in missed] for missed in found.missed] == [["p1"], ["p0"]]
    half = "50.0% [9.5%, 90.5%] (1 of 2)"
    told = markdown([first, second])
    assert f"| a | b | {half} | {half} | 1.0000 | 0.27 | 0 | 1 | 1 | 0 |" in told
    assert "| a | b | 1 | 0 | 0 | 0 | 0 | 1 | 0 |" in told, "p1 met a ValueError and was wrong"
    assert "| b | a | 1 | 0 | 0 | 0 | 0 | 0 | 1 |" in told


def test_a_page_leads_only_to_records_that_are_there(tmp_path: Path) -> None:
    done = write(tmp_path / "a", [result(0, True), result(1, True)], [])
    done.records.of(done.results[0]).mkdir(parents=True)
    text = page([done], Path("r-runs"), {done.name: done.results})
    assert (text.count('href="r-runs/'), text.count(page_name(done, done.results[0]))) == (2, 2)
    assert "<a href" not in page([done], None, {done.name: done.results})


def test_a_small_p_is_never_said_to_be_0(tmp_path: Path) -> None:
    first = write(tmp_path / "a", [result(n, True) for n in range(20)], [])
    second = write(tmp_path / "b", [result(n, False) for n in range(20)], [])
    assert " | < 0.0001 | " in markdown([first, second])


MISSED: list[tuple[dict[str, object], str]] = [
    ({"errors": ("more than calls",)}, "lacked a tool"),
    ({"errors": ("ValueError", "NameError", "no code")}, "lacked a tool"),
    ({"errors": ("ModuleNotFoundError",), "end": "limit"}, "lacked a tool"),
    ({"errors": ("no code", "ValueError")}, "instructions"),
    ({"status": "unsolved", "end": "unfit"}, "instructions"),
    ({"status": "unsolved", "end": "gave-up"}, "gave up"),
    ({"status": "unsolved", "end": "limit", "errors": ("ValueError",)}, "limit"),
    ({"status": "unsolved", "end": "stuck"}, "limit"),
    ({"errors": ("ValueError",)}, "error in code"),
    ({}, "wrong"),
]


@pytest.mark.parametrize(("more", "kind"), MISSED)
def test_why_an_answer_was_missed(more: dict[str, object], kind: str) -> None:
    one = result(0, False, **more)
    assert why_missed(one) == kind
    assert missed([one, result(1, True), result(2, None), result(3, False, status="failed")]) == {
        kind: 1
    }


def test_the_budget_of_a_problem_is_all_that_it_cost(tmp_path: Path) -> None:
    write(tmp_path / "a", RESULTS, ADMITTED)
    problems = [Problem(f"p{n}", "?", "1", "exact") for n in (3, 0, 2)]
    assert budgets(tmp_path / "a", problems) == {"p3": 10, "p0": 10, "p2": 1}
    with pytest.raises(UsageError, match="it has no result of the problem p7"):
        budgets(tmp_path / "a", [Problem("p7", "?", "1", "exact")])


def test_the_last_result_of_a_problem_counts(tmp_path: Path) -> None:
    done = write(tmp_path / "a", [result(0, False, status="failed"), result(0, True)], [])
    assert (str(done.accuracy()).endswith("(1 of 1)"), done.failures) == (True, ())


def test_what_a_failure_cost_was_paid_but_is_no_budget(tmp_path: Path) -> None:
    """Of several runs that vote, those before the one that failed count in the last result."""
    failed = result(0, False, status="failed", prompt_tokens=30)
    voted = result(1, False, status="failed", prompt_tokens=9, runs=("x", "y"))
    again = result(1, True, prompt_tokens=12, runs=("x", "z"))
    done = write(tmp_path / "a", [failed, voted, result(0, True, prompt_tokens=4), again], [])
    assert (done.tokens, done.cost, done.spent) == (46, 1.5, {"p0": 4, "p1": 12})
    assert facts(done)["repeated"] == 1


def test_half_a_line_is_what_a_kill_left(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    with Lines(path, Result) as lines:
        lines.add(result(0, True, answer=[1, {"a": "\N{SNOWMAN} \udc80"}]))
    with path.open("ab") as file:
        file.write(b'{"id": "p1", "gro')
    assert read_lines(path, Result) == lines.all, "a reader leaves alone what is being written"
    assert path.read_bytes().endswith(b"gro")
    with Lines(path, Result) as again:
        again.add(result(1, False))
    assert [one.id for one in read_lines(path, Result)] == ["p0", "p1"]
    for damaged in (b"[]\n", b"{}\n", b"{\n", b"[" * 200_000 + b"\n"):
        path.write_bytes(damaged)
        with pytest.raises(UsageError, match=r"results\.jsonl, line 1"):
            read_lines(path, Result)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": {}},
        {"number": "1"},
        {"right": "yes"},
        {"errors": 5},
        {"called": [1]},
        {"cost": "x"},
        {"seconds": None},
    ],
)
def test_a_line_with_a_value_of_another_kind_is_damaged(
    tmp_path: Path, wrong: dict[str, object]
) -> None:
    path = tmp_path / "results.jsonl"
    row = asdict(result(0, True, answer=[{"a": 1}]))
    path.write_text(json.dumps(row) + "\n" + json.dumps(row | wrong) + "\n")
    with pytest.raises(UsageError, match=rf"line 2 is damaged: {next(iter(wrong))} = "):
        read_lines(path, Result)


def test_a_damaged_evaluation_is_told_on_one_line(tmp_path: Path) -> None:
    write(tmp_path / "a", [result(0, True)], [])
    with (tmp_path / "a" / "results.jsonl").open("a") as file:
        file.write('{"id": "p1", "group": "g", "batch": "x"}\n')
    done = dynasaur("eval", "report", "a", cwd=tmp_path)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "results.jsonl, line 2 is damaged: batch = 'x'" in done.err


def test_one_process_at_a_time_adds(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    with (
        Lines(path, Result),
        pytest.raises(UsageError, match="another process is adding to it"),
    ):
        Lines(path, Result)
    with Lines(path, Result):
        assert read_lines(path, Result) == []


def test_a_folder_that_holds_no_evaluation(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no evaluation"):
        Finished(tmp_path)


def test_a_manifest_tells_all_that_shapes_results(tmp_path: Path) -> None:
    problems = [Problem("1", "?", "1", "exact")]
    plan = Plan("tasks", "here", "all")
    old = manifest(plan, problems)
    check_same(old, manifest(Plan("tasks", "moved", "all"), problems), tmp_path)
    for other in (
        manifest(Plan("tasks", "here", "all", seed=1), problems),
        manifest(plan, [Problem("1", "?", "2", "exact")]),
        manifest(as_in_the_paper(plan, validation=True), problems),
        manifest(plan, problems, {"network": "full"}),
        manifest(plan, problems, tokens={"1": 100}),
    ):
        with pytest.raises(UsageError, match="was begun with"):
            check_same(old, other, tmp_path)
    test = as_in_the_paper(plan, validation=False)
    assert (test.max_steps, test.temperature, test.k) == (20, 0.5, 10)
    assert (test.accept, test.reformulate, test.freeze) == ("executed", True, True)
    assert not as_in_the_paper(plan, validation=True).freeze
