"""Which model a name stands for, and which one is meant when none is named.

Names: `planner`, `scripted:FILE`, and `PROVIDER/MODEL` for the providers of `providers.toml`; any
other is a model of the endpoint that `OPENAI_API_KEY` and `OPENAI_BASE_URL` describe. A key is
sent to its own provider only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from platformdirs import user_cache_path

from dynasaur.errors import ConfigError, DynasaurError
from dynasaur.models.connection import plain_url
from dynasaur.models.endpoint import Endpoint
from dynasaur.models.known import facts_of
from dynasaur.models.openai_model import OpenAIModel
from dynasaur.models.patience import Patience
from dynasaur.models.providers import Provider, first, providers
from dynasaur.models.scripted import ScriptedModel
from dynasaur.types import Manner

if TYPE_CHECKING:
    from dynasaur.models.planner import PlannerModel

Model: TypeAlias = "OpenAIModel | PlannerModel | ScriptedModel"

DEFAULT_MODEL = "gpt-5.4-mini"
"""OpenAI's model when only a key is set: a small one that its package does not call deprecated."""

AZURE = "azure"
_AZURE_VERSION = "2024-10-21"
_AZURE_VERSIONS = ("OPENAI_API_VERSION", "AZURE_API_VERSION")

_Make: TypeAlias = Callable[..., OpenAIModel]

_OWN = Provider()
_LISTING_SECONDS = 20.0
_NO_CHAT = re.compile(r"embed|rerank|whisper|tts|moderation", re.IGNORECASE)
_SHOWN = 8

Tables = tuple[Mapping[str, object], Mapping[str, object]]
"""What the user and the library say of models; see `known.facts_of`."""

_NO_TABLES: Tables = ({}, {})


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """One model, or one way to models, that can be named.

    Attributes:
        name: What to give to `--model`; a part in capitals is the user's to fill in.
        kind: `openai`, a named provider, `planner` or `scripted`.
        endpoint: Where it is; empty for what needs no network.
        detail: In words: what it is, or what is missing.
        chosen: It is used when no model is named.
    """

    name: str
    kind: str
    endpoint: str
    detail: str
    chosen: bool


def resolve(
    name: str | None,
    environ: Mapping[str, str],
    *,
    cache: Path | None = None,
    tables: Tables = _NO_TABLES,
    manner: Manner = Manner(),  # noqa: B008 - frozen
    otherwise: Manner = Manner(),  # noqa: B008
    seconds: float = 600.0,
    attempts: int = 6,
) -> Model:
    """The model that a name stands for; without a name, the one that is configured.

    Args:
        name: The model's name, or None.
        environ: The environment variables to read.
        cache: The folder that remembers what endpoints understand; None for the user's.
        tables: What the user and the library say of models.
        manner: How it is to be asked, whatever the tables say.
        otherwise: How, where neither `manner` nor the tables say it.
        seconds: How long to wait for an endpoint to go on with its answer.
        attempts: How often a request is made at most, where trying again can help.

    Raises:
        ConfigError: The name needs an endpoint, key or file that is not there; the message says
            which.
        ModelError: An endpoint was asked for its models and cannot be reached.
    """
    cache = cache or user_cache_path("dynasaur", appauthor=False) / "endpoints"
    name = (name or "").strip()
    kind, _, rest = name.partition(":")
    if name == "planner":
        return _planner()
    if kind == "scripted":
        return ScriptedModel(_script(rest))
    patience = Patience(attempts=attempts)
    make = partial(OpenAIModel, cache=cache, seconds=seconds, patience=patience)
    if provider := _provider_of(name, environ):
        model = _named(name, provider, environ, make)
    elif name:
        model = _openai(name, environ, make)
    elif _is_configured(environ):
        model = _openai(_default(environ, patience), environ, make)
    elif _is_ready(providers()[AZURE], environ):
        raise ConfigError("Azure is configured: name its deployment with --model azure/DEPLOYMENT")
    else:
        return _planner()
    facts = facts_of(model.name, *tables)
    model.facts = replace(facts, manner=manner.over(facts.manner).over(otherwise))
    return model


def configured(environ: Mapping[str, str]) -> tuple[ModelInfo, ...]:
    """What can be used as things are, the chosen one marked, and what named providers lack.

    An endpoint other than OpenAI's that needs no provider's name is asked once which models it has.

    Raises:
        ConfigError: The URL of an endpoint cannot be right.
    """
    found: list[ModelInfo] = []
    if _is_configured(environ):
        found += _openai_infos(environ)
    ready = [one for one in providers().values() if _is_ready(one, environ)]
    found += [_provider_info(one, environ) for one in ready]
    detail = "built in; composes actions of the library"
    default = not _is_configured(environ) and providers()[AZURE] not in ready
    found.append(ModelInfo("planner", "planner", "", detail, default))
    detail = "replies from a JSON file, in order"
    found.append(ModelInfo("scripted:FILE", "scripted", "", detail, False))
    others = [one for one in providers().values() if one not in ready]
    return (*found, *(_provider_info(one, environ) for one in others))


