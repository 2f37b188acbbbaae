from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dynasaur.errors import ConfigError
from dynasaur.models.catalog import DEFAULT_MODEL, configured, resolve
from dynasaur.models.openai_chat import OpenAIModel
from dynasaur.types import Message
from tests.builders.chat_server import ChatServer, Step

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
        ("azure:my-gpt", AZURE, "azure:my-gpt"),
        ("azure:my-gpt", OLD_AZURE | {"AZURE_API_VERSION": "2025-01-01"}, "azure:my-gpt"),
    ],
)
def test_a_name_stands_for_a_model(
    name: str | None, environ: dict[str, str], expected: str
) -> None:
    assert resolve(name, environ).name == expected


@pytest.mark.parametrize(
    ("name", "environ", "line"),
    [
        ("gpt-9", {}, "set OPENAI_API_KEY for OpenAI, or OPENAI_BASE_URL"),
        ("gpt-9", AZURE, "or say azure:gpt-9"),
        ("azure:gpt", {}, "needs AZURE_OPENAI_API_KEY and AZURE_OPENAI_ENDPOINT"),
        ("azure:gpt", OPENAI, "needs AZURE_OPENAI_API_KEY and AZURE_OPENAI_ENDPOINT"),
        ("azure:gpt", {"AZURE_API_KEY": KEY}, "needs AZURE_OPENAI_ENDPOINT in"),
        ("azure:", AZURE, "name the Azure deployment"),
        (None, AZURE, "--model azure:DEPLOYMENT"),
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
    with ChatServer([STEP], models=("first", "second")) as server:
        model = resolve(None, {variable: server.url}, cache=tmp_path)
        assert model.name == "first"
        assert model.reply(TALK).code == "print(1)"
    assert list(tmp_path.iterdir())


def test_a_server_without_models() -> None:
    with (
        ChatServer(models=()) as server,
        pytest.raises(ConfigError, match="lists no models: name one with --model"),
    ):
        resolve(None, {"OPENAI_BASE_URL": server.url})


@pytest.mark.parametrize(
    ("environ", "names", "chosen"),
    [
        ({}, ["planner", "scripted:FILE"], "planner"),
        (OPENAI, [DEFAULT_MODEL, "planner", "scripted:FILE"], DEFAULT_MODEL),
        (AZURE, ["azure:DEPLOYMENT", "planner", "scripted:FILE"], "azure:DEPLOYMENT"),
        (
            AZURE | {"OPENAI_BASE_URL": "http://localhost/v1"},
            ["MODEL", "azure:DEPLOYMENT", "planner", "scripted:FILE"],
            "MODEL",
        ),
    ],
)
def test_what_is_configured_is_listed(
    environ: dict[str, str], names: list[str], chosen: str
) -> None:
    listed = configured(environ)
    assert [info.name for info in listed] == names
    assert [info.name for info in listed if info.chosen] == [chosen]
    assert KEY not in repr(listed)


def test_the_azure_key_never_goes_to_openai() -> None:
    with ChatServer([STEP]) as server:
        environ = AZURE | {"OPENAI_BASE_URL": server.url}
        resolve("m", environ).reply(TALK)
    assert KEY not in str(server.chats[0].headers)


def test_the_catalog_is_light() -> None:
    code = "import sys, dynasaur.models.catalog; print('openai' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_named_model_is_the_openai_one() -> None:
    assert isinstance(resolve("gpt-9", OPENAI), OpenAIModel)
