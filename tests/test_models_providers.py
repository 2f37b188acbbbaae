"""Named providers, each against a server on localhost that refuses what that provider refuses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from dynasaur.errors import ConfigError
from dynasaur.models.catalog import configured, resolve
from dynasaur.models.openai_model import OpenAIModel
from dynasaur.models.providers import Provider, providers
from dynasaur.types import Manner, Message
from tests.builders import providers as rules
from tests.builders.chat_server import ChatServer, Output, Rule, Step, way_of
from tests.builders.cli import dynasaur

STEP = Step("I submit.", "submit_final_answer(2)")
TALK = (Message("system", "You write Python."), Message("user", "Print one."))
MANNER = Manner(temperature=0.3, seed=7, max_output_tokens=900)

KEYS = {
    name: f"key-of-{provider.name}" for provider in providers().values() for name in provider.keys
}
KEYS["OPENAI_API_KEY"] = "key-of-openai"


@dataclass(frozen=True)
class Case:
    """A provider, what stands for it, and what it is asked in the end."""

    name: str
    rule: Rule | None
    requests: int
    way: str = "schema"
    output: Output = "schema"
    sent: tuple[str, ...] = ("temperature", "seed", "max_tokens")


CASES = (
    Case("anthropic", rules.anthropic, 1, "tool", sent=("temperature", "max_tokens")),
    Case("gemini", rules.gemini, 1, sent=("temperature", "max_tokens")),
    Case("mistral", rules.mistral, 1, sent=("temperature", "max_tokens")),
    Case("deepseek", rules.deepseek, 1, "tool", sent=("temperature", "max_tokens")),
    Case("openrouter", rules.openrouter, 2, "tool", output="tools"),
    Case("vllm", rules.vllm, 2),
    Case("ollama", None, 1),
    Case("llamacpp", None, 1),
    Case("lmstudio", None, 1),
    Case("huggingface", None, 3, "text", output="bare"),
    Case("groq", None, 1, sent=("temperature", "seed", "max_completion_tokens")),
    Case("xai", None, 1, sent=("temperature", "seed", "max_completion_tokens")),
    Case("azure", rules.azure, 2, sent=("seed", "max_completion_tokens")),
)
FIELDS = ("temperature", "seed", "max_tokens", "max_completion_tokens")


def environment(provider: Provider, server: ChatServer) -> dict[str, str]:
    """Every key that there is, and the provider's address."""
    url = server.host if provider.path or provider.name == "azure" else server.url
    return KEYS | {provider.urls[0]: url}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_provider_is_asked_as_it_wants(case: Case, tmp_path: Path) -> None:
    provider = providers()[case.name]
    with ChatServer([STEP] * 2, rule=case.rule, output=case.output) as server:
        environ = environment(provider, server)
        for _ in range(2):
            model = resolve(f"{case.name}/some/model", environ, cache=tmp_path, manner=MANNER)
            assert model.reply(TALK).code == STEP.code
    assert model.name == f"{case.name}/some/model"
    assert len(server.chats) == case.requests + 1
    for request in server.chats[-2:]:
        assert tuple(name for name in FIELDS if name in request.body) == case.sent
        assert request.body["model"] == "some/model"
        assert way_of(request) == case.way
    mine = f"key-of-{case.name}" if provider.keys else "none"
    for request in server.chats:
        headers = {name.lower(): value for name, value in request.headers.items()}
        heard = headers.get("api-key") or headers["authorization"]
        assert heard.removeprefix("Bearer ") == mine
        assert str(request.headers).count("key-of-") == bool(provider.keys)


def test_every_provider_has_a_case() -> None:
    assert {case.name for case in CASES} == set(providers())


def test_a_bound_that_is_needed_is_sent_where_none_is_given(tmp_path: Path) -> None:
    with ChatServer([STEP] * 3, rule=rules.anthropic) as server:
        environ = environment(providers()["anthropic"], server)
        resolve("anthropic/m", environ, cache=tmp_path).reply(TALK)
        hot = Manner(temperature=1.5)
        resolve("anthropic/m", environ, cache=tmp_path, manner=hot).reply(TALK)
        # the same behind an address that is nobody's: found out
        OpenAIModel("m", base_url=server.url).reply(TALK)
    first, second, *_, last = (request.body for request in server.chats)
    assert (first["max_tokens"], second["temperature"]) == (8_192, 1.0)
    assert last["max_tokens"] == 4_096


