"""Embedding models: texts to vectors, by an endpoint or by a model on this machine.

Names: `local:NAME` is a sentence-transformers model, by its name or folder (extra `dense`); any
other is a model of the endpoint that `OPENAI_API_KEY` and `OPENAI_BASE_URL` describe.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from dynasaur.errors import ConfigError, MissingExtraError, ModelError
from dynasaur.models.endpoint import Endpoint
from dynasaur.models.patience import Patience
from dynasaur.models.providers import OPENAI_URL

DEFAULT_EMBEDDINGS = "text-embedding-3-small"
"""OpenAI's model when only a key is set."""

_SECONDS = 30.0
_PATIENCE = Patience(attempts=3, seconds=20.0)


class EndpointEmbeddings:
    """Asks an OpenAI-compatible endpoint.

    Args:
        name: The model's name there.
        base_url: The endpoint; empty for OpenAI's own.
        api_key: Its key; empty where it needs none.
        patience: How long to go on when it fails.

    Raises:
        ConfigError: The URL or the key cannot be right.
    """

    def __init__(
        self, name: str, base_url: str = "", api_key: str = "", patience: Patience = _PATIENCE
    ) -> None:
        self._endpoint = Endpoint(base_url or OPENAI_URL, api_key, seconds=_SECONDS)
        self._name = name
        self._patience = patience
        self.name = f"{self._endpoint.url} {name}"
        """Vectors of one name can be compared."""

    def __call__(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector for each text, all of one length.

        Raises:
            ModelError: The endpoint cannot be reached, or gives no such vectors.
            ConfigError: It does not have the model, or refuses the key.
        """
        return self._patience.ask(lambda: self._endpoint.embed(self._name, texts))


class LocalEmbeddings:
    """Asks a sentence-transformers model on this machine.

    Args:
        name: Its name, or its folder.

    Raises:
        MissingExtraError: sentence-transformers is not installed.
    """

    def __init__(self, name: str) -> None:
        if importlib.util.find_spec("sentence_transformers") is None:
            raise MissingExtraError(
                "a local embedding model needs sentence-transformers: pip install 'dynasaur[dense]'"
            )
        self._name = name
        self.name = f"local {name}"
        """Vectors of one name can be compared."""

    def __call__(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector for each text, all of one length.

        Raises:
            ModelError: The model cannot be loaded or run.
        """
        try:
            vectors = self._model.encode(list(texts), show_progress_bar=False)
        except (OSError, RuntimeError, ValueError) as error:
            first = str(error).strip().split("\n")[0]
            raise ModelError(f"the embedding model {self._name} cannot be used: {first}") from error
        result: list[list[float]] = vectors.tolist()
        return result

    @cached_property
    def _model(self) -> Any:
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(self._name, device="cpu")


def resolve_embeddings(
    name: str, environ: Mapping[str, str]
) -> EndpointEmbeddings | LocalEmbeddings:
    """The embedding model that a name stands for; nothing is asked of it yet.

    Args:
        name: The setting `embeddings`; empty for OpenAI's small one, where OpenAI is configured.
        environ: The environment variables to read.

    Raises:
        ConfigError: There is no endpoint, or no model is named at one that is not OpenAI's.
        MissingExtraError: A local model is named and its library is not installed.
    """
    name = name.strip()
    if name.startswith("local:"):
        return LocalEmbeddings(name.removeprefix("local:"))
    key = environ.get("OPENAI_API_KEY", "").strip()
    url = (environ.get("OPENAI_BASE_URL") or environ.get("OPENAI_API_BASE") or "").strip()
    if not key and not url:
        raise ConfigError(
            "retriever = hybrid needs an embedding model: set OPENAI_API_KEY, or OPENAI_BASE_URL "
            "and --embeddings MODEL, or say --embeddings local:NAME (pip install 'dynasaur[dense]')"
        )
    if not name and url and not url.startswith("https://api.openai.com"):
        raise ConfigError(f"name the embedding model at {url} with --embeddings MODEL")
    return EndpointEmbeddings(name or DEFAULT_EMBEDDINGS, url, key)
