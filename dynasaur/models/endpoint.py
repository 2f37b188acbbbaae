"""The door to the openai package: one request out, its body or our failure back."""

from __future__ import annotations

import base64
import socket
import ssl
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit, urlunsplit

from dynasaur.errors import ConfigError
from dynasaur.models import wire
from dynasaur.models.failures import Asked, Failure, from_status
from dynasaur.models.streaming import Pieces
from dynasaur.types import Message

if TYPE_CHECKING:
    import openai
    from openai.types.chat import ChatCompletionMessageParam

OPENAI_URL = "https://api.openai.com/v1"

_NO_KEY = "none"
"""Sent where there is no key: the client wants one, and a server without keys ignores it."""

_CONNECT_SECONDS = 10.0


_HTTP_LIBRARIES = frozenset({"httpx", "httpx2", "httpcore", "httpcore2"})


class _CutOffError(Exception):
    """A stream that ended before its end."""


class Endpoint:
    """One server that speaks chat completions.

    Attributes:
        url: Its base URL as messages show it.
        requests: How many requests it was sent.

    Args:
        base_url: Its base URL (`http://localhost:8080/v1`), or the Azure resource's.
        api_key: Its key; empty where it needs none.
        api_version: Azure's API version; empty for every other server.
        seconds: How long to wait for the server to go on with its answer.

    Raises:
        ConfigError: The URL or the key cannot be right.
    """

    def __init__(
        self, base_url: str, api_key: str = "", *, api_version: str = "", seconds: float = 600.0
    ) -> None:
        self._azure_version = api_version
        self.url = plain_url(base_url, self._url_variable)
        if not (api_key.isascii() and api_key.isprintable()):
            raise ConfigError(f"{self._key_variable} holds characters that no key has")
        self._base_url = base_url
        self._key = api_key
        self._seconds = seconds
        self.requests = 0

    def load(self) -> None:
        """Import the openai package, which takes most of the time before a first request."""
        import openai  # noqa: F401

    @cached_property
    def _client(self) -> openai.OpenAI:
        """Made at the first request: until then the kernel can start beside the import.

        It is part of a cycle; without this its connections would stay open until the next
        collection of garbage.
        """
        client = self._made()
        weakref.finalize(self, client.close).atexit = False
        return client

    def _made(self) -> openai.OpenAI:
        import openai

        timeout = openai.Timeout(self._seconds, connect=min(self._seconds, _CONNECT_SECONDS))
        key = self._key or _NO_KEY
        if self._azure_version:
            return openai.AzureOpenAI(
                azure_endpoint=self._base_url,
                api_key=key,
                api_version=self._azure_version,
                timeout=timeout,
                max_retries=0,
            )
        return openai.OpenAI(base_url=self._base_url, api_key=key, timeout=timeout, max_retries=0)

    @property
    def _key_variable(self) -> str:
        return "AZURE_OPENAI_API_KEY" if self._azure_version else "OPENAI_API_KEY"

    @property
    def _url_variable(self) -> str:
        return "AZURE_OPENAI_ENDPOINT" if self._azure_version else "OPENAI_BASE_URL"

    def chat(
        self,
        model: str,
        messages: Sequence[Message],
        options: dict[str, object],
        heard: Callable[[str], None] | None = None,
    ) -> wire.Answer | Failure:
        """Ask for one completion.

        Args:
            model: The model's name, or the deployment's.
            messages: The conversation, sent as it is.
            options: Further fields of the request's body.
            heard: Let it stream, and tell this of each piece of the thought.
        """
        body = [{"role": m.role, "content": _content(m)} for m in messages]
        asked = self._asked(model)
        if heard:
            options = options | {"stream": True, "stream_options": {"include_usage": True}}
        request = {
            "model": model,
            "messages": cast("list[ChatCompletionMessageParam]", body),
            "extra_body": options,
        }
        send = partial(self._streamed, heard) if heard else self._at_once
        text = self._ask(lambda: send(**request), asked)
        return text if isinstance(text, Failure) else _answer(text, asked)

    def embed(self, model: str, texts: Sequence[str]) -> list[list[float]] | Failure:
        """Ask for the vector of each of some texts.

        Args:
            model: The embedding model's name.
            texts: What to embed, sent as it is.
        """
        asked = replace(self._asked(model), wanted="embeddings")
        text = self._ask(
            lambda: (
                self._client.embeddings.with_raw_response.create(
                    model=model, input=[_sendable(text) for text in texts], encoding_format="float"
                ).text
            ),
            asked,
        )
        if isinstance(text, Failure):
            return text
        vectors = wire.read_vectors(wire.read_json(text))
        if len(vectors) == len(texts):
            return vectors
        start = asked.clean(text)[:60]
        return Failure(f"{asked.endpoint} answered with no embeddings of {model}: {start!r}")

    def _at_once(self, **request: Any) -> str:
        return self._client.chat.completions.with_raw_response.create(**request).text

    def _streamed(self, heard: Callable[[str], None], **request: Any) -> str:
        pieces = Pieces(heard)
        heard("")
        create = self._client.chat.completions.with_streaming_response.create
        with create(**request) as response:
            for line in response.iter_lines():
                pieces.take(line)
        if not pieces.whole:
            raise _CutOffError
        return pieces.body()

    def models(self) -> tuple[str, ...] | Failure:
        """The names of the models that it lists."""
        text = self._ask(lambda: self._client.models.with_raw_response.list().text, self._asked(""))
        return text if isinstance(text, Failure) else wire.model_ids(wire.read_json(text))

    def _asked(self, model: str) -> Asked:
        return Asked(model, self.url, self._key, self._key_variable, self._url_variable)

    def _ask(self, send: Callable[[], str], asked: Asked) -> str | Failure:
        import openai

        self.requests += 1
        try:
            return send()
        except openai.APITimeoutError:
            return Failure(f"{self.url} did not answer in {self._seconds:g} seconds", retry=True)
        except openai.APIConnectionError as error:
            return _no_connection(error, asked)
        except openai.APIStatusError as error:
            response = error.response
            return from_status(error.status_code, response.headers, response.text, asked)
        except openai.OpenAIError as error:
            return Failure(f"{self.url} cannot be asked: {asked.clean(str(error))}")
        except _CutOffError:
            return Failure(f"the connection to {self.url} was lost in the middle", retry=True)
        except Exception as error:
            # What the package reads from a stream it leaves to the HTTP library beneath it.
            if type(error).__module__.partition(".")[0] not in _HTTP_LIBRARIES:
                raise
            if "Timeout" in type(error).__name__:
                line = f"{self.url} did not go on in {self._seconds:g} seconds"
                return Failure(line, retry=True)
            return Failure(f"the connection to {self.url} was lost in the middle", retry=True)


