"""The planner's parts: what it reads, how it searches, what it writes, how it goes on."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from dynasaur import prompts
from dynasaur.models.planner import PlannerModel
from dynasaur.models.planning.annotations import fits
from dynasaur.models.planning.literals import missing_files
from dynasaur.models.planning.reading import read_messages, read_offers
from dynasaur.models.planning.search import MOST_NODES, compositions
from dynasaur.models.planning.signatures import parse_offer
from dynasaur.models.planning.view import view_task
from dynasaur.models.planning.words import concepts, stem
from dynasaur.models.planning.writing import function_name
from dynasaur.types import CellError, Ending, Message, Observation, Reply, Task
from tests.builders.planning import Bench
from tests.builders.planning_files import write_files

READ = "- read_table(path: str) -> list[dict[str, Any]]  # Rows of a table file."
MEAN = "- mean(numbers: list[float]) -> float  # Arithmetic mean (average) of numbers."
AVERAGE = "- average(numbers: list[float]) -> float  # Average of numbers."


def opening(task: str, *lines: str) -> list[Message]:
    """Messages of a run that has not begun, without files."""
    text = f"Task:\n{task}\n\nActions you can call, best first:\n" + "\n".join(lines)
    return [Message("system", "rules"), Message("user", text)]


def went(messages: list[Message], reply: Reply, seen: Observation) -> list[Message]:
    """The messages after one more step."""
    return [*messages, prompts.assistant(reply), prompts.observed(seen)]


# --- reading --------------------------------------------------------------------------------


def test_messages_are_read_back() -> None:
    task = Task("What is\n\nthe mean?")
    said = prompts.opening(task, [("a b.csv", 1234)], [])
    messages = [prompts.system(), Message("user", said)]
    messages = went(messages, Reply("I try.", "x = 1\nprint(x)"), Observation(output="1\n"))
    failed = Observation(Ending.ERROR, "two\n", error=CellError("KeyError", "'a'", "Traceback"))
    messages = went(messages, Reply("Again.", "x['a']"), failed)
    found = read_messages(messages)
    assert (found.task, found.files) == ("What is\n\nthe mean?", ("a b.csv",))
    assert [(past.code, past.output, past.error) for past in found.past] == [
        ("x = 1\nprint(x)", "1", ""),
        ("x['a']", "two", "KeyError: 'a'"),
    ]


@pytest.mark.parametrize("output", ["None", "[]", "{}", "nan", "", "set()"])
def test_empty_output_is_no_answer(output: str) -> None:
    seen = went(opening("x"), Reply("", "print(x)"), Observation(output=output))
    assert read_messages(seen).past[0].is_empty


def test_zero_and_false_are_answers() -> None:
    for output in ("0", "False", "0.0"):
        seen = went(opening("x"), Reply("", "print(x)"), Observation(output=output))
        assert not read_messages(seen).past[0].is_empty


@pytest.mark.parametrize(
    ("line", "slots", "returns", "heads"),
    [
        (READ, ["path: str"], "list[dict[str, Any]]", []),
        (
            "- top_rows(rows: list[dict[str, int]], column: str, n: int = 1) -> list[str]  # At #1",
            ["rows: list[dict[str, int]]", "column: str", "n: int = 1"],
            "list[str]",
            ["max"],
        ),
        (
            "- f(a, *, kind: Literal['x', 'y'] = 'x')",
            ["a: Any", "kind: Literal['x', 'y'] = 'x'"],
            "Any",
            ["f"],
        ),
        (
            "- mean_of_filtered_column(path: str) -> float",
            ["path: str"],
            "float",
            ["mean", "filter"],
        ),
    ],
)
def test_lines_of_actions(line: str, slots: list[str], returns: str, heads: list[str]) -> None:
    offer = parse_offer(line)
    assert offer is not None
    told = [f"{s.name}: {s.type}" + (f" = {s.default}" if s.default else "") for s in offer.slots]
    assert (told, offer.returns, list(offer.heads)) == (slots, returns, heads)


@pytest.mark.parametrize("line", ["", "- no signature here", "- f(", "- sales.csv (12 bytes)"])
def test_other_lines_are_passed_over(line: str) -> None:
    assert read_offers([line]) == ()


@pytest.mark.parametrize(
    ("given", "wanted", "answer"),
    [
        ("int", "float", True),
        ("float", "int", False),
        ("list[int]", "list[float]", True),
        ("list[Any]", "list[float]", True),
        ("list[str]", "list[float]", False),
        ("list[str]", "Sequence[str]", True),
        ("Sequence[str]", "list[str]", False),
        ("str", "str | None", True),
        ("str | None", "str", True),
        ("None", "str", False),
        ("dict[str, int]", "Mapping[str, float]", True),
        ("Any", "Path", True),
        ("Path", "str", False),
        ("str", "list[str]", False),
        ("list", "list[str]", True),
        ("bool", "int", True),
        ("Optional[int]", "Union[float, str]", True),
    ],
)
def test_annotations(given: str, wanted: str, answer: bool) -> None:
    assert fits(given, wanted) is answer


@pytest.mark.parametrize(
    "family",
    [
        ["price", "prices", "priced"],
        ["city", "cities"],
        ["movie", "movies"],
        ["sort", "sorted", "sorting", "sorts"],
        ["filter", "filtered", "filtering"],
        ["box", "boxes"],
        ["average", "averages"],
    ],
)
def test_words_of_one_family(family: list[str]) -> None:
    assert len({stem(word) for word in family}) == 1


def test_phrases_name_one_concept() -> None:
    assert stem("count") in concepts(["how", "many"])
    # `least` alone would ask for the smallest.
    assert "min" not in concepts(["at", "least"])


def test_files_that_did_not_come() -> None:
    assert missing_files("Compare a.csv with b.csv", ["a.csv"]) == ["b.csv"]
    assert missing_files("See https://example.org/b.csv", []) == []


# --- searching ------------------------------------------------------------------------------


def test_search_is_bounded() -> None:
    """Many actions of many parameters and many numbers: an end comes, and soon."""
    lines = [f"- mean_{n}(a: int, b: int, c: int, d: int) -> int  # Mean." for n in range(30)]
    offers = read_offers(lines)
    text = "mean of " + " and ".join(str(n) for n in range(100, 130))
    view = view_task(text, (), (), offers)
    assert 0 < len(compositions(offers, view.literals)) <= MOST_NODES


# --- going on -------------------------------------------------------------------------------


def test_same_messages_same_reply() -> None:
    messages = opening("What is the mean of 3, 5 and 10?", MEAN)
    assert PlannerModel().reply(messages) == PlannerModel().reply(messages)


def answer(messages: list[Message]) -> tuple[list[Message], Reply]:
    """Steps over the looks to the first reply that computes or gives up."""
    reply = PlannerModel().reply(messages)
    while "find_actions(" in reply.code:
        messages = went(messages, reply, Observation())
        reply = PlannerModel().reply(messages)
    return messages, reply


def test_result_is_submitted() -> None:
    messages, reply = answer(opening("What is the mean of 3, 5 and 10?", MEAN))
    assert reply.code == "result = mean([3, 5, 10])\nprint(result)\n"
    final = PlannerModel().reply(went(messages, reply, Observation(output="6.0\n")))
    assert final.code == "submit_final_answer(result)"


@pytest.mark.parametrize(
    "seen",
    [
        Observation(Ending.ERROR, error=CellError("ValueError", "no", "Traceback")),
        Observation(output="None\n"),
        Observation(output="nan\n"),
    ],
    ids=["error", "none", "nan"],
)
def test_next_candidate_then_the_end(seen: Observation) -> None:
    messages, first = answer(opening("What is the mean of 3, 5 and 10?", MEAN, AVERAGE))
    messages = went(messages, first, seen)
    second = PlannerModel().reply(messages)
    assert {first.code.split("(")[0], second.code.split("(")[0]} == {
        "result = mean",
        "result = average",
    }
    last = PlannerModel().reply(went(messages, second, seen))
    assert (last.code, bool(last.gave_up)) == ("", True)


def test_lost_variables_are_no_answer() -> None:
    """The kernel died after the result was printed: the submission fails, nothing is made up."""
    messages, reply = answer(opening("What is the mean of 3, 5 and 10?", MEAN))
    messages = went(messages, reply, Observation(output="6.0\n"))
    submission = PlannerModel().reply(messages)
    lost = Observation(Ending.ERROR, error=CellError("NameError", "result", "Traceback"))
    assert PlannerModel().reply(went(messages, submission, lost)).gave_up


def test_two_readings_are_refused(tmp_path: Path) -> None:
    """Paris is where some live and others work: nothing says which is meant."""
    file = tmp_path / "people.csv"
    file.write_text("name,home,work\nAnn,Paris,Rome\nBob,Oslo,Paris\nCid,Paris,Oslo\n")
    played = Bench().play("How many people are in Paris?", [file])
    assert "read in two ways" in played.gave_up
    assert Bench().play("How many people have Paris as home?", [file]).answers == [2]


def test_a_missing_file_is_named() -> None:
    _, reply = answer(opening("What is the mean of 3, 5 and 10 in numbers.csv?", MEAN))
    assert reply.gave_up == "the task speaks of numbers.csv, which did not come with it"


def test_no_messages() -> None:
    assert PlannerModel().reply([]).gave_up


@pytest.mark.parametrize(
    "text", ["", " ", "```", "Task:", "\x00", "🎉" * 50, "a" * 1_900, "b" * 20_000, "1 " * 900]
)
def test_odd_tasks_end(text: str) -> None:
    assert answer(opening(text, MEAN))[1].gave_up or "1 " in text


# --- writing --------------------------------------------------------------------------------


WRITTEN = [
    ("What is the mean salary of people in Berlin?", "people.csv"),
    ("Total revenue by region", "sales.csv"),
    ("Top 3 students by math score", "students.csv"),
    ("How many lines in app.log contain ERROR?", "app.log"),
    ("What is the average price of the items in shop.json?", "shop.json"),
    ("Sort countries by area in descending order", "countries.csv"),
    ("Total revenue between 2024-02-01 and 2024-02-29", "sales.csv"),
]


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench()


@pytest.mark.parametrize(("task", "name"), WRITTEN)
def test_new_functions_are_worth_keeping(
    task: str, name: str, bench: Bench, tmp_path: Path
) -> None:
    played = bench.play(task, [write_files(tmp_path)[name]])
    tree = ast.parse(played.function)
    (function,) = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    arguments = function.args.args
    docs = ast.get_docstring(function) or ""
    assert all(argument.annotation for argument in arguments)
    assert function.returns is not None
    assert all(f"\n    {argument.arg}: " in docs for argument in arguments)
    assert "\n\nArgs:\n" in docs
    assert "\n\nReturns:\n" in docs
    assert len(docs.splitlines()[0]) < 80
    # Nothing of this task is left in the function: it came in as arguments.
    inside = ast.unparse(function)
    literals = [node.value for node in ast.walk(tree.body[-2]) if isinstance(node, ast.Constant)]
    assert name not in inside
    assert all(repr(value) not in inside for value in literals if isinstance(value, str) and value)


def test_a_saved_function_answers_the_next_task(tmp_path: Path) -> None:
    files = write_files(tmp_path)
    first = Bench().play("What is the mean salary of people in Berlin?", [files["people.csv"]])
    source, _, _ = first.function.partition("\n\nresult = ")
    name = next(line for line in source.splitlines() if line.startswith("def "))[4:].split("(")[0]
    folder = tmp_path / "actions" / "kept"
    folder.mkdir(parents=True)
    (folder / f"{name}.py").write_text(f'"""Kept."""\n\n{source}\n', encoding="utf-8")
    second = Bench(tmp_path / "actions").play(
        "Average revenue of the South region", [files["sales.csv"]]
    )
    assert second.function == ""
    assert second.codes[-2].startswith(f"result = {name}(path='sales.csv'")
    assert second.answers == [pytest.approx(1085.0)]


def test_a_name_that_is_taken_is_not_used() -> None:
    offers = read_offers([MEAN])
    view = view_task("mean of 3, 4", (), (), offers)
    node = compositions(offers, view.literals)[0]
    names = [function_name(node, [])]
    for _ in range(3):
        names.append(function_name(node, names))
    assert len(set(names)) == 4
    assert all(name.isidentifier() for name in names)
