"""Which model a name stands for, and which one is meant when none is named.

Names: `planner`, `scripted:FILE`, `azure:DEPLOYMENT`; any other is a model of the endpoint that
`OPENAI_API_KEY` and `OPENAI_BASE_URL` describe. A key is sent to its own endpoint only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from platformdirs import user_cache_path

from dynasaur.errors import ConfigError, DynasaurError
from dynasaur.models.endpoint import OPENAI_URL, plain_url
from dynasaur.models.known import facts_of
from dynasaur.models.openai_chat import OpenAIModel, available
from dynasaur.models.patience import Patience
from dynasaur.models.scripted import ScriptedModel

if TYPE_CHECKING:
    from dynasaur.models.planner import PlannerModel

Model: TypeAlias = "OpenAIModel | PlannerModel | ScriptedModel"
_Sampling: TypeAlias = "Mapping[str, object] | None"

DEFAULT_MODEL = "gpt-5.4-mini"
"""OpenAI's model when only a key is set: a small one that its package does not call deprecated."""

_AZURE_VERSION = "2024-10-21"

_KEYS = ("OPENAI_API_KEY",)
_URLS = ("OPENAI_BASE_URL", "OPENAI_API_BASE")
_AZURE_KEYS = ("AZURE_OPENAI_API_KEY", "AZURE_API_KEY")
_AZURE_URLS = ("AZURE_OPENAI_ENDPOINT", "AZURE_ENDPOINT")
_AZURE_VERSIONS = ("OPENAI_API_VERSION", "AZURE_API_VERSION")

_NO_CHAT = re.compile(r"embed|rerank|whisper|tts|moderation", re.IGNORECASE)
_SHOWN = 8


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

    @property
    def openai_itself(self) -> bool:
        return not self.url or self.url.startswith("https://api.openai.com")


Tables = tuple[Mapping[str, object], Mapping[str, object]]
"""What the user and the library say of models; see `known.facts_of`."""

_NO_TABLES: Tables = ({}, {})


def resolve(
    name: str | None,
    environ: Mapping[str, str],
    *,
    cache: Path | None = None,
    sampling: Mapping[str, object] | None = None,
    tables: Tables = _NO_TABLES,
) -> Model:
    """The model that a name stands for; without a name, the one that is configured.

    Args:
        name: The model's name, or None.
        environ: The environment variables to read.
        cache: The folder that remembers what endpoints understand; None for the user's.
        tables: What the user and the library say of models.
        sampling: Fields that each request to an endpoint carries, such as `temperature`.

    Raises:
        ConfigError: The name needs an endpoint, key or file that is not there; the message says
            which.
        ModelError: An endpoint was asked for its models and cannot be reached.
    """
    settings = _settings(environ)
    cache = cache or user_cache_path("dynasaur", appauthor=False) / "endpoints"
    name = (name or "").strip()
    kind, _, rest = name.partition(":")
    if name == "planner":
        return _planner()
    if kind == "scripted":
        return ScriptedModel(_script(rest))
    if kind == "azure":
        return _known(_azure(rest, settings, cache, sampling), tables)
    if name:
        return _known(_openai(name, settings, cache, sampling), tables)
    if settings.openai:
        return _known(_openai(_default(settings), settings, cache, sampling), tables)
    if settings.azure:
        raise ConfigError("Azure is configured: name its deployment with --model azure:DEPLOYMENT")
    return _planner()


def configured(environ: Mapping[str, str]) -> tuple[ModelInfo, ...]:
    """What can be used as things are, the chosen one marked.

    An endpoint other than OpenAI's is asked once which models it has.

    Raises:
        ConfigError: The URL of an endpoint cannot be right.
    """
    settings = _settings(environ)
    found: list[ModelInfo] = []
    if settings.openai:
        found += _openai_infos(settings)
    if settings.azure:
        url = plain_url(settings.azure_url, _AZURE_URLS[0])
        found.append(ModelInfo("azure:DEPLOYMENT", "azure", url, "to be named", False))
    detail = "built in; composes actions that are already in the library"
    found.append(ModelInfo("planner", "planner", "", detail, not found))
    detail = "replies from a JSON file, in order"
    found.append(ModelInfo("scripted:FILE", "scripted", "", detail, False))
    return tuple(found)


