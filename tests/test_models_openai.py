"""The OpenAI model against a real server on localhost."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from email.utils import formatdate
from itertools import pairwise
from pathlib import Path
from queue import SimpleQueue

import pytest

from dynasaur.errors import ConfigError, DynasaurError, ModelError
from dynasaur.models import openai_model
from dynasaur.models.endpoint import Endpoint
from dynasaur.models.openai_model import OpenAIModel
from dynasaur.models.patience import Patience
from dynasaur.models.providers import providers
from dynasaur.types import Manner, Message, ModelFacts, Usage
from tests.builders.answers import NO_FORMAT
from tests.builders.chat_server import (
    DROPPED,
    HALF,
    SLOW,
    ChatServer,
    Raw,
    Step,
    completion,
    failure,
)

KEY = "sk-very-secret-0123456789"
STEP = Step("I print.", "print(1)")
COOL = ModelFacts(manner=Manner(temperature=0.2))
TALK = (Message("system", "You write Python."), Message("user", "Print one."))


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def patience(waits: list[float]) -> Patience:
    return Patience(sleep=waits.append, chance=lambda: 0.0)


def model(server: ChatServer, patience: Patience, cache: Path | None = None) -> OpenAIModel:
    return OpenAIModel("test", base_url=server.url, api_key=KEY, cache=cache, patience=patience)


# --- the form of the answer -----------------------------------------------------------------


def test_structured_output_is_asked_for_and_read(patience: Patience) -> None:
    with ChatServer([STEP, STEP]) as server:
        asked = model(server, patience)
        replies = [asked.reply(TALK), asked.reply(TALK)]
    assert [(r.thought, r.code, r.problem) for r in replies] == [("I print.", "print(1)", "")] * 2
    assert replies[0].usage == Usage(1, 10, 5, cost=None)
    sent = server.chats[1].body
    assert sent["response_format"]["json_schema"]["schema"]["required"] == ["thought", "code"]
    assert sent["model"] == "test"
    assert set(sent) == {"model", "messages", "response_format"}


@pytest.mark.parametrize("status", [400, 422, 500])
def test_refused_structured_output_is_found_out_once(patience: Patience, status: int) -> None:
    refusal = failure(status, "Invalid parameter: 'response_format' is not supported")
    with ChatServer([refusal, STEP, STEP], output="ignores") as server:
        asked = model(server, patience)
        replies = [asked.reply(TALK), asked.reply(TALK)]
    assert [r.code for r in replies] == ["print(1)"] * 2
    assert [r.usage.requests for r in replies] == [2, 1]
    assert ["response_format" in r.body for r in server.chats] == [True, False, False]


def test_ignored_structured_output_is_found_out_once(patience: Patience) -> None:
    with ChatServer([STEP, STEP], output="ignores") as server:
        asked = model(server, patience)
        assert [asked.reply(TALK).code, asked.reply(TALK).code] == ["print(1)"] * 2
    assert ["response_format" in r.body for r in server.chats] == [True, False]


def test_a_bare_400_is_tried_without_the_schema(patience: Patience) -> None:
    with ChatServer([Raw(400, "Bad Request"), STEP], output="ignores") as server:
        assert model(server, patience).reply(TALK).code == "print(1)"


def test_what_was_found_out_is_remembered_on_disk(patience: Patience, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    with ChatServer([STEP, STEP, STEP], output="refuses") as server:
        model(server, patience, cache).reply(TALK)
        model(server, patience, cache).reply(TALK)
        OpenAIModel(
            "other", base_url=server.url, api_key=KEY, cache=cache, patience=patience
        ).reply(TALK)
    assert ["response_format" in r.body for r in server.chats] == [True, False, False, True, False]


def test_another_400_does_not_count_as_missing_structured_output(
    patience: Patience, tmp_path: Path
) -> None:
    too_long = failure(
        400, "This model's maximum context length is 8192 tokens", "context_length_exceeded"
    )
    with ChatServer([too_long, STEP]) as server:
        asked = model(server, patience, tmp_path)
        with pytest.raises(ModelError, match="too long for test"):
            asked.reply(TALK)
        assert list(tmp_path.iterdir()) == []
        assert asked.reply(TALK).code == "print(1)"
    assert ["response_format" in r.body for r in server.chats] == [True, True]


def test_output_that_did_not_fit_the_schema_is_asked_for_as_text(
    patience: Patience, tmp_path: Path
) -> None:
    misfit = failure(500, "The model produced output that does not match the expected format")
    with ChatServer([misfit, Step("t", "x = 1"), STEP]) as server:
        asked = model(server, patience, tmp_path)
        assert [asked.reply(TALK).code, asked.reply(TALK).code] == ["x = 1", "print(1)"]
    assert ["response_format" in request.body for request in server.chats] == [True, False, True]


def test_an_option_that_the_model_refuses_is_left_out(patience: Patience) -> None:
    refusal = failure(400, "Unsupported value: 'temperature' does not support 0.2 with this model")
    with ChatServer([refusal, STEP, STEP]) as server:
        asked = OpenAIModel(
            "test",
            base_url=server.url,
            facts=COOL,
            patience=patience,
        )
        assert [asked.reply(TALK).code, asked.reply(TALK).code] == ["print(1)"] * 2
    assert ["temperature" in request.body for request in server.chats] == [True, False, False]
    assert all("response_format" in request.body for request in server.chats)


@pytest.mark.parametrize("text", ["", "not json", "[]", '{"schema": 3, "time": 1}', "\x00"])
def test_a_broken_memory_costs_a_request_and_no_error(
    patience: Patience, tmp_path: Path, text: str
) -> None:
    with ChatServer([STEP, STEP], output="refuses") as server:
        model(server, patience, tmp_path).reply(TALK)
        (file,) = tmp_path.iterdir()
        file.write_text(text)
        assert model(server, patience, tmp_path).reply(TALK).code == "print(1)"


def test_an_old_memory_is_not_trusted(patience: Patience, tmp_path: Path) -> None:
    with ChatServer([STEP, STEP], output="refuses") as server:
        model(server, patience, tmp_path).reply(TALK)
        (file,) = tmp_path.iterdir()
        value = json.loads(file.read_text())
        file.write_text(json.dumps(value | {"time": value["time"] - 40 * 24 * 3600}))
        model(server, patience, tmp_path).reply(TALK)
    assert ["response_format" in r.body for r in server.chats] == [True, False, True, False]


def test_an_endpoint_that_gave_structured_output_is_not_doubted(
    patience: Patience, tmp_path: Path
) -> None:
    prose = completion("I have no idea.")
    with ChatServer([STEP, prose, STEP, Raw(400, "Bad Request")]) as server:
        asked = model(server, patience, tmp_path)
        assert [asked.reply(TALK).code for _ in range(3)] == ["print(1)", "", "print(1)"]
        with pytest.raises(ModelError, match="refuses the request"):
            asked.reply(TALK)
    assert ["response_format" in request.body for request in server.chats] == [True] * 4


def test_an_endpoint_that_no_longer_has_structured_output(
    patience: Patience, tmp_path: Path
) -> None:
    with ChatServer([STEP, NO_FORMAT, STEP, STEP]) as server:
        asked = model(server, patience, tmp_path)
        for _ in range(2):
            asked.reply(TALK)
        asked.reply(TALK)
    assert ["response_format" in r.body for r in server.chats] == [True, True, False, False]


@pytest.mark.parametrize("answer", [completion("{", "length"), completion(None), completion("")])
def test_half_an_answer_shows_nothing_of_the_endpoint(answer: Raw, patience: Patience) -> None:
    with ChatServer([answer, STEP]) as server:
        asked = model(server, patience)
        assert [asked.reply(TALK).code, asked.reply(TALK).code] == ["", "print(1)"]
    assert ["response_format" in request.body for request in server.chats] == [True, True]


def test_a_memory_that_cannot_be_written_is_no_error(patience: Patience, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with ChatServer([STEP]) as server:
        assert model(server, patience, tmp_path / "file" / "cache").reply(TALK).code == "print(1)"


def test_a_request_begins_with_the_one_before(patience: Patience) -> None:
    talk = [*TALK]
    with ChatServer([STEP] * 4, output="refuses") as server:
        asked = model(server, patience)
        for _ in range(4):
            reply = asked.reply(talk)
            talk += [Message("assistant", reply.thought), Message("user", "Observation: 1")]
    sent = [request.body["messages"] for request in server.chats]
    assert all(later[: len(earlier)] == earlier for earlier, later in pairwise(sent))
    assert [len(messages) for messages in sent] == [2, 2, 4, 6, 8]


def test_what_no_endpoint_takes_is_mended(patience: Patience) -> None:
    talk = [*TALK, Message("assistant", ""), Message("user", "caf\u00e9 \ud800")]
    with ChatServer([STEP]) as server:
        model(server, patience).reply(talk)
    sent = [message["content"] for message in server.chats[0].body["messages"]]
    assert sent[2:] == ["(empty)", "caf\u00e9 ?"]


# --- trying again ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad",
    [
        failure(429, "slow down"),
        failure(500, "oops"),
        failure(502),
        failure(503),
        failure(529, "overloaded"),
        failure(408),
        failure(409),
        DROPPED,
        HALF,
        Raw(200, "garbage"),
        Raw(200, '{"choices": []}'),
        Raw(200, '{"error": {"message": "upstream", "code": 502}}'),
    ],
    ids=lambda raw: f"{raw.status}-{raw.drop}-{raw.body[:12]}",
)
def test_what_may_pass_is_tried_again(bad: Raw, patience: Patience, waits: list[float]) -> None:
    with ChatServer([bad, bad, STEP]) as server:
        reply = model(server, patience).reply(TALK)
    assert reply.code == "print(1)"
    assert reply.usage.requests == 3
    assert waits == [0.75, 1.5]
    assert all("response_format" in request.body for request in server.chats)


def test_a_time_out_is_tried_again(patience: Patience, waits: list[float]) -> None:
    with ChatServer([SLOW, STEP]) as server:
        asked = OpenAIModel("test", base_url=server.url, seconds=0.2, patience=patience)
        assert asked.reply(TALK).code == "print(1)"
    assert len(waits) == 1


@pytest.mark.parametrize(
    ("header", "wait"),
    [("7", 7.0), ("0.5", 0.75), ("-3", 0.75), ("x", 0.75), ("nan", 0.75), ("120", 120.0)],
)
def test_retry_after_in_seconds(
    patience: Patience, waits: list[float], header: str, wait: float
) -> None:
    with ChatServer([failure(429, retry_after=header), STEP]) as server:
        model(server, patience).reply(TALK)
    assert waits == [wait]


def test_retry_after_as_a_date(patience: Patience, waits: list[float]) -> None:
    date = formatdate(time.time() + 60, usegmt=True)
    with ChatServer([failure(503, retry_after=date), STEP]) as server:
        model(server, patience).reply(TALK)
    assert 30 < waits[0] <= 60


@pytest.mark.parametrize(("header", "said"), [("3600", "3,600"), ("inf", "very many")])
def test_a_wait_that_is_too_long_is_an_error(
    patience: Patience, waits: list[float], header: str, said: str
) -> None:
    with (
        ChatServer([failure(429, "slow down", retry_after=header)]) as server,
        pytest.raises(ModelError, match=f"asks to wait {said} seconds"),
    ):
        model(server, patience).reply(TALK)
    assert waits == []


def test_attempts_are_bounded(patience: Patience, waits: list[float]) -> None:
    with (
        ChatServer([failure(503, "busy")] * 9) as server,
        pytest.raises(ModelError, match="HTTP 503: busy; gave up after 6 attempts"),
    ):
        model(server, patience).reply(TALK)
    assert waits == [0.75, 1.5, 3.0, 6.0, 12.0]


def test_the_whole_time_is_bounded(patience: Patience, waits: list[float]) -> None:
    ticks: Iterator[float] = iter(range(0, 10_000, 250))
    impatient = replace(patience, clock=lambda: next(ticks))
    with (
        ChatServer([failure(503, "busy")] * 9) as server,
        pytest.raises(ModelError, match="gave up after 750 seconds"),
    ):
        model(server, impatient).reply(TALK)
    assert len(waits) == 2


@pytest.mark.parametrize(
    ("bad", "line"),
    [
        (Raw(200, "garbage"), "answered with no chat completion: 'garbage'; gave up after 3"),
        (Raw(200, f"garbage {KEY}"), r"answered with no chat completion: 'garbage \[key\]'"),
        (Raw(200, '{"choices": []}'), "answered without a choice; gave up after 3 attempts"),
        (Raw(200, '{"choices": null}'), "answered without a choice; gave up after 3 attempts"),
        (Raw(200, '{"object": "list"}'), "answered with no chat completion"),
        (Raw(200, '{"error": "upstream"}'), "HTTP 502: upstream; gave up after 3 attempts"),
        (failure(429, "slow down"), "limits the rate of requests: slow down; gave up after 3"),
        (failure(408, "waited"), "timed out: waited; gave up after 3 attempts"),
        (failure(503), "failed with HTTP 503: it gives no reason; gave up after 3 attempts"),
        (DROPPED, "the connection to .* was lost; gave up after 3 attempts"),
        (HALF, "the connection to .* was lost; gave up after 3 attempts"),
    ],
    ids=lambda value: (
        f"{value.status}-{value.drop}-{value.body[:20]}" if isinstance(value, Raw) else ""
    ),
)
def test_what_does_not_pass_has_its_line(bad: Raw, line: str, patience: Patience) -> None:
    with ChatServer([bad] * 3) as server, pytest.raises(ModelError, match=line) as caught:
        model(server, replace(patience, attempts=3)).reply(TALK)
    assert len(server.chats) == 3
    assert KEY not in str(caught.value)


def test_time_outs_that_do_not_pass(patience: Patience) -> None:
    short = replace(patience, attempts=2)
    with ChatServer([SLOW, SLOW]) as server:
        asked = OpenAIModel("test", base_url=server.url, seconds=0.2, patience=short)
        with pytest.raises(ModelError, match=r"did not answer in 0\.2 seconds; gave up after 2"):
            asked.reply(TALK)


# --- what no second attempt can mend ---------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "kind", "line"),
    [
        (
            failure(401, f"Incorrect API key provided: {KEY}"),
            ConfigError,
            "does not accept the key: check OPENAI_API_KEY",
        ),
        (failure(403, "Project has no access"), ConfigError, "forbids the use of test"),
        (
            failure(404, "The model `test` does not exist", "model_not_found"),
            ConfigError,
            "has no model 'test'",
        ),
        (
            failure(404, 'model "test" not found, try pulling it first'),
            ConfigError,
            "has no model 'test'",
        ),
        (
            Raw(404, "<html>nginx</html>"),
            ConfigError,
            "check OPENAI_BASE_URL, which usually ends in /v1",
        ),
        (Raw(200, "<!doctype html><html>Hello</html>"), ConfigError, "answered with a web page"),
        (
            failure(429, "You exceeded your current quota", "insufficient_quota"),
            ModelError,
            "no credit left",
        ),
        (failure(400, "Too much", "context_length_exceeded"), ModelError, "too long for test"),
        (failure(402, "Pay"), ModelError, "no credit left"),
        (
            failure(400, "the request exceeds the available context size"),
            ModelError,
            "too long for test",
        ),
        (failure(400, "The response was filtered", "content_filter"), ModelError, "content filter"),
        (
            failure(400, "messages: roles must alternate"),
            ModelError,
            "refuses the request .HTTP 400.: messages: roles",
        ),
        (
            failure(501, "Not implemented"),
            ModelError,
            "refuses the request .HTTP 501.: Not implemented",
        ),
        (failure(500, "broken", x_should_retry="false"), ModelError, "HTTP 500: broken"),
    ],
    ids=lambda value: f"{value.status}-{value.body[:40]}" if isinstance(value, Raw) else "",
)
def test_each_failure_has_its_line(
    bad: Raw, kind: type[DynasaurError], line: str, patience: Patience, waits: list[float]
) -> None:
    with ChatServer([bad, bad]) as server, pytest.raises(kind, match=line) as caught:
        model(server, patience).reply(TALK)
    assert waits == []
    message = str(caught.value)
    assert "\n" not in message
    assert KEY not in message


def test_a_server_that_wants_a_key_and_got_none(patience: Patience) -> None:
    with ChatServer([failure(401, "no key")]) as server:
        asked = OpenAIModel("test", base_url=server.url, patience=patience)
        with pytest.raises(ConfigError, match="wants a key: set OPENAI_API_KEY"):
            asked.reply(TALK)


def test_no_server(patience: Patience, waits: list[float]) -> None:
    with ChatServer() as server:
        url = server.url
    with pytest.raises(ModelError, match="refuses connections: is the server running"):
        OpenAIModel("test", base_url=url, patience=patience).reply(TALK)
    assert len(waits) == 2


def test_no_such_host(patience: Patience, waits: list[float]) -> None:
    url = "http://no-such-host.invalid/v1"
    with pytest.raises(ModelError, match=r"no-such-host\.invalid cannot be resolved"):
        OpenAIModel("test", base_url=url, patience=patience).reply(TALK)
    assert len(waits) == 2


@pytest.mark.parametrize("url", ["localhost:8080/v1", "ftp://x/v1", "http://", "http://x:port/"])
def test_a_base_url_without_sense(url: str) -> None:
    with pytest.raises(ConfigError, match="OPENAI_BASE_URL"):
        OpenAIModel("test", base_url=url)


def test_a_key_without_sense() -> None:
    with pytest.raises(ConfigError, match="OPENAI_API_KEY holds characters"):
        OpenAIModel("test", api_key="schlüssel")


def test_credentials_in_the_url_are_not_shown(patience: Patience) -> None:
    with ChatServer([failure(501, "no")] * 2) as server:
        url = server.url.replace("http://", "http://ann:hunter2@") + "?token=hunter2"
        with pytest.raises(ModelError) as caught:
            OpenAIModel("test", base_url=url, patience=patience).reply(TALK)
    assert "hunter2" not in str(caught.value)


# --- answers that hold no code ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (completion(None), "it is empty"),
        (completion(""), "it is empty"),
        (completion("I do not know."), "no Python code block"),
        (completion('{"thought": "t", "code": "pri', "length"), "cut off at the length limit"),
        (completion(None, "length"), "cut off at the length limit"),
        (completion("Now:\n```python\nprint(", "length"), "cut off at the length limit"),
    ],
)
def test_a_reply_without_code_says_why(answer: Raw, problem: str, patience: Patience) -> None:
    with ChatServer([answer]) as server:
        reply = model(server, patience).reply(TALK)
    assert reply.code == ""
    assert problem in reply.problem


def test_a_refusal_gives_up(patience: Patience) -> None:
    with ChatServer([completion(None, refusal="I cannot help with that.")]) as server:
        reply = model(server, patience).reply(TALK)
    assert reply.gave_up == "the model refuses: I cannot help with that."
    for begun in (None, "I do it by"):
        with ChatServer([completion(begun, "content_filter")]) as server:
            reply = model(server, patience).reply(TALK)
        assert "content filter" in reply.gave_up


def test_reasoning_stands_in_for_a_thought(patience: Patience) -> None:
    answer = completion("```python\nprint(1)\n```", reasoning_content="I think so.")
    with ChatServer([answer]) as server:
        reply = model(server, patience).reply(TALK)
    assert (reply.thought, reply.code) == ("I think so.", "print(1)")


def test_content_in_parts_and_tool_calls(patience: Patience) -> None:
    parts = [{"type": "text", "text": "```python\n"}, {"type": "text", "text": "print(1)\n```"}]
    call = {"function": {"name": "python", "arguments": '{"code": "print(2)"}'}}
    with ChatServer([completion(parts), completion(None, tool_calls=[call])]) as server:
        asked = model(server, patience)
        assert [asked.reply(TALK).code, asked.reply(TALK).code] == ["print(1)", "print(2)"]


# --- keys, Azure, models ---------------------------------------------------------------------


def test_a_key_goes_to_its_own_base_url_only(
    patience: Patience, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with ChatServer([STEP]) as server:
        OpenAIModel("test", base_url=server.url, patience=patience).reply(TALK)
    assert KEY not in str(server.chats[0].headers)


def test_azure(patience: Patience) -> None:
    with ChatServer([STEP, failure(401, "Access denied")]) as server:
        asked = OpenAIModel(
            "my-gpt",
            base_url=server.host,
            api_key=KEY,
            api_version="2024-10-21",
            provider=providers()["azure"],
            patience=patience,
        )
        assert asked.name == "azure/my-gpt"
        assert asked.reply(TALK).code == "print(1)"
        with pytest.raises(ConfigError, match="AZURE_OPENAI_API_KEY"):
            asked.reply(TALK)
    sent = server.chats[0]
    assert sent.path == "/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21"
    assert sent.headers["api-key"] == KEY


def test_the_models_of_an_endpoint(patience: Patience) -> None:
    with ChatServer(models=("a", "b")) as server:
        assert Endpoint(server.url, KEY).models() == ("a", "b")
    with (
        ChatServer(models=failure(401, "no")) as server,
        pytest.raises(ConfigError, match="does not accept the key"),
    ):
        patience.ask(Endpoint(server.url, KEY).models)


def test_temperature_is_sent_only_when_given(patience: Patience) -> None:
    with ChatServer([STEP]) as server:
        OpenAIModel(
            "test",
            base_url=server.url,
            facts=COOL,
            patience=patience,
        ).reply(TALK)
    assert server.chats[0].body["temperature"] == 0.2


def test_nobody_sees_the_key(patience: Patience) -> None:
    with ChatServer() as server:
        assert KEY not in repr(model(server, patience))


# --- the start ------------------------------------------------------------------------------


def test_what_can_wait_is_done_once_the_first_request_is_out(
    patience: Patience, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai_model, "_FIRST_SECONDS", 60.0)
    out: SimpleQueue[bool] = SimpleQueue()
    with ChatServer([STEP]) as server:
        asked = model(server, patience)
        asked.warm_up(lambda: out.put(asked._endpoint.out.is_set()))
        asked.reply(TALK)
        assert out.get(timeout=60)


def test_what_can_wait_is_done_where_nothing_is_asked(
    patience: Patience, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai_model, "_FIRST_SECONDS", 0.0)
    out: SimpleQueue[bool] = SimpleQueue()
    with ChatServer([]) as server:
        asked = model(server, patience)
        asked.warm_up(lambda: out.put(asked._endpoint.out.is_set()))
        assert not out.get(timeout=60)
