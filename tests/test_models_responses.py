"""The Responses API, and the tool call: against a real server that speaks as OpenAI's types say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk, completion_create_params
from openai.types.responses import Response, ResponseStreamEvent, response_create_params
from pydantic import TypeAdapter

from dynasaur.errors import ConfigError, ContextError, ModelError
from dynasaur.models.openai_model import OpenAIModel
from dynasaur.models.patience import Patience
from dynasaur.types import Api, Image, Manner, Message, ModelFacts, Usage
from tests.builders.answers import (
    EVENTS,
    completion_of,
    response,
    response_of,
    said,
    thought,
)
from tests.builders.chat_server import (
    Apis,
    ChatServer,
    Output,
    Raw,
    Step,
    completion,
    failure,
    streamed,
    way_of,
)
from tests.builders.ears import Heard

STEP = Step('I "print" so.', "print(1)", 100, 50, cached_tokens=60, reasoning_tokens=30)
TALK = (Message("system", "You write Python."), Message("user", "Print one."))
IMAGE = Image("image/png", b"\x89PNG")
WAYS = ("schema", "tool", "text")


def model(
    server: ChatServer,
    api: Api = "auto",
    cache: Path | None = None,
    manner: Manner = Manner(),  # noqa: B008
) -> OpenAIModel:
    return OpenAIModel(
        "test",
        base_url=server.url,
        cache=cache,
        patience=Patience(attempts=3, sleep=lambda _: None),
        facts=ModelFacts(manner=manner.over(Manner(api=api))),
    )


# --- the server speaks as the real one does --------------------------------------------------


def events(stream: Raw) -> list[object]:
    lines = [line[6:] for line in stream.body.splitlines() if line.startswith("data: ")]
    return [json.loads(line) for line in lines if line != "[DONE]"]


@pytest.mark.parametrize("way", WAYS)
def test_the_server_speaks_as_the_real_one(way: str) -> None:
    ChatCompletion.model_validate_json(completion_of(STEP, way).body, strict=True)
    for chunk in events(streamed(completion_of(STEP, way))):
        ChatCompletionChunk.model_validate(chunk)
    Response.model_validate_json(response_of(STEP, way).body)
    event = TypeAdapter[object](ResponseStreamEvent)
    kinds = [
        type(event.validate_python(one)).__name__
        for one in events(streamed(response_of(STEP, way)))
    ]
    assert kinds[0] == "ResponseCreatedEvent"
    assert kinds[-1] == "ResponseCompletedEvent"
    assert any("DeltaEvent" in kind for kind in kinds)


@pytest.mark.parametrize("output", ["schema", "tools", "bare"])
@pytest.mark.parametrize("apis", ["chat", "responses"])
def test_requests_are_what_the_real_one_takes(apis: Apis, output: Output) -> None:
    talk = (*TALK, Message("assistant", "I look."), Message("user", "Seen.", (IMAGE,)))
    params = {
        "chat": completion_create_params.CompletionCreateParamsStreaming,
        "responses": response_create_params.ResponseCreateParamsStreaming,
    }[apis]
    with ChatServer([STEP], apis=apis, output=output) as server:
        manner = Manner(0.5, None, "low", 99, "chat" if apis == "chat" else "responses")
        model(server, manner=manner).reply(talk, Heard())
    check = TypeAdapter[object](params)
    for request in server.chats:
        check.validate_python(request.body)
        assert request.body.keys() <= params.__annotations__.keys()


# --- replies ----------------------------------------------------------------------------------


@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize("output", ["schema", "tools", "bare", "ignores"])
@pytest.mark.parametrize("apis", ["chat", "responses"])
def test_each_form_is_read_by_both_apis(apis: Apis, output: Output, streams: bool) -> None:
    ear = Heard()
    with ChatServer([STEP, STEP], apis=apis, output=output) as server:
        asked = model(server)
        replies = [asked.reply(TALK, ear if streams else None) for _ in range(2)]
    assert [(one.thought, one.code) for one in replies] == [(STEP.thought, STEP.code)] * 2
    usage = replies[-1].usage
    assert usage == Usage(usage.requests, 100, 50, 60, None, 30)
    if streams:
        assert "".join(ear.pieces).replace("\n", "") == STEP.thought * 2
        assert len(ear.pieces) > 4


@pytest.mark.parametrize(
    ("output", "ways"),
    [
        ("schema", ["schema", "schema", "schema"]),
        ("tools", ["schema", "tool", "tool", "tool"]),
        ("bare", ["schema", "tool", "text", "text", "text"]),
        ("refuses", ["schema", "tool", "text", "text"]),
        ("ignores", ["schema", "tool", "text"]),
    ],
)
@pytest.mark.parametrize("apis", ["chat", "responses"])
def test_the_form_is_found_once_and_remembered(
    apis: Apis, output: Output, ways: list[str], tmp_path: Path
) -> None:
    with ChatServer([STEP] * 3, apis=apis, output=output) as server:
        api: Api = "chat" if apis == "chat" else "responses"
        for _ in range(3):
            assert model(server, api, tmp_path).reply(TALK).code == STEP.code
    assert [way_of(request) for request in server.chats] == ways


def test_a_tool_call_may_come_with_words() -> None:
    function = {"name": "step", "arguments": '{"code": "print(1)"}'}
    call = {"id": "c", "type": "function", "function": function}
    answer = completion("I print.", "tool_calls", tool_calls=[call, call])
    with ChatServer([answer], output="tools") as server:
        reply = model(server).reply(TALK)
    assert (reply.thought, reply.code) == ("I print.", "print(1)")


def test_a_tool_call_that_failed_is_asked_for_as_text() -> None:
    failed = failure(400, "Failed to call a function.", "tool_use_failed")
    with ChatServer([failed, STEP, STEP], output="tools") as server:
        asked = model(server)
        assert [asked.reply(TALK).code for _ in range(2)] == [STEP.code] * 2
    assert [way_of(request) for request in server.chats] == ["schema", "tool", "text", "tool"]


def test_images_go_by_the_responses_api() -> None:
    with ChatServer([STEP], apis="responses") as server:
        model(server, "responses").reply([Message("user", "Look.", (IMAGE,))])
    (sent,) = server.chats
    assert sent.body["input"][0]["content"] == [
        {"type": "input_text", "text": "Look."},
        {
            "type": "input_image",
            "image_url": "data:image/png;base64,iVBORw==",
            "detail": "auto",
        },
    ]
    assert {one["type"] for one in sent.body["input"]} == {"message"}
    assert sent.body["store"] is False


def test_what_was_thought_stands_in_for_a_thought() -> None:
    answer = response(thought("I think so."), said("```python\nprint(1)\n```"))
    with ChatServer([answer], apis="responses") as server:
        reply = model(server, "responses").reply(TALK)
    assert (reply.thought, reply.code) == ("I think so.", "print(1)")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (response(said("", refusal="I will not.")), "the model refuses: I will not."),
        (response(status="incomplete", reason="content_filter"), "content filter stopped"),
        (response(said('{"th'), status="incomplete", reason="max_output_tokens"), "cut off at"),
        (response(), "it is empty"),
    ],
)
def test_a_response_without_code_says_why(answer: Raw, words: str) -> None:
    with ChatServer([answer], apis="responses") as server:
        reply = model(server, "responses").reply(TALK)
    assert words in reply.gave_up + reply.problem


# --- which API --------------------------------------------------------------------------------


@pytest.mark.parametrize("apis", ["both", "responses"])
def test_a_model_of_the_responses_api_alone_is_found(apis: Apis, tmp_path: Path) -> None:
    with ChatServer([STEP] * 2, apis=apis) as server:
        for _ in range(2):
            assert model(server, cache=tmp_path).reply(TALK).code == STEP.code
    paths = [request.path.rpartition("/")[2] for request in server.chats]
    assert paths == ["completions", "responses", "responses"]


def test_a_router_that_is_busy_after_its_refusal_is_asked_again() -> None:
    """LiteLLM lets a model rest after an error: the next request is told to wait."""
    with ChatServer([failure(429, "Try again in 5 seconds"), STEP], apis="both") as server:
        assert model(server).reply(TALK).code == STEP.code
    paths = [request.path.rpartition("/")[2] for request in server.chats]
    assert paths == ["completions", "responses", "responses"]


def test_an_api_that_is_asked_for_is_not_changed() -> None:
    with (
        ChatServer([STEP], apis="both") as server,
        pytest.raises(ConfigError, match="by the Responses API: use --api responses"),
    ):
        model(server, "chat").reply(TALK)
    with (
        ChatServer([STEP]) as server,
        pytest.raises(ConfigError, match="has no responses there: check OPENAI_BASE_URL"),
    ):
        model(server, "responses").reply(TALK)
    assert len(server.chats) == 1


def test_an_endpoint_with_neither_says_so_of_the_usual_one() -> None:
    nothing = Raw(404, "nothing here")
    with (
        ChatServer(rule=lambda _: nothing) as server,
        pytest.raises(ConfigError, match="has no chat completions there: check OPENAI_BASE_URL"),
    ):
        model(server).reply(TALK)


# --- what goes wrong --------------------------------------------------------------------------

WHOLE = streamed(response_of(STEP, "schema"))
OVERLOADED = {"code": "server_error", "message": "overloaded"}
LIMITED = {"code": "rate_limit_exceeded", "message": "slow down"}


def event(**fields: object) -> Raw:
    return Raw(200, f"data: {json.dumps(fields)}\n\n", EVENTS)


@pytest.mark.parametrize(
    ("bad", "line"),
    [
        (Raw(200, WHOLE.body, EVENTS, drop=900), "lost in the middle; gave up after 3"),
        (Raw(200, WHOLE.body[:1200], EVENTS), "lost in the middle; gave up after 3"),
        (Raw(200, "data: {half\n\n", EVENTS), "sent a stream that cannot be read: '{half'"),
        (Raw(200, "", EVENTS), "lost in the middle; gave up after 3"),
        (event(type="error", **OVERLOADED, param=None), "HTTP 502: overloaded; gave up after 3"),
        (streamed(response(status="failed", error=OVERLOADED)), "HTTP 502: overloaded"),
        (streamed(response(status="failed", error=LIMITED)), "limits the rate of requests: slow"),
    ],
    ids=["dropped", "ended", "malformed", "empty", "error", "failed", "limited"],
)
def test_a_stream_that_breaks_is_asked_for_again(bad: Raw, line: str) -> None:
    ear = Heard()
    with ChatServer([bad, STEP], apis="responses") as server:
        assert model(server, "responses").reply(TALK, ear).code == STEP.code
    assert len(ear.waits) == 1
    with ChatServer([bad] * 3, apis="responses") as server, pytest.raises(ModelError, match=line):
        model(server, "responses").reply(TALK, Heard())


@pytest.mark.parametrize(
    ("bad", "kind", "line"),
    [
        (failure(401, "no"), ConfigError, "wants a key: set OPENAI_API_KEY"),
        (failure(404, "gone", "model_not_found"), ConfigError, "has no model 'test'"),
        (failure(429, "quota", "insufficient_quota"), ModelError, "no credit left"),
        (failure(400, "Too much", "context_length_exceeded"), ContextError, "too long for test"),
        (failure(400, "no", "content_filter"), ModelError, "content filter"),
        (response(status="failed", error={"code": "x", "message": "no"}), ModelError, "HTTP 502"),
        (Raw(200, '{"object": "response"}'), ModelError, "answered with no response"),
        (Raw(200, '{"output": null}'), ModelError, "answered without a choice"),
    ],
)
def test_failures_of_the_responses_api(bad: Raw, kind: type[ModelError], line: str) -> None:
    with ChatServer([bad] * 3, apis="responses") as server, pytest.raises(kind, match=line):
        model(server, "responses").reply(TALK)