# --- the environment ------------------------------------------------------------------------


def _settings(environ: Mapping[str, str]) -> _Settings:
    names = (_KEYS, _URLS, _AZURE_KEYS, _AZURE_URLS, _AZURE_VERSIONS)
    return _Settings(*(_first(environ, group) for group in names))


def _first(environ: Mapping[str, str], names: tuple[str, ...]) -> str:
    """The first of the variables that says something."""
    return next((value for name in names if (value := environ.get(name, "").strip())), "")


# --- what an endpoint has -------------------------------------------------------------------


def _openai_infos(settings: _Settings) -> list[ModelInfo]:
    url = plain_url(settings.url or OPENAI_URL, _URLS[0])
    if settings.openai_itself:
        return [ModelInfo(DEFAULT_MODEL, "openai", url, "the default; any other by name", True)]
    try:
        names = _chat_models(settings, Patience(attempts=1))
    except DynasaurError as error:
        return [ModelInfo("MODEL", "openai", url, str(error), False)]
    if not names:
        return [ModelInfo("MODEL", "openai", url, "the endpoint lists none", False)]
    return [ModelInfo(name, "openai", url, "", len(names) == 1) for name in names]


def _default(settings: _Settings) -> str:
    """The model that is meant at the configured endpoint when none is named."""
    if settings.openai_itself:
        return DEFAULT_MODEL
    names = _chat_models(settings, Patience())
    if len(names) == 1:
        return names[0]
    url = plain_url(settings.url, _URLS[0])
    if not names:
        raise ConfigError(f"{url} lists no models: name one with --model")
    some = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    raise ConfigError(f"{url} has {len(names)} models, name one with --model: {some}")


def _chat_models(settings: _Settings, patience: Patience) -> tuple[str, ...]:
    names = available(settings.url, settings.key, patience=patience)
    return tuple(name for name in names if not _NO_CHAT.search(name))


# --- making them ----------------------------------------------------------------------------


def _script(file: str) -> Path:
    if not file:
        raise ConfigError("name the script's file: scripted:FILE")
    return Path(file).expanduser()


def _planner() -> Model:
    from dynasaur.models.planner import PlannerModel

    return PlannerModel()


def _known(model: OpenAIModel, tables: Tables) -> OpenAIModel:
    model.facts = facts_of(model.name, *tables)
    return model


def _openai(name: str, settings: _Settings, cache: Path, sampling: _Sampling) -> OpenAIModel:
    if not settings.openai:
        also = f", or say azure:{name}" if settings.azure else ""
        raise ConfigError(
            f"no endpoint for the model {name!r}: set OPENAI_API_KEY for OpenAI, or "
            f"OPENAI_BASE_URL for another server (http://localhost:8080/v1){also}"
        )
    return OpenAIModel(
        name,
        base_url=settings.url or None,
        api_key=settings.key,
        sampling=sampling,
        cache=cache,
    )


def _azure(deployment: str, settings: _Settings, cache: Path, sampling: _Sampling) -> OpenAIModel:
    values = {_AZURE_KEYS[0]: settings.azure_key, _AZURE_URLS[0]: settings.azure_url}
    if missing := [name for name, value in values.items() if not value]:
        raise ConfigError(f"Azure needs {' and '.join(missing)} in the environment")
    if not deployment:
        raise ConfigError("name the Azure deployment: azure:DEPLOYMENT")
    return OpenAIModel(
        deployment,
        base_url=settings.azure_url,
        api_key=settings.azure_key,
        api_version=settings.azure_version or _AZURE_VERSION,
        sampling=sampling,
        cache=cache,
    )
