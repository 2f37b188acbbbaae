"""What is done while the model is asked: it waits for the request to be out, and is never lost."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dynasaur.agent.meanwhile import Meanwhile
from dynasaur.errors import ModelError, StoreError
from dynasaur.models.openai_model import OpenAIModel
from dynasaur.models.patience import Patience
from dynasaur.types import Ear, Message
from tests.builders.chat_server import ChatServer, Request, Step, failure
from tests.builders.cli import dynasaur
from tests.builders.ears import Heard

TALK = (Message("user", "Print one."),)
STEP = Step("I print.", "print(1)")


@pytest.mark.parametrize("stream", [False, True])
def test_a_model_tells_that_its_request_is_out_before_the_answer_is_there(stream: bool) -> None:
    out = threading.Event()

    class Sent(Heard):
        wants_stream = stream

        def sent(self) -> None:
            out.set()

    def answer(_request: Request) -> Step:
        assert out.wait(20), "nobody said so"
        out.clear()
        return STEP

    with ChatServer([answer, answer], output="ignores") as server:
        model = OpenAIModel("test", base_url=server.url)
        for _ in range(2):  # the second one needs no new connection
            assert model.reply(TALK, Sent()).code == STEP.code


def test_who_asks_without_an_ear_is_told_nothing() -> None:
    told: list[str] = []

    class Sent(Ear):
        def sent(self) -> None:
            told.append("sent")

    with ChatServer([STEP, STEP], output="ignores") as server:
        model = OpenAIModel("test", base_url=server.url)
        model.reply(TALK, Sent())
        before = len(told)
        model.reply(TALK)
    assert before >= 1
    assert len(told) == before


def test_work_is_done_once_in_order_and_before_a_wait() -> None:
    done: list[int] = []
    meanwhile = Meanwhile(Heard())
    meanwhile.later(lambda: done.append(1))
    meanwhile.later(lambda: done.append(2))
    assert done == []
    meanwhile.waiting(1.0, "busy")
    assert done == [1, 2]
    meanwhile.now()
    assert done == [1, 2]
    meanwhile.later(lambda: done.append(3))
    meanwhile.now()
    assert done == [1, 2, 3]


def test_an_error_of_the_work_is_none_of_the_request() -> None:
    def fails() -> None:
        raise StoreError("the disk is full")

    meanwhile = Meanwhile(Heard())
    meanwhile.later(fails)
    with ChatServer([STEP], output="ignores") as server:
        reply = OpenAIModel("test", base_url=server.url).reply(TALK, meanwhile)
    assert reply.code == STEP.code
    with pytest.raises(StoreError, match="disk is full"):
        meanwhile.now()
    meanwhile.now()


def test_work_is_done_before_a_failing_endpoint_is_asked_again() -> None:
    done: list[str] = []
    with ChatServer([failure(503, "busy")] * 2, output="ignores") as server:
        patience = Patience(attempts=2, sleep=lambda _: done.append("slept"))
        model = OpenAIModel("test", base_url=server.url, patience=patience)
        meanwhile = Meanwhile(Heard())
        meanwhile.later(lambda: done.append("worked"))
        with pytest.raises(ModelError):
            model.reply(TALK, meanwhile)
    assert done == ["worked", "slept"]


def test_the_record_is_whole_while_the_model_is_asked(tmp_path: Path) -> None:
    library = tmp_path / "library"
    assert dynasaur("init", library, cwd=tmp_path).code == 0
    seen: list[int] = []

    def recorded() -> int:
        (file,) = (library / ".dynasaur/runs").glob("*/trajectory.json")
        return len(json.loads(file.read_text(encoding="utf-8"))["trajectory"])

    def after(steps: int, code: str) -> Callable[[Request], Step]:
        def answer(_request: Request) -> Step:
            until = time.monotonic() + 20
            while recorded() < steps and time.monotonic() < until:
                time.sleep(0.01)
            seen.append(recorded())
            return Step("Next.", code)

        return answer

    answers = [after(0, "x = 1"), after(1, "x += 1"), after(2, "submit_final_answer(x)")]
    with ChatServer(answers, output="ignores") as server:
        env = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "k"}
        done = dynasaur("run", "Count", "--model", "test", "-q", cwd=library, env=env)
    assert (done.code, done.out) == (0, "2\n")
    assert seen == [0, 1, 2]
