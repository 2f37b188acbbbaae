"""`dynasaur run` with a model behind a real server on localhost, well and badly behaved."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.builders.chat_server import DROPPED, ChatServer, Output, Raw, Step, failure
from tests.builders.cli import Done, dynasaur

KEY = "sk-very-secret-0123456789"
LOOK = Step("I look.", "total = 1 + 1\nprint(total)")
SUBMIT = Step("I submit.", "submit_final_answer(total)")


@pytest.fixture
def library(tmp_path: Path) -> Path:
    assert dynasaur("init", tmp_path, cwd=tmp_path).code == 0
    return tmp_path


def run(library: Path, server: ChatServer) -> Done:
    environment = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": KEY}
    return dynasaur("run", "Add one and one", "--json", cwd=library, env=environment)


@pytest.mark.slow
@pytest.mark.parametrize("output", ["schema", "refuses", "ignores"])
def test_with_and_without_structured_output(library: Path, output: Output) -> None:
    with ChatServer([LOOK, SUBMIT], output=output) as server:
        done = run(library, server)
    assert (done.code, done.json["answer"]) == (0, 2), done.err
    assert done.json["usage"]["requests"] == len(server.chats)
    sent = [request.body["messages"] for request in server.chats]
    assert all(later[: len(earlier)] == earlier for earlier, later in pairwise(sent))
    assert "2" in sent[-1][-1]["content"]


@pytest.mark.slow
def test_each_step_has_its_misfortune(library: Path) -> None:
    look = [Step("I look.", f"total = {number}\nprint(total)") for number in (1, 2, 3)]
    answers: list[Step | Raw] = [
        failure(429, "slow down", retry_after="1"),
        look[0],
        DROPPED,
        look[1],
        Raw(200, "garbage"),
        look[2],
        Raw(200, '{"choices": []}'),
        SUBMIT,
    ]
    with ChatServer(answers) as server:
        done = run(library, server)
    assert (done.code, done.json["answer"], done.json["steps"]) == (0, 3, 4), done.err
    assert done.json["usage"]["requests"] == 8


@pytest.mark.parametrize(
    ("answer", "code", "line"),
    [
        (failure(401, f"Incorrect API key provided: {KEY}"), 2, "check OPENAI_API_KEY"),
        (failure(404, "no such model", "model_not_found"), 2, "has no model 'test'"),
        (failure(429, "quota", "insufficient_quota"), 1, "no credit left"),
    ],
)
def test_a_failure_is_one_line(library: Path, answer: Raw, code: int, line: str) -> None:
    with ChatServer([answer]) as server:
        done = run(library, server)
    said = done.out + done.err
    assert done.code == code
    assert (done.json["status"], done.json["steps"]) == ("failed", 0)
    assert line in done.json["reason"]
    (recorded,) = dynasaur("runs", "--json", cwd=library).json
    assert recorded["status"] == "failed"
    assert "Traceback" not in said
    assert KEY not in said
    assert not any(KEY.encode() in file.read_bytes() for file in files(library))


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
