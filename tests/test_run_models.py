"""`dynasaur run` and how the model is asked: options, settings, what a model does not take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.builders.answers import Raw, Request, Step, failure
from tests.builders.chat_server import Apis, ChatServer, Rule
from tests.builders.cli import Done, dynasaur

SUBMIT = Step("I submit.", "submit_final_answer(2)")
LOOK = Step("I look.", "x = 2\nprint(x)")
MANNER = ("temperature", "seed", "reasoning_effort", "max_tokens", "max_output_tokens", "reasoning")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    assert dynasaur("init", folder, cwd=folder).code == 0
    return folder


def run(
    library: Path, server: ChatServer, *options: str, env: dict[str, str] | None = None
) -> Done:
    environment = {"OPENAI_BASE_URL": server.url} | (env or {})
    return dynasaur(
        "run", "What is 1 + 1?", *options, "--deliver", "none", cwd=library, env=environment
    )


def manner(request: Request) -> dict[str, Any]:
    return {name: request.body[name] for name in MANNER if name in request.body}


ALL = ("--temperature=0", "--seed=7", "--reasoning-effort=low", "--max-output-tokens=900")


@pytest.mark.parametrize(
    ("apis", "sent"),
    [
        (
            "chat",
            {"temperature": 0.0, "seed": 7, "reasoning_effort": "low", "max_tokens": 900},
        ),
        (
            "responses",
            {"temperature": 0.0, "reasoning": {"effort": "low"}, "max_output_tokens": 900},
        ),
    ],
)
def test_what_is_asked_for_is_sent(library: Path, apis: Apis, sent: dict[str, Any]) -> None:
    with ChatServer([SUBMIT], apis=apis) as server:
        done = run(library, server, *ALL, "--api", apis)
    assert (done.code, done.out) == (0, "2\n"), done.err
    assert manner(server.chats[-1]) == sent
    assert ("test does not take seed; it is left out" in done.err) == (apis == "responses")


def test_what_is_not_asked_for_is_not_sent(library: Path) -> None:
    with ChatServer([SUBMIT]) as server:
        assert run(library, server).code == 0
    assert manner(server.chats[0]) == {}


def test_the_nearer_setting_wins(library: Path, tmp_path: Path) -> None:
    config = tmp_path / "config" / "dynasaur"
    config.mkdir(parents=True)
    (config / "config.toml").write_text(
        "temperature = 0.1\nseed = 1\nreasoning-effort = 'low'\nmax-output-tokens = 100\n"
        "[models.test]\ntemperature = 0.2\nseed = 2\nreasoning-effort = 'high'\n"
    )
    env = {"XDG_CONFIG_HOME": str(config.parent), "DYNASAUR_SEED": "3"}
    with ChatServer([SUBMIT]) as server:
        assert run(library, server, "--temperature", "0.4", env=env).code == 0
    expected = {"temperature": 0.4, "seed": 3, "reasoning_effort": "high", "max_tokens": 100}
    assert manner(server.chats[0]) == expected


def refusing(*names: str, words: str = "Unsupported parameter: '{}' is not supported") -> Rule:
    """Refuses the first of these fields that a request has, as reasoning models do."""

    def rule(request: Request) -> Raw | None:
        found = [name for name in names if name in request.body]
        return failure(400, words.format(found[0]), param=found[0]) if found else None

    return rule


def test_what_a_model_refuses_is_learned_once_and_told_once(library: Path) -> None:
    options = ("--temperature", "0.2", "--seed", "7", "--max-output-tokens", "900")
    with ChatServer([LOOK, SUBMIT, SUBMIT], rule=refusing("temperature", "max_tokens")) as server:
        first, second = (run(library, server, *options) for _ in range(2))
    assert (first.code, second.code) == (0, 0), first.err
    for done in (first, second):
        assert done.err.count("test does not take temperature; it is left out") == 1
        assert "does not take max_output_tokens" not in done.err
    sent = [manner(one) | {"new": one.body.get("max_completion_tokens")} for one in server.chats]
    learned = {"seed": 7, "new": 900}
    assert sent == [
        {"temperature": 0.2, "seed": 7, "max_tokens": 900, "new": None},
        {"seed": 7, "max_tokens": 900, "new": None},
        learned,
        learned,
        learned,
    ]


def test_an_option_that_is_not_sent_is_not_blamed(library: Path) -> None:
    words = "top_p must be between 0 and 1, as temperature"
    answers = [failure(400, "temperature is not supported", param="temperature")]
    with ChatServer([*answers, failure(400, words), failure(400, words)]) as server:
        done = run(library, server, "--temperature", "0.2", "-q")
        assert (done.code, len(server.chats)) == (1, 3)
    assert "give another --temperature" not in done.err
    assert words in done.err


@pytest.mark.parametrize(
    ("option", "words", "line"),
    [
        (
            ("--temperature", "1.9"),
            "temperature must be between 0 and 1.5",
            "test does not take temperature = 1.9: give another --temperature",
        ),
        (
            ("--max-output-tokens", "90000"),
            "max_tokens is too large: 90000. This model supports at most 16384 completion tokens",
            "test does not take max_output_tokens = 90000: give another --max-output-tokens",
        ),
        (
            ("--reasoning-effort", "xhigh"),
            "Unsupported value: 'reasoning_effort'. Supported values are: 'low' and 'high'.",
            "test does not take reasoning_effort = xhigh: give another --reasoning-effort",
        ),
    ],
)
def test_a_value_that_the_model_does_not_take_is_told_and_not_learned(
    library: Path, option: tuple[str, str], words: str, line: str
) -> None:
    with ChatServer([failure(400, words)]) as server:
        done = run(library, server, *option, "-q")
        assert (done.code, done.out) == (2, "")
        assert line in done.err
        assert words[:40] in done.err
        assert len(server.chats) == 1
    with ChatServer([SUBMIT]) as server:
        name = option[0].strip("-").replace("-", "_").replace("output_", "")
        assert run(library, server, option[0], "1").code == 0
        assert name in server.chats[0].body


@pytest.mark.parametrize(
    ("option", "line"),
    [
        (("--temperature", "3"), "0<=x<=2"),
        (("--seed", "-1"), "x>=0"),
        (("--seed", "x"), "not a valid integer"),
        (("--max-output-tokens", "0"), "x>=1"),
        (("--reasoning-effort", "very hard"), "must be a word, such as low or high"),
        (("--api", "soap"), "'auto', 'chat', 'responses'"),
    ],
)
def test_an_option_without_sense_is_refused(
    library: Path, option: tuple[str, str], line: str
) -> None:
    done = dynasaur("run", "x", *option, cwd=library)
    assert done.code == 2
    assert line in done.err


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("temperature = 3", "models.test: temperature = 3: must be from 0 to 2"),
        ("api = 'soap'", "models.test: api = 'soap': must be one of auto, chat, responses"),
        ("tempreature = 1", "models.test: unknown key 'tempreature'; known are context, price"),
    ],
)
def test_a_table_without_sense_is_refused(
    library: Path, tmp_path: Path, table: str, line: str
) -> None:
    config = tmp_path / "config" / "dynasaur"
    config.mkdir(parents=True)
    (config / "config.toml").write_text(f"[models.test]\n{table}\n")
    with ChatServer([SUBMIT]) as server:
        done = run(library, server, env={"XDG_CONFIG_HOME": str(config.parent)})
    assert done.code == 2
    assert line in done.err


def test_an_evaluation_asks_in_its_manner_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "tasks.jsonl"
    file.write_text('{"question": "What is 1 + 1?", "answer": "2", "scorer": "number"}\n')
    config = tmp_path / "config" / "dynasaur"
    config.mkdir(parents=True)
    (config / "config.toml").write_text("[models.test]\nmax-output-tokens = 700\n")
    with ChatServer([SUBMIT]) as server:
        env = {"OPENAI_BASE_URL": server.url, "XDG_CONFIG_HOME": str(config.parent)}
        options = ("--seed", "3", "--temperature", "0.5", "--reasoning-effort", "low")
        done = dynasaur("eval", "tasks", file, *options, "-o", "out", cwd=tmp_path, env=env)
    assert done.code == 0, done.err
    expected = {"temperature": 0.5, "seed": 3, "reasoning_effort": "low", "max_tokens": 700}
    assert manner(server.chats[0]) == expected
    plan = json.loads((tmp_path / "out" / "manifest.json").read_text())["plan"]
    assert (plan["reasoning_effort"], plan["max_output_tokens"]) == ("low", 700)


@pytest.mark.parametrize(
    ("named", "kind", "endpoint"),
    [
        ("anthropic/claude", "anthropic", "https://api.anthropic.com/v1"),
        ("scripted:x.json", "scripted", ""),
        ("gpt-9", "openai", "https://api.openai.com/v1"),
    ],
)
def test_the_model_of_a_setting_is_listed_where_it_is(
    library: Path, named: str, kind: str, endpoint: str
) -> None:
    keys = {"OPENAI_API_KEY": "k", "ANTHROPIC_API_KEY": "k", "DYNASAUR_MODEL": named}
    rows = dynasaur("models", "--json", cwd=library, env=keys).json
    (chosen,) = [one for one in rows if one["chosen"]]
    assert (chosen["name"], chosen["kind"], chosen["endpoint"]) == (named, kind, endpoint)
    details = {one["name"]: one["detail"] for one in rows}
    assert details["gemini/MODEL"] == "set GEMINI_API_KEY"
    assert details["anthropic/MODEL"] == ""
