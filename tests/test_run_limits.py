"""Limits, repetition, windows, forms and approval of `dynasaur run`, through the command line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.builders.chat_server import ChatServer, Raw, Step, completion, failure
from tests.builders.cli import Done, dynasaur

ONE = Step("I look.", "print('a look')", prompt_tokens=400, completion_tokens=100)
SUBMIT = Step("I submit.", "submit_final_answer(2)")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    assert dynasaur("init", folder, cwd=folder).code == 0
    config = folder / ".home" / ".config" / "dynasaur"
    config.mkdir(parents=True)
    (config / "config.toml").write_text(
        "[models.priced]\nprice = [1000.0, 100.0, 2000.0]\n[models.small]\ncontext = 8192\n"
    )
    return folder


def run(
    library: Path, answers: Sequence[Step | Raw], *more: str | Path, model: str = "test"
) -> tuple[Done, ChatServer]:
    with ChatServer(answers) as server:
        environment = {
            "OPENAI_BASE_URL": server.url,
            "XDG_CONFIG_HOME": str(library / ".home/.config"),
        }
        done = dynasaur(
            "run",
            "Add one and one",
            "--json",
            "--model",
            model,
            *more,
            cwd=library,
            env=environment,
        )
    return done, server


def talks(server: ChatServer) -> list[list[dict[str, Any]]]:
    return [request.body["messages"] for request in server.chats]


def looks(count: int) -> list[Step]:
    return [
        Step("I look.", f"print('look {number}')", prompt_tokens=400, completion_tokens=100)
        for number in range(count)
    ]


def test_one_step_is_no_steps(library: Path) -> None:
    done, _ = run(library, looks(5), "--max-steps", "1")
    assert (done.code, done.json["reason"]) == (4, "no answer after 1 step; raise --max-steps")


@pytest.mark.parametrize(
    ("more", "model", "requests", "said"),
    [
        (("--max-tokens", "1400"), "test", 2, "1,000 of 1,400 tokens are used"),
        (("--max-cost", "1.3"), "priced", 2, "$1.2000 of $1.3 is spent"),
        (("--max-steps", "2"), "test", 2, "no answer after 2 steps"),
        (("--max-seconds", "0.000001"), "test", 0, "seconds are over; raise --max-seconds"),
    ],
)
def test_a_limit_ends_the_run_before_it_is_passed(
    library: Path, more: tuple[str, ...], model: str, requests: int, said: str
) -> None:
    done, server = run(library, looks(5), *more, model=model)
    assert (done.code, done.json["status"]) == (4, "unsolved"), done.err
    assert said in done.json["reason"]
    assert len(server.chats) == requests
    if requests:
        assert "The next step is the last" in talks(server)[-1][-1]["content"]
        assert "The next step is the last" not in talks(server)[0][-1]["content"]


def test_a_limit_holds_where_the_endpoint_counts_nothing(library: Path) -> None:
    uncounted = []
    for one in looks(9):
        whole = json.loads(completion(one.as_json).body)
        del whole["usage"]
        uncounted.append(Raw(200, json.dumps(whole)))
    done, server = run(library, uncounted, "--max-tokens", "3000")
    assert (done.code, done.json["status"]) == (4, "unsolved"), done.err
    sizes = [sum(len(message["content"]) for message in talk) for talk in talks(server)]
    assert 0.2 < done.json["usage"]["prompt_tokens"] / sum(sizes) < 0.4
    assert done.err.count("test does not say what it used; tokens are estimated") == 1


def test_an_answer_in_the_last_step_counts(library: Path) -> None:
    done, _ = run(library, [*looks(1), SUBMIT], "--max-steps", "2")
    assert (done.code, done.json["answer"]) == (0, 2)


@pytest.mark.slow
def test_what_is_left_is_told_in_the_last_steps_only(library: Path) -> None:
    _, server = run(library, [*looks(4), SUBMIT], "--max-steps", "6")
    told = [talk[-1]["content"] for talk in talks(server)]
    assert ["steps are left" in text for text in told] == [False, False, False, True, True]
    assert "3 steps are left." in told[3]


def test_each_request_begins_with_the_one_before_byte_for_byte(library: Path) -> None:
    _, server = run(library, [*looks(4), SUBMIT], "--max-steps", "6")
    sent = [json.dumps(talk)[:-1] for talk in talks(server)]
    assert all(later.startswith(earlier) for earlier, later in pairwise(sent))


def test_without_a_price_the_cost_cannot_be_limited(library: Path) -> None:
    done, server = run(library, [SUBMIT], "--max-cost", "1")
    assert (done.code, len(server.chats)) == (2, 0)
    assert "the price of test is not known" in done.err
    assert len(done.err.strip().splitlines()) == 1


def test_a_model_in_a_circle_is_nudged_then_stopped(library: Path) -> None:
    done, server = run(library, [ONE] * 9)
    assert (done.code, done.json["status"], len(server.chats)) == (1, "unsolved", 5)
    assert "repeats itself" in done.json["reason"]
    told = [talk[-1]["content"] for talk in talks(server)]
    assert ["in a row that the same code" in text for text in told] == [False] * 3 + [True, True]


@pytest.mark.slow
def test_back_and_forth_is_a_circle_too(library: Path) -> None:
    two = looks(2)
    done, server = run(library, two * 9)
    assert (done.code, len(server.chats)) == (1, 8)
    assert "back and forth" in done.json["reason"]
    assert "back and forth" in talks(server)[4][-1]["content"]


def test_a_conversation_that_outgrows_the_window_is_shortened(library: Path) -> None:
    long = [Step("I print.", f"print('{number} ' * 3000)", prompt_tokens=0) for number in range(6)]
    done, server = run(library, [*long, SUBMIT], model="small")
    assert done.code == 0, done.err
    sizes = [len(json.dumps(talk)) for talk in talks(server)]
    assert max(sizes) < 8192 * 4
    last = talks(server)[-1]
    assert last[1]["content"].startswith("Task:\nAdd one and one")
    assert "left out" in last[3]["content"]
    assert len(last[3]["content"]) < len(last[-1]["content"])


@pytest.mark.slow
def test_too_long_is_shortened_and_asked_once_more(library: Path) -> None:
    too_long = failure(400, "maximum context length is 4096 tokens", "context_length_exceeded")
    long = [Step("I print.", f"print('{n} ' * 2000)", prompt_tokens=0) for n in range(4)]
    done, server = run(library, [*long, too_long, SUBMIT])
    assert (done.code, done.json["answer"]) == (0, 2), done.err
    assert len(json.dumps(talks(server)[-1])) < len(json.dumps(talks(server)[-2]))
    done, _ = run(library, [*long, too_long, too_long])
    assert (done.code, done.json["steps"]) == (1, 4)
    assert "too long for test" in done.json["reason"]


SCHEMA = '{"type": "object", "required": ["sum"], "properties": {"sum": {"type": "integer"}}}'


def test_an_answer_that_does_not_fit_the_schema_is_mended_once(library: Path) -> None:
    good = Step("I mend.", "submit_final_answer({'sum': 2})")
    done, server = run(library, [SUBMIT, good], "--expect-json", SCHEMA)
    assert (done.code, done.json["answer"]) == (0, {"sum": 2}), done.err
    assert "Form of the answer:" in talks(server)[0][1]["content"]
    assert "2 is not of type 'object'" in talks(server)[1][-1]["content"]
    done, _ = run(library, [SUBMIT, SUBMIT], "--expect-json", SCHEMA)
    assert (done.code, done.json["status"]) == (1, "unsolved")
    assert "does not have the form" in done.json["reason"]


def test_words_for_the_form_cost_one_request_more(library: Path) -> None:
    shaped = Step("I shape.", "submit_final_answer('2.00')")
    done, server = run(library, [SUBMIT, shaped], "--answer-format", "two decimals")
    assert (done.code, done.json["answer"]) == (0, "2.00"), done.err
    assert "two decimals" in talks(server)[0][1]["content"]
    assert "Answer:\n2" in talks(server)[1][1]["content"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--expect-json", "{"), "--expect-json: this is not JSON"),
        (("--expect-json", "nowhere.json"), "--expect-json nowhere.json: cannot be read"),
        (("--expect-json", '{"type": "nothing"}'), "this is no JSON schema: at type"),
        (("--answer-format", " "), "--answer-format is empty"),
        (("--answer-format", "x", "--expect-json", "{}"), "give one of them"),
        (("--max-tokens", "0"), "max_tokens = 0: must be above zero"),
        (("--max-cost", "nan"), "max_cost = nan: must be above zero"),
    ],
)
def test_options_without_sense(library: Path, more: tuple[str, ...], said: str) -> None:
    done, server = run(library, [], *more)
    assert (done.code, len(server.chats)) == (2, 0)
    assert said in done.err


@pytest.mark.parametrize(
    ("approve", "code", "exit_code"),
    [
        ("writes", "open('x', 'w').write('x')", 3),
        ("writes", "!ls", 3),
        ("always", "print(1)", 3),
        ("writes", "print(1)\nsubmit_final_answer(1)", 0),
    ],
)
def test_without_a_person_what_needs_approval_is_blocked(
    library: Path, approve: str, code: str, exit_code: int
) -> None:
    done, _ = run(library, [Step("I do.", code)], "--approve", approve)
    assert done.code == exit_code, done.err
    if exit_code:
        assert "step 1 needs approval" in done.json["reason"]


def test_a_library_cannot_weaken_limits_or_approval(tmp_path: Path) -> None:
    assert dynasaur("init", tmp_path, cwd=tmp_path).code == 0
    for line in ("max_cost = 100.0", 'approve = "never"', "max_tokens = 5"):
        (tmp_path / "pyproject.toml").write_text(f"[tool.dynasaur]\n{line}\n")
        done = dynasaur("run", "x", cwd=tmp_path)
        assert (done.code, "a library cannot set" in done.err) == (2, True)


def test_the_nearest_agents_md_is_told_unless_switched_off(library: Path) -> None:
    (library / "AGENTS.md").write_text("Use metres. " + "x" * 40_000, encoding="utf-8")
    try:
        _, server = run(library, [SUBMIT])
        _, without = run(library, [SUBMIT], "--no-agents-md")
    finally:
        (library / "AGENTS.md").unlink()
    said = talks(server)[0][1]["content"]
    assert "Instructions of this project (AGENTS.md):\nUse metres." in said
    assert said.rstrip().endswith("(cut here: the file is longer)")
    assert len(said) < 40_000
    assert "metres" not in talks(without)[0][1]["content"]


@pytest.mark.slow
def test_a_link_out_of_the_project_is_not_followed(library: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a secret")
    (library / "AGENTS.md").symlink_to(tmp_path / "secret")
    try:
        _, server = run(library, [SUBMIT])
    finally:
        (library / "AGENTS.md").unlink()
    assert "a secret" not in json.dumps(talks(server)[0])


def test_the_planner_first_then_the_model(library: Path) -> None:
    with ChatServer([SUBMIT]) as server:
        environment = {"OPENAI_BASE_URL": server.url}
        task = "What is the greatest common divisor of 12 and 18?"
        done = dynasaur("run", task, "--json", "--reuse", cwd=library, env=environment)
        assert (done.code, done.json["answer"], server.chats) == (0, 6, []), done.err
        done = dynasaur("run", "Say hello", "--json", "--reuse", cwd=library, env=environment)
    assert (done.code, done.json["answer"], len(server.chats)) == (0, 2, 1), done.err
    assert len(talks(server)[0]) == 2
