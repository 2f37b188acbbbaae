"""Which model a name stands for, and which one is meant when none is named.

Names: `planner`, `scripted:FILE`, `azure:DEPLOYMENT`; any other is a model of the endpoint that
`OPENAI_API_KEY` and `OPENAI_BASE_URL` describe. A key is sent to its own endpoint only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from dynasaur.errors import ConfigError
from dynasaur.models.scripted import ScriptedModel

if TYPE_CHECKING:
    from dynasaur.models.openai_chat import OpenAIModel
    from dynasaur.models.planner import PlannerModel

Model: TypeAlias = "OpenAIModel | PlannerModel | ScriptedModel"

DEFAULT_MODEL = "gpt-5.4-mini"
"""OpenAI's model when only a key is set: a small one that its package does not call deprecated."""

_OPENAI_URL = "https://api.openai.com/v1"
_OPENAI_HOST = "api.openai.com"
_AZURE_VERSION = "2024-10-21"

_KEYS = ("OPENAI_API_KEY",)
_URLS = ("OPENAI_BASE_URL", "OPENAI_API_BASE")
_AZURE_KEYS = ("AZURE_OPENAI_API_KEY", "AZURE_API_KEY")
_AZURE_URLS = ("AZURE_OPENAI_ENDPOINT", "AZURE_ENDPOINT")
_AZURE_VERSIONS = ("OPENAI_API_VERSION", "AZURE_API_VERSION")


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """One model, or one way to models, that can be named.

    Attributes:
        name: What to give to `--model`; a part in capitals is the user's to fill in.
        kind: `openai`, `azure`, `planner` or `scripted`.
        endpoint: Where it is; empty for what needs no network.
        detail: In words: what it is, or what is missing.
        chosen: It is used when no model is named.
    """

    name: str
    kind: Literal["openai", "azure", "planner", "scripted"]
    endpoint: str
    detail: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class _Settings:
    """What the environment says of endpoints; empty strings where it says nothing."""

    key: str
    url: str
    azure_key: str
    azure_url: str
    azure_version: str

    @property
    def openai(self) -> bool:
        return bool(self.key or self.url)

    @property
    def azure(self) -> bool:
        return bool(self.azure_key and self.azure_url)


def resolve(name: str | None, environ: Mapping[str, str], *, cache: Path | None = None) -> Model:
    """The model that a name stands for; without a name, the one that is configured.

    Args:
        name: The model's name, or None.
        environ: The environment variables to read.
        cache: The folder that remembers what endpoints understand.

    Raises:
        ConfigError: The name needs an endpoint, key or file that is not there; the message says
            which.
        ModelError: An endpoint was asked for its models and cannot be reached.
    """
    settings = _settings(environ)
    name = (name or "").strip()
    kind, _, rest = name.partition(":")
    if name == "planner":
        return _planner()
    if kind == "scripted":
        return ScriptedModel(_script(rest))
    if kind == "azure":
        return _azure(rest, settings, cache)
    if name:
        return _openai(name, settings, cache)
    if settings.openai:
        return _openai(_default(settings), settings, cache)
    if settings.azure:
        raise ConfigError("Azure is configured: name its deployment with --model azure:DEPLOYMENT")
    return _planner()


def configured(environ: Mapping[str, str]) -> tuple[ModelInfo, ...]:
    """What can be used as things are, the chosen one marked. Asks no endpoint."""
    settings = _settings(environ)
    found = []
    if settings.openai:
        found.append(_openai_info(settings))
    if settings.azure:
        chosen = not settings.openai
        found.append(
            ModelInfo("azure:DEPLOYMENT", "azure", settings.azure_url, "named by --model", chosen)
        )
    detail = "built in; composes actions that are already in the library"
    found.append(ModelInfo("planner", "planner", "", detail, not found))
    detail = "replies from a JSON file, in order"
    found.append(ModelInfo("scripted:FILE", "scripted", "", detail, False))
    return tuple(found)


def _settings(environ: Mapping[str, str]) -> _Settings:
    names = (_KEYS, _URLS, _AZURE_KEYS, _AZURE_URLS, _AZURE_VERSIONS)
    return _Settings(*(_first(environ, group) for group in names))


def _first(environ: Mapping[str, str], names: tuple[str, ...]) -> str:
    """The first of the variables that says something."""
    return next((value for name in names if (value := environ.get(name, "").strip())), "")


def _openai_info(settings: _Settings) -> ModelInfo:
    if _is_openai(settings.url):
        return ModelInfo(DEFAULT_MODEL, "openai", settings.url or _OPENAI_URL, "the default", True)
    detail = "the first model that the endpoint lists"
    return ModelInfo("MODEL", "openai", settings.url, detail, True)


def _is_openai(url: str) -> bool:
    return not url or _OPENAI_HOST in url


def _script(file: str) -> Path:
    if not file:
        raise ConfigError("name the script's file: scripted:FILE")
    return Path(file).expanduser()


def _planner() -> Model:
    from dynasaur.models.planner import PlannerModel

    return PlannerModel()


def _openai(name: str, settings: _Settings, cache: Path | None) -> Model:
    if not settings.openai:
        also = f", or say azure:{name}" if settings.azure else ""
        raise ConfigError(
            f"no endpoint for the model {name!r}: set OPENAI_API_KEY for OpenAI, or "
            f"OPENAI_BASE_URL for another server (http://localhost:8080/v1){also}"
        )
    from dynasaur.models.openai_chat import OpenAIModel

    return OpenAIModel(name, base_url=settings.url or None, api_key=settings.key, cache=cache)


def _default(settings: _Settings) -> str:
    """The model that is meant at the configured endpoint when none is named."""
    if _is_openai(settings.url):
        return DEFAULT_MODEL
    from dynasaur.models.openai_chat import available

    names = available(settings.url, settings.key)
    if not names:
        raise ConfigError(f"{settings.url} lists no models: name one with --model")
    return names[0]


def _azure(deployment: str, settings: _Settings, cache: Path | None) -> Model:
    missing = [
        names[0]
        for names, value in ((_AZURE_KEYS, settings.azure_key), (_AZURE_URLS, settings.azure_url))
        if not value
    ]
    if missing:
        raise ConfigError(f"Azure needs {' and '.join(missing)} in the environment")
    if not deployment:
        raise ConfigError("name the Azure deployment: azure:DEPLOYMENT")
    from dynasaur.models.openai_chat import OpenAIModel

    return OpenAIModel(
        deployment,
        base_url=settings.azure_url,
        api_key=settings.azure_key,
        api_version=settings.azure_version or _AZURE_VERSION,
        cache=cache,
    )
