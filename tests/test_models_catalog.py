from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from dynasaur.errors import ConfigError
from dynasaur.models.catalog import DEFAULT_MODEL, configured, resolve
from dynasaur.models.openai_model import OpenAIModel
from dynasaur.types import Message
from tests.builders.chat_server import ChatServer, Raw, Step, failure

KEY = "sk-secret"
AZURE = {"AZURE_OPENAI_API_KEY": KEY, "AZURE_OPENAI_ENDPOINT": "https://me.openai.azure.com"}
OLD_AZURE = {"AZURE_API_KEY": KEY, "AZURE_ENDPOINT": "https://me.openai.azure.com/"}
OPENAI = {"OPENAI_API_KEY": KEY}
TALK = (Message("user", "Print one."),)
STEP = Step("I print.", "print(1)")


@pytest.mark.parametrize(
    ("name", "environ", "expected"),
    [
        ("planner", {}, "planner"),
        ("planner", OPENAI, "planner"),
        (None, {}, "planner"),
        ("", {"OPENAI_API_KEY": " "}, "planner"),
        (None, OPENAI, DEFAULT_MODEL),
        (None, OPENAI | {"OPENAI_BASE_URL": "https://api.openai.com/v1"}, DEFAULT_MODEL),
        ("gpt-9", OPENAI, "gpt-9"),
        ("llama3:8b", {"OPENAI_BASE_URL": "http://localhost:11434/v1"}, "llama3:8b"),
        ("azure/my-gpt", AZURE, "azure/my-gpt"),
        ("azure/my-gpt", OLD_AZURE | {"AZURE_API_VERSION": "2025-01-01"}, "azure/my-gpt"),
    ],
)
def test_a_name_stands_for_a_model(
    name: str | None, environ: dict[str, str], expected: str, tmp_path: Path
) -> None:
    assert resolve(name, environ, cache=tmp_path).name == expected


@pytest.mark.parametrize(
    ("name", "environ", "line"),
    [
        ("gpt-9", {}, "set OPENAI_API_KEY for OpenAI, OPENAI_BASE_URL"),
        ("gpt-9", AZURE, "or say azure/gpt-9"),
        ("azure/gpt", {}, "needs AZURE_OPENAI_API_KEY and AZURE_OPENAI_ENDPOINT"),
        ("azure/gpt", OPENAI, "needs AZURE_OPENAI_API_KEY and AZURE_OPENAI_ENDPOINT"),
        ("azure/gpt", {"AZURE_API_KEY": KEY}, "needs AZURE_OPENAI_ENDPOINT in"),
        ("azure/", AZURE, "name the azure deployment"),
        (None, AZURE, "--model azure/DEPLOYMENT"),
        ("scripted:", {}, "scripted:FILE"),
        ("scripted:none.json", {}, "cannot read the script"),
        ("m", {"OPENAI_BASE_URL": "localhost"}, "must be a URL"),
    ],
)
def test_what_is_missing_is_said(name: str | None, environ: dict[str, str], line: str) -> None:
    with pytest.raises(ConfigError, match=line):
        resolve(name, environ)


def test_a_script_is_a_model(tmp_path: Path) -> None:
    file = tmp_path / "replies.json"
    file.write_text(json.dumps([{"thought": "t", "code": "x"}]))
    assert resolve(f"scripted:{file}", {}).reply(TALK).code == "x"


@pytest.mark.parametrize("variable", ["OPENAI_BASE_URL", "OPENAI_API_BASE"])
def test_a_server_without_a_key_and_a_name(variable: str, tmp_path: Path) -> None:
    with ChatServer([STEP], models=("nomic-embed-text", "llama")) as server:
        model = resolve(None, {variable: server.url}, cache=tmp_path)
        assert model.name == "llama"
        assert model.reply(TALK).code == "print(1)"
    assert list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("models", "line"),
    [
        ((), "lists no models: name one with --model"),
        (("a", "b"), "has 2 models, name one with --model: a, b$"),
        ([f"m{n}" for n in range(400)], r"has 400 models, .*: m0, .*, m7, \.\.\.$"),
    ],
)
def test_a_server_with_none_or_many_models(models: Sequence[str], line: str) -> None:
    with ChatServer(models=models) as server, pytest.raises(ConfigError, match=line):
        resolve(None, {"OPENAI_BASE_URL": server.url})


def listed(environ: Mapping[str, str]) -> tuple[list[str], list[str]]:
    infos = configured(environ)
    assert KEY not in repr(infos)
    infos = tuple(one for one in infos if not one.detail.startswith(("set ", "where it runs")))
    return [info.name for info in infos], [info.name for info in infos if info.chosen]


@pytest.mark.parametrize(
    ("environ", "names", "chosen"),
    [
        ({}, [], ["planner"]),
        (OPENAI, [DEFAULT_MODEL], [DEFAULT_MODEL]),
        (AZURE, ["azure/DEPLOYMENT"], []),
        (AZURE | OPENAI, [DEFAULT_MODEL, "azure/DEPLOYMENT"], [DEFAULT_MODEL]),
    ],
)
def test_what_is_configured_is_listed(
    environ: dict[str, str], names: list[str], chosen: list[str]
) -> None:
    assert listed(environ) == ([*names, "planner", "scripted:FILE"], chosen)


@pytest.mark.parametrize(
    ("models", "names", "chosen"),
    [
        (("one",), ["one"], ["one"]),
        (("one", "two"), ["one", "two"], []),
        ((), ["MODEL"], []),
        (failure(500, "busy"), ["MODEL"], []),
    ],
)
def test_the_models_of_a_server_are_listed(
    models: Sequence[str] | Raw, names: list[str], chosen: list[str]
) -> None:
    with ChatServer(models=models) as server:
        environ = {"OPENAI_BASE_URL": server.url.replace("//", f"//me:{KEY}@")}
        assert listed(environ) == ([*names, "planner", "scripted:FILE"], chosen)


def test_a_server_that_cannot_be_asked_says_why() -> None:
    with ChatServer(models=failure(500, "busy")) as server:
        assert "HTTP 500: busy" in configured({"OPENAI_BASE_URL": server.url})[0].detail


def test_the_azure_key_never_goes_to_openai(tmp_path: Path) -> None:
    with ChatServer([STEP]) as server:
        environ = AZURE | {"OPENAI_BASE_URL": server.url}
        resolve("m", environ, cache=tmp_path).reply(TALK)
    assert KEY not in str(server.chats[0].headers)


@pytest.mark.parametrize(
    ("more", "version"),
    [({"OPENAI_API_VERSION": "2025-01-01"}, "2025-01-01"), ({}, "2024-10-21")],
)
def test_azure_is_asked_as_configured(more: dict[str, str], version: str, tmp_path: Path) -> None:
    with ChatServer([STEP]) as server:
        environ = AZURE | {"AZURE_OPENAI_ENDPOINT": server.host} | more
        resolve("azure/my-gpt", environ, cache=tmp_path).reply(TALK)
    assert server.chats[0].path.endswith(f"/my-gpt/chat/completions?api-version={version}")
    assert server.chats[0].headers["api-key"] == KEY


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no variable moves the cache")
def test_the_users_cache_remembers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with ChatServer([STEP]) as server:
        resolve("m", {"OPENAI_BASE_URL": server.url}).reply(TALK)
    assert len(list((tmp_path / "dynasaur" / "endpoints").glob("*.json"))) == 1


def test_the_catalog_is_light() -> None:
    code = "import sys, dynasaur.models.catalog; print('openai' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_named_model_is_the_openai_one() -> None:
    assert isinstance(resolve("gpt-9", OPENAI), OpenAIModel)