# --- named providers ------------------------------------------------------------------------


def _provider_of(name: str, environ: Mapping[str, str]) -> Provider | None:
    """The provider that a name begins with.

    Routers have models whose names look the same: where another endpoint is configured, and the
    provider is not, the name is that endpoint's.
    """
    provider = providers().get(name.partition("/")[0]) if "/" in name else None
    if provider is None or provider.configured(environ) or _is_openai_itself(environ):
        return provider
    return None


def _provider_info(provider: Provider, environ: Mapping[str, str]) -> ModelInfo:
    what = "DEPLOYMENT" if provider.name == AZURE else "MODEL"
    address = provider.address(environ)
    url = plain_url(address, provider.url_variable) if address else ""
    detail = "" if _is_ready(provider, environ) else "where it runs on this machine"
    if missing := _missing(provider, environ):
        detail = f"set {' and '.join(missing)}"
    return ModelInfo(f"{provider.name}/{what}", provider.name, url, detail, False)


def _is_ready(provider: Provider, environ: Mapping[str, str]) -> bool:
    return provider.configured(environ) and not _missing(provider, environ)


def _missing(provider: Provider, environ: Mapping[str, str]) -> list[str]:
    """The environment variables that a provider needs and that are not set."""
    key = [provider.key_variable] if provider.keys and not provider.key(environ) else []
    return key + ([] if provider.address(environ) else [provider.url_variable])


def _named(name: str, provider: Provider, environ: Mapping[str, str], make: _Make) -> OpenAIModel:
    model = name.partition("/")[2]
    if missing := _missing(provider, environ):
        raise ConfigError(f"{provider.name} needs {' and '.join(missing)} in the environment")
    if not model:
        what = "deployment: azure/DEPLOYMENT" if provider.name == AZURE else "model"
        raise ConfigError(f"name the {provider.name} {what}")
    version = first(environ, _AZURE_VERSIONS) or _AZURE_VERSION
    return make(
        model,
        base_url=provider.address(environ),
        api_key=provider.key(environ),
        api_version=version if provider.name == AZURE else "",
        provider=provider,
    )


# --- the endpoint that OPENAI_BASE_URL names ------------------------------------------------


def _is_configured(environ: Mapping[str, str]) -> bool:
    return bool(_OWN.key(environ) or first(environ, _OWN.urls))


def _is_openai_itself(environ: Mapping[str, str]) -> bool:
    return _OWN.address(environ).startswith("https://api.openai.com")


def _openai_infos(environ: Mapping[str, str]) -> list[ModelInfo]:
    url = plain_url(_OWN.address(environ), _OWN.url_variable)
    if _is_openai_itself(environ):
        return [ModelInfo(DEFAULT_MODEL, "openai", url, "the default; any other by name", True)]
    try:
        names = _chat_models(environ, Patience(attempts=1))
    except DynasaurError as error:
        return [ModelInfo("MODEL", "openai", url, str(error), False)]
    if not names:
        return [ModelInfo("MODEL", "openai", url, "the endpoint lists none", False)]
    return [ModelInfo(name, "openai", url, "", len(names) == 1) for name in names]


def _default(environ: Mapping[str, str], patience: Patience) -> str:
    """The model that is meant at the configured endpoint when none is named."""
    if _is_openai_itself(environ):
        return DEFAULT_MODEL
    names = _chat_models(environ, patience)
    if len(names) == 1:
        return names[0]
    url = plain_url(_OWN.address(environ), _OWN.url_variable)
    if not names:
        raise ConfigError(f"{url} lists no models: name one with --model")
    some = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    raise ConfigError(f"{url} has {len(names)} models, name one with --model: {some}")


def _chat_models(environ: Mapping[str, str], patience: Patience) -> tuple[str, ...]:
    endpoint = Endpoint(_OWN.address(environ), _OWN.key(environ), seconds=_LISTING_SECONDS)
    return tuple(name for name in patience.ask(endpoint.models) if not _NO_CHAT.search(name))


def _openai(name: str, environ: Mapping[str, str], make: _Make) -> OpenAIModel:
    if not _is_configured(environ):
        also = f", or say azure/{name}" if _is_ready(providers()[AZURE], environ) else ""
        raise ConfigError(
            f"no endpoint for the model {name!r}: set OPENAI_API_KEY for OpenAI, OPENAI_BASE_URL "
            "for another server (http://localhost:8080/v1), or name a provider, such as "
            f"ollama/{name}{also}; `dynasaur models` lists them"
        )
    limit = "max_completion_tokens" if _is_openai_itself(environ) else _OWN.limit
    return make(
        name,
        base_url=_OWN.address(environ),
        api_key=_OWN.key(environ),
        provider=replace(_OWN, limit=limit),
    )


# --- making the others ----------------------------------------------------------------------


def _script(file: str) -> Path:
    if not file:
        raise ConfigError("name the script's file: scripted:FILE")
    return Path(file).expanduser()


def _planner() -> Model:
    from dynasaur.models.planner import PlannerModel

    return PlannerModel()
