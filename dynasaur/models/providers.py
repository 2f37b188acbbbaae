"""Whose endpoint a model is at, and what is different there: a table, `providers.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from dynasaur.models.apis.api import WAYS, Way

OPENAI_URL = "https://api.openai.com/v1"


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider; the defaults are those of any OpenAI-compatible endpoint.

    Attributes:
        name: What stands before the slash in a model's name; empty for the configured endpoint.
        url: The base URL; empty where the user must give it.
        keys: Environment variables with its key, the first that is set; none where it needs none.
        urls: Environment variables with another base URL.
        path: What a base URL ends in that was given without a path.
        host: In place of a base URL a host may be given, with its port or without.
        ways: The forms in which a reply is asked for, in order.
        without: Settings that it refuses or ignores.
        limit: The field for the length of a reply.
        output: Tokens of a reply that are asked for where the user says nothing; None for none.
        warmest: Its highest temperature.
    """

    name: str = ""
    url: str = OPENAI_URL
    keys: tuple[str, ...] = ("OPENAI_API_KEY",)
    urls: tuple[str, ...] = ("OPENAI_BASE_URL", "OPENAI_API_BASE")
    path: str = ""
    host: bool = False
    ways: tuple[Way, ...] = WAYS
    without: frozenset[str] = frozenset()
    limit: str = "max_tokens"
    output: int | None = None
    warmest: float = 2.0

    @property
    def key_variable(self) -> str:
        """The environment variable to name where the key is wrong or missing."""
        return self.keys[0] if self.keys else f"{self.name.upper()}_API_KEY"

    @property
    def url_variable(self) -> str:
        """The environment variable to name where the address is wrong."""
        return self.urls[0]

    def key(self, environ: Mapping[str, str]) -> str:
        """The key that the environment has for it; empty for none."""
        return first(environ, self.keys or (self.key_variable,))

    def address(self, environ: Mapping[str, str]) -> str:
        """Its base URL: what the environment says, else its own."""
        given = first(environ, self.urls)
        if not given:
            return self.url
        if self.host and "://" not in given:
            given = f"http://{given}" if ":" in given else f"http://{given}:{_port(self.url)}"
        return given if urlsplit(given).path.strip("/") else given.rstrip("/") + self.path

    def configured(self, environ: Mapping[str, str]) -> bool:
        """The environment names its key, or, where it needs none, its address."""
        return bool(self.key(environ) if self.keys else first(environ, self.urls))


def first(environ: Mapping[str, str], names: tuple[str, ...]) -> str:
    """The first of the variables that says something; empty where none does."""
    return next((value for name in names if (value := environ.get(name, "").strip())), "")


def _port(url: str) -> int:
    return urlsplit(url).port or 80


@cache
def providers() -> Mapping[str, Provider]:
    """The named providers, in the table's order."""
    text = files("dynasaur").joinpath("models", "providers.toml").read_text(encoding="utf-8")
    return {name: _provider(name, entry) for name, entry in tomllib.loads(text).items()}


def _provider(name: str, entry: Mapping[str, Any]) -> Provider:
    lists = {"keys": tuple, "urls": tuple, "ways": tuple, "without": frozenset}
    values = {key: lists[key](value) if key in lists else value for key, value in entry.items()}
    return Provider(**({"name": name, "url": ""} | values))