def test_a_system_message_that_is_refused_begins_the_task(tmp_path: Path) -> None:
    with ChatServer([STEP], rule=rules.vllm) as server:
        resolve("vllm/m", {"VLLM_BASE_URL": server.url}, cache=tmp_path).reply(TALK)
    assert server.chats[-1].body["messages"] == [
        {"role": "user", "content": "You write Python.\n\nPrint one."}
    ]


@pytest.mark.parametrize(
    ("name", "environ", "line"),
    [
        ("anthropic/claude", {}, "anthropic needs ANTHROPIC_API_KEY in the environment"),
        ("gemini/x", {"OPENAI_API_KEY": "k"}, "gemini needs GEMINI_API_KEY"),
        ("azure/x", {}, "azure needs AZURE_OPENAI_API_KEY and AZURE_OPENAI_ENDPOINT"),
        ("ollama/", {}, "name the ollama model"),
        ("vllm/x", {"VLLM_BASE_URL": "localhost"}, "VLLM_BASE_URL must be a URL"),
    ],
)
def test_what_is_missing_is_said(name: str, environ: dict[str, str], line: str) -> None:
    with pytest.raises(ConfigError, match=line):
        resolve(name, environ)


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("", "http://localhost:11434/v1"),
        ("box", "http://box:11434/v1"),
        ("box:1", "http://box:1/v1"),
        ("http://box:1", "http://box:1/v1"),
        ("https://box/ollama/v1", "https://box/ollama/v1"),
    ],
)
def test_the_address_of_ollama(value: str, url: str) -> None:
    assert providers()["ollama"].address({"OLLAMA_HOST": value}) == url


def test_a_router_keeps_the_names_of_its_models(tmp_path: Path) -> None:
    with ChatServer([STEP]) as server:
        model = resolve("anthropic/claude", {"OPENAI_BASE_URL": server.url}, cache=tmp_path)
        model.reply(TALK)
    assert (model.name, server.chats[0].body["model"]) == ("anthropic/claude",) * 2
    mine = {"OPENAI_BASE_URL": server.url, "ANTHROPIC_API_KEY": "k"}
    with ChatServer([STEP]) as other:
        asked = resolve("anthropic/claude", mine | {"ANTHROPIC_BASE_URL": other.url})
        asked.reply(TALK)
    assert other.chats[0].body["model"] == "claude"


def rows(environ: dict[str, str]) -> dict[str, str]:
    return {info.name: info.detail for info in configured(environ)}


def test_providers_are_listed_with_what_they_lack() -> None:
    bare = rows({})
    assert bare["anthropic/MODEL"] == "set ANTHROPIC_API_KEY"
    assert bare["azure/DEPLOYMENT"] == "set AZURE_OPENAI_API_KEY and AZURE_OPENAI_ENDPOINT"
    assert bare["ollama/MODEL"] == "where it runs on this machine"
    mine = rows({"ANTHROPIC_API_KEY": "k"})
    assert mine["anthropic/MODEL"] == ""
    assert list(mine).index("anthropic/MODEL") < list(mine).index("planner")


@pytest.mark.parametrize(
    ("name", "rule"), [("anthropic", rules.anthropic), ("gemini", rules.gemini)]
)
def test_a_run_with_a_named_provider(
    name: str, rule: Rule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert dynasaur("init", tmp_path, cwd=tmp_path).code == 0
    with ChatServer([STEP], rule=rule) as server:
        environ = environment(providers()[name], server)
        model = f"{name}/some-model"
        options = ("--temperature", "0.3", "--seed", "7", "--deliver", "none")
        done = dynasaur("run", "1 + 1?", "--model", model, *options, cwd=tmp_path, env=environ)
    assert (done.code, done.out) == (0, "2\n"), done.err
    assert f"model {model}" in done.err
    assert f"{model} does not take seed; it is left out" in done.err
    assert "key-of-" not in done.err
