"""Each way in which a model fails, through the command line against a real server.

Each has its exit code and one line; the work so far is kept, and the run goes on when it is
resumed: after each failure here the next command resumes the same run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.builders.answers import EVENTS, completion_of, response, streamed
from tests.builders.chat_server import (
    HALF,
    SLOW,
    Apis,
    ChatServer,
    Raw,
    Step,
    completion,
    failure,
)
from tests.builders.cli import Done, dynasaur
from tests.builders.terminal import on_a_terminal

KEY = "sk-very-secret-0123456789"
LOOK = Step("I look.", "kept = 41\nprint(kept)")
SUBMIT = Step("I submit.", "submit_final_answer(kept + 1)")


@dataclass(frozen=True)
class Case:
    """What a server does, and what the user is told."""

    answers: tuple[Raw, ...]
    code: int
    line: str
    options: tuple[str, ...] = ()


TOO_LONG = failure(
    400, "This model's maximum context length is 50 tokens", "context_length_exceeded"
)
BUSY = failure(429, "slow down")
IMPATIENT = ("--retries", "0")

KEYS_AND_MONEY = (
    Case((failure(401, f"Incorrect API key provided: {KEY}"),), 2, "check OPENAI_API_KEY"),
    Case((failure(403, "no access"),), 2, "forbids the use of test with this key"),
    Case((failure(404, "no such model", "model_not_found"),), 2, "has no model 'test'"),
    Case((failure(429, "quota", "insufficient_quota"),), 1, "no credit left at"),
    Case((failure(402, "pay first"),), 1, "no credit left at"),
)
WORDS = (
    Case((TOO_LONG,) * 2, 1, "the conversation is too long for test"),
    Case((failure(400, "stopped", "content_filter"),), 1, "the content filter of"),
    Case((completion(None, "content_filter"),), 1, "content filter stopped the reply"),
    Case((completion(None, refusal="I will not."),), 1, "the model refuses: I will not."),
    Case((completion("I have no idea."),) * 3, 1, "no valid code 3 times in a row"),
)
TIMES = (
    Case((BUSY,), 1, "limits the rate of requests: slow down", IMPATIENT),
    Case((BUSY,) * 2, 1, "slow down; gave up after 2 attempts", ("--retries", "1")),
    Case((failure(429, "later", retry_after="3600"),), 1, "asks to wait 3,600 seconds"),
    Case((SLOW,), 1, "did not answer in 0.4 seconds", ("--request-timeout", "0.4", *IMPATIENT)),
    Case((failure(503, "busy"),), 1, "failed with HTTP 503: busy", IMPATIENT),
)
LINES = (
    Case((HALF,), 1, "the connection to", IMPATIENT),
    Case((Raw(drop=0),), 1, "the connection to", IMPATIENT),
    Case((Raw(200, "garbage"),), 1, "answered with no chat completion: 'garbage'", IMPATIENT),
    Case((Raw(200, "<html>hello"),), 2, "answered with a web page: check OPENAI_BASE_URL"),
    Case((Raw(200, '{"choices": []}'),), 1, "answered without a choice", IMPATIENT),
)


def resumed(library: Path, cases: tuple[Case, ...], apis: Apis = "chat") -> None:
    """One run that fails in each of the ways, one after the other, and succeeds in the end."""
    words: tuple[str, ...] = ("run", "What comes after 41?", "--deliver", "none")
    answers: list[Step | Raw] = [LOOK]
    for case in cases:
        done = asked(library, (*words, *case.options), [*answers, *case.answers], apis)
        assert (done.code, done.out) == (case.code, ""), (case.line, done.err)
        (line,) = done.err.splitlines()
        assert line.startswith("dynasaur: ")
        assert case.line in line
        assert KEY not in done.err
        (run,) = dynasaur("runs", "--json", cwd=library).json
        assert run["steps"] >= 1
        words, answers = ("resume", "last"), []
    done = asked(library, words, [SUBMIT], apis)
    assert (done.code, done.out) == (0, "42\n"), done.err
    written = (one for one in library.rglob("*") if one.is_file())
    assert not any(KEY.encode() in one.read_bytes() for one in written)


def asked(library: Path, words: tuple[str, ...], answers: list[Step | Raw], apis: Apis) -> Done:
    with ChatServer(answers, apis=apis) as server:
        env = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": KEY, "DYNASAUR_API": apis}
        return dynasaur(*words, "-q", cwd=library, env=env)


@pytest.mark.parametrize(
    "cases",
    [KEYS_AND_MONEY, WORDS, TIMES, LINES],
    ids=["keys and money", "words", "times", "lines"],
)
def test_a_run_survives_each_failure(cases: tuple[Case, ...], tmp_path: Path) -> None:
    assert dynasaur("init", tmp_path, cwd=tmp_path).code == 0
    resumed(tmp_path, cases)


STREAM = streamed(completion('{"thought": "I look.", "code": "x = 1"}'))
RESPONSE = streamed(response())


@pytest.mark.parametrize(
    ("apis", "bad", "line"),
    [
        ("chat", Raw(200, STREAM.body, EVENTS, drop=300), "was lost in the middle"),
        ("chat", Raw(200, "data: {half\n\n", EVENTS), "a stream that cannot be read: '{half'"),
        ("responses", Raw(200, RESPONSE.body, EVENTS, drop=300), "was lost in the middle"),
    ],
    ids=["lost", "malformed", "lost response"],
)
def test_a_stream_that_breaks_on_a_terminal(
    apis: Apis, bad: Raw, line: str, tmp_path: Path
) -> None:
    assert dynasaur("init", tmp_path, cwd=tmp_path).code == 0
    with ChatServer([LOOK, bad], apis=apis) as server:
        env = {"OPENAI_BASE_URL": server.url, "DYNASAUR_API": apis, "DYNASAUR_RETRIES": "0"}
        words = ("run", "What comes after 41?", "--deliver", "none")
        shown = on_a_terminal(tmp_path, *words, columns=200, **env)
    assert line in " ".join(shown.split())
    assert "Traceback" not in shown
    assert all(request.body["stream"] for request in server.chats)
    (run,) = dynasaur("runs", "--json", cwd=tmp_path).json
    assert (run["status"], run["steps"]) == ("failed", 1)


def test_a_second_attempt_is_not_written_over(tmp_path: Path) -> None:
    """The spinner of the wait stops when the thought comes again."""
    assert dynasaur("init", tmp_path, cwd=tmp_path).code == 0
    whole = streamed(completion_of(Step("I look at it at last.", "submit_final_answer(1)"), "text"))
    broken = Raw(200, whole.body, EVENTS, drop=400)
    with ChatServer([broken, whole]) as server:
        words = ("run", "x", "--deliver", "none", "--retries", "1")
        shown = on_a_terminal(tmp_path, *words, OPENAI_BASE_URL=server.url)
    lines = re.sub(r"\x1b\[[0-?]*[ -/]*[@-~]", "", shown).splitlines()
    begun = next(line for line in lines if line.startswith("  I"))
    assert "I look at it at last.".startswith(begun.strip())
    assert begun != "  I look at it at last."
    assert "  (the reply broke off; it begins anew)" in lines
    assert "  I look at it at last." in lines


def test_who_mends_the_settings_is_told_how_to_go_on(tmp_path: Path) -> None:
    assert dynasaur("init", tmp_path, cwd=tmp_path).code == 0
    for answers, told in (([LOOK], True), ([], False)):
        with ChatServer([*answers, failure(401, "a bad key")]) as server:
            env = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "x"}
            done = dynasaur("run", "What?", "--deliver", "none", cwd=tmp_path, env=env)
        assert done.code == 2
        assert "check OPENAI_API_KEY (a bad key)" in done.err  # no letter of it is a secret
        assert ("go on: dynasaur resume" in done.err) is told


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    assert dynasaur("init", tmp_path, cwd=tmp_path).code == 0
    with ChatServer() as server:
        url = server.url
    for words in (("run", "x"), ("run", "x", "--model", "test")):
        env = {"OPENAI_BASE_URL": url, "DYNASAUR_RETRIES": "0"}
        done = dynasaur(*words, "-q", cwd=tmp_path, env=env)
        assert (done.code, done.out) == (1, "")
        (line,) = done.err.splitlines()
        assert "refuses connections: is the server running?" in line