def _content(message: Message) -> str | list[dict[str, object]]:
    """The content of a message: its text, with its images where it has some."""
    text = _sendable(message.content)
    if not message.images:
        return text
    urls = (
        f"data:{one.mime};base64,{base64.b64encode(one.data).decode()}" for one in message.images
    )
    images: list[dict[str, object]] = [{"type": "image_url", "image_url": {"url": u}} for u in urls]
    return [{"type": "text", "text": text}, *images]


def _sendable(content: str) -> str:
    """What every endpoint takes: no lone surrogates, and not nothing at all."""
    return content.encode("utf-8", "replace").decode("utf-8") or "(empty)"


def _answer(text: str, asked: Asked) -> wire.Answer | Failure:
    """The completion in a body that came with status 200."""
    body = wire.read_json(text)
    answer = wire.read_answer(body)
    if answer is not None:
        return answer
    if isinstance(body, dict) and "choices" in body:
        return Failure(f"{asked.endpoint} answered without a choice", retry=True)
    if isinstance(body, dict) and "error" in body:  # routers send errors of others like this
        inner = body["error"]
        code = inner.get("code") if isinstance(inner, dict) else None
        status = code if isinstance(code, int) and 400 <= code < 600 else 502
        return from_status(status, {}, text, asked)
    if "<html" in text[:1000].lower():
        return Failure(
            f"{asked.endpoint} answered with a web page: check {asked.url_variable}, "
            "which usually ends in /v1",
            ConfigError,
        )
    start = asked.clean(text)[:60]
    return Failure(f"{asked.endpoint} answered with no chat completion: {start!r}", retry=True)


def _no_connection(error: BaseException, asked: Asked) -> Failure:
    """Why a connection failed; one that was never made is not tried for long."""
    host = urlsplit(asked.endpoint).hostname
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Failure(f"the certificate of {host} is not trusted: {cause.verify_message}")
        if isinstance(cause, socket.gaierror):
            line = f"the name {host} cannot be resolved: check {asked.url_variable} and the network"
            return Failure(line, retry=True, attempts=3)
        if isinstance(cause, ConnectionRefusedError):
            line = f"{asked.endpoint} refuses connections: is the server running?"
            return Failure(line, retry=True, attempts=3)
    return Failure(f"the connection to {asked.endpoint} was lost", retry=True)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def plain_url(url: str, variable: str) -> str:
    """The URL as messages show it: without user, password and query.

    Args:
        url: The URL as it was given.
        variable: Where it was given, for the error.

    Raises:
        ConfigError: It is no URL of a web server.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ConfigError(f"{variable} is not a URL: {error}") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise ConfigError(f"{variable} must be a URL that starts with http:// or https://")
    place = f"[{host}]" if ":" in host else host
    place += f":{port}" if port else ""
    return urlunsplit((parts.scheme, place, parts.path.rstrip("/"), "", ""))
