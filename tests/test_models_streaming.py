"""Replies that stream, from a real server on localhost."""

from __future__ import annotations

import json

import pytest

from dynasaur.errors import ModelError
from dynasaur.models.apis.events import thought_of
from dynasaur.models.openai_model import OpenAIModel
from dynasaur.models.patience import Patience
from dynasaur.types import Image, Message
from tests.builders.chat_server import (
    ChatServer,
    Output,
    Raw,
    Step,
    completion,
    failure,
    streamed,
)
from tests.builders.ears import Heard

STEP = Step('I "print" so.', "print(1)")
TALK = (Message("user", "Print one."),)


def model(server: ChatServer, attempts: int = 3) -> OpenAIModel:
    patience = Patience(attempts=attempts, sleep=lambda _: None)
    return OpenAIModel("test", base_url=server.url, patience=patience)


@pytest.mark.parametrize("output", ["schema", "refuses", "ignores"])
def test_the_thought_is_told_as_it_comes(output: Output) -> None:
    ear = Heard()
    with ChatServer([STEP], output=output) as server:
        reply = model(server).reply(TALK, ear)
    assert (reply.thought, reply.code) == (STEP.thought, STEP.code)
    assert "".join(ear.pieces).strip() == STEP.thought
    assert len(ear.pieces) > 2
    assert reply.usage.prompt_tokens == 10
    assert server.chats[-1].body["stream"] is True


def test_without_a_listener_nothing_streams() -> None:
    with ChatServer([STEP]) as server:
        model(server).reply(TALK)
    assert "stream" not in server.chats[0].body


def test_a_server_that_ignores_the_wish_is_read_all_the_same() -> None:
    whole = completion(json.dumps({"thought": "t", "code": "x = 1"}))
    with ChatServer([whole]) as server:
        assert model(server).reply(TALK, Heard()).code == "x = 1"


def test_a_server_without_streams_is_asked_without() -> None:
    no = failure(400, "stream is not supported")
    with ChatServer([no, STEP, STEP]) as server:
        asked = model(server)
        assert [asked.reply(TALK, Heard()).code for _ in range(2)] == ["print(1)"] * 2
    assert ["stream" in request.body for request in server.chats] == [True, False, False]


def test_a_tool_call_whose_arguments_are_no_text_is_read() -> None:
    function = {"name": "step", "arguments": {"thought": "t", "code": "x = 1"}}
    delta = {"tool_calls": [{"index": 0, "function": function}]}
    event = json.dumps({"choices": [{"delta": delta, "finish_reason": "tool_calls"}]})
    with ChatServer([Raw(200, f"data: {event}\n\n", GOOD.headers)]) as server:
        reply = model(server).reply(TALK, Heard())
    assert (reply.thought, reply.code) == ("t", "x = 1")


def cut(answer: Raw, at: int) -> Raw:
    return Raw(200, answer.body[:at], answer.headers)


THINKS = json.dumps({"choices": [{"index": 0, "delta": {"reasoning_content": "I think"}}]})
GOOD = streamed(completion(json.dumps({"thought": "t" * 50, "code": "x = 1"})))


@pytest.mark.parametrize(
    "bad",
    [
        Raw(200, GOOD.body, GOOD.headers, drop=300),
        cut(GOOD, 400),
        Raw(200, "data: {half\n\n", GOOD.headers),
        Raw(200, 'data: {"error": {"message": "overloaded", "code": 503}}\n\n', GOOD.headers),
        Raw(200, "", GOOD.headers),
        Raw(200, f"data: {THINKS}\n\n", GOOD.headers),
    ],
    ids=["dropped", "ended", "malformed", "error", "empty", "thinking"],
)
def test_a_stream_that_breaks_is_asked_for_again(bad: Raw) -> None:
    ear = Heard()
    with ChatServer([bad, GOOD]) as server:
        assert model(server).reply(TALK, ear).code == "x = 1"
    assert len(ear.waits) == 1
    with ChatServer([bad] * 3) as server, pytest.raises(ModelError, match="gave up after 3"):
        model(server).reply(TALK, Heard())


@pytest.mark.parametrize(
    ("text", "thought"),
    [
        ("", ""),
        ('{"thou', ""),
        ('{"thought": "I \\"see', 'I "see'),
        ('{"thought": "half an escape \\', "half an escape "),
        ('{"thought": "done", "code": "x', "done"),
        ("I look.\n", "I look.\n"),
        ("I look.\n``", "I look.\n"),
        ("I look.\n```python\nx", "I look.\n"),
    ],
)
def test_the_thought_in_the_beginning_of_a_reply(text: str, thought: str) -> None:
    assert thought_of(text) == thought


def test_images_are_sent_as_data_urls() -> None:
    with ChatServer([STEP]) as server:
        model(server).reply([Message("user", "Look.", (Image("image/png", b"\x89PNG"),))])
    assert server.chats[0].body["messages"][0]["content"] == [
        {"type": "text", "text": "Look."},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}},
    ]
