"""The door to the openai package: one request out, its body or our failure back."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property, partial
from threading import Event, Lock
from typing import TYPE_CHECKING, Any

from dynasaur.errors import ConfigError
from dynasaur.models import wire
from dynasaur.models.apis.api import Api, Heard, sendable
from dynasaur.models.connection import no_connection, plain_url
from dynasaur.models.failures import Asked, Failure, from_status
from dynasaur.models.lightly import lighten

if TYPE_CHECKING:
    import openai

_NO_KEY = "none"
"""Sent where there is no key: the client wants one, and a server without keys ignores it."""

_CONNECT_SECONDS = 10.0


_HTTP_LIBRARIES = frozenset({"httpx", "httpx2", "httpcore", "httpcore2"})

_STATUS = {"rate_limit_exceeded": 429, "invalid_prompt": 400}
"""What the codes of errors that come with status 200 would be as statuses."""


class _CutOffError(Exception):
    """A stream that ended before its end."""


class _MalformedError(Exception):
    """A stream with something in it that is no event."""


class Endpoint:
    """One server.

    Attributes:
        url: Its base URL as messages show it.
        requests: How many requests it was sent.
        sent: Told when one of them is out; None for nobody.
        out: Set once the first of them is out.

    Args:
        base_url: Its base URL (`http://localhost:8080/v1`), or the Azure resource's.
        api_key: Its key; empty where it needs none.
        api_version: Azure's API version; empty for every other server.
        seconds: How long to wait for the server to go on with its answer.
        key_variable: The environment variable that holds the key, for messages.
        url_variable: The one that holds the base URL.

    Raises:
        ConfigError: The URL or the key cannot be right.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str = "",
        *,
        api_version: str = "",
        seconds: float = 600.0,
        key_variable: str = "OPENAI_API_KEY",
        url_variable: str = "OPENAI_BASE_URL",
    ) -> None:
        self._azure_version = api_version
        self._key_variable = key_variable
        self._url_variable = url_variable
        self.url = plain_url(base_url, url_variable)
        if not (api_key.isascii() and api_key.isprintable()):
            raise ConfigError(f"{key_variable} holds characters that no key has")
        self._base_url = base_url
        self._key = api_key
        self._seconds = seconds
        self._loading = Lock()
        self.requests = 0
        self.sent: Callable[[], None] | None = None
        self.out = Event()

    def load(self) -> None:
        """Make the client, which takes most of the time before a first request.

        What goes wrong is told by that request, which tries again.
        """
        with suppress(Exception):
            _ = self._client

    @property
    def _client(self) -> openai.OpenAI:
        """The client, made once, whichever thread asks first."""
        with self._loading:
            return self._only_client

    @cached_property
    def _only_client(self) -> openai.OpenAI:
        """Made when it is first needed: until then the kernel can start beside the import.

        It is part of a cycle; without this its connections would stay open until the next
        collection of garbage.
        """
        client = self._made()
        weakref.finalize(self, client.close).atexit = False
        return client

    def _made(self) -> openai.OpenAI:
        lighten()
        import openai

        timeout = openai.Timeout(self._seconds, connect=min(self._seconds, _CONNECT_SECONDS))
        key = self._key or _NO_KEY
        http = openai.DefaultHttpxClient(event_hooks={"request": [self._follow]})
        if self._azure_version:
            return openai.AzureOpenAI(
                azure_endpoint=self._base_url,
                api_key=key,
                api_version=self._azure_version,
                timeout=timeout,
                max_retries=0,
                http_client=http,
            )
        return openai.OpenAI(
            base_url=self._base_url, api_key=key, timeout=timeout, max_retries=0, http_client=http
        )

    def _follow(self, request: Any) -> None:
        """Have the HTTP library tell when a request is out, or has to wait for a connection."""

        def told(event: str, _about: object) -> None:
            out = event.endswith(".send_request_body.complete")
            if out:
                self.out.set()
            if self.sent is not None and (out or event.endswith(".connect_tcp.started")):
                self.sent()

        request.extensions = {**request.extensions, "trace": told}

    def reply(
        self,
        api: Api,
        model: str,
        conversation: Sequence[dict[str, object]],
        options: dict[str, object],
        *,
        way: str = "text",
        heard: Heard | None = None,
    ) -> wire.Answer | Failure:
        """Ask for one reply.

        Args:
            api: What to ask by.
            model: The model's name, or the deployment's.
            conversation: The messages, as the API has them.
            options: Further fields of the request's body.
            way: The form that the options ask for.
            heard: It streams: told each piece of the thought.
        """
        asked = replace(self._asked(model), wanted=api.wanted, way=way)
        body = {"model": model, api.field: conversation, **options}
        send = partial(self._streamed, api, heard) if heard else partial(self._at_once, api)
        text = self._ask(lambda: send(body), asked)
        return text if isinstance(text, Failure) else _answer(text, api, asked)

    def embed(self, model: str, texts: Sequence[str]) -> list[list[float]] | Failure:
        """Ask for the vector of each of some texts.

        Args:
            model: The embedding model's name.
            texts: What to embed, sent as it is.
        """
        asked = replace(self._asked(model), wanted="embedding")
        text = self._ask(
            lambda: (
                self._client.embeddings.with_raw_response.create(
                    model=model, input=[sendable(text) for text in texts], encoding_format="float"
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

    def transcribe(self, model: str, name: str, data: bytes) -> wire.Answer | Failure:
        """Ask what is said in a recording.

        Args:
            model: The model's name.
            name: The recording's file name, whose suffix tells its kind.
            data: Its content.
        """
        asked = replace(self._asked(model), wanted="transcript")
        text = self._ask(
            lambda: (
                self._client.audio.transcriptions.with_raw_response.create(
                    model=model, file=(name, data), response_format="json"
                ).text
            ),
            asked,
        )
        if isinstance(text, Failure):
            return text
        answer = wire.read_transcript(wire.read_json(text))
        start = asked.clean(text)[:60]
        return answer or Failure(f"{asked.endpoint} answered with no transcript: {start!r}")

    def _at_once(self, api: Api, body: dict[str, object]) -> str:
        # As it is: the package's own method for it walks through all messages by their types,
        # which takes ten times as long as the rest of the request.
        return self._client.post(api.path, cast_to=str, body=body)

    def _streamed(self, api: Api, heard: Heard, body: dict[str, object]) -> str:
        import openai

        pieces = api.pieces(heard)
        heard("")
        kind = openai.Stream[object]
        with self._client.post(
            api.path, cast_to=object, body=body, stream=True, stream_cls=kind
        ) as stream:
            for line in stream.response.iter_lines():
                pieces.take(line)
        if pieces.malformed and not pieces.cut:
            raise _MalformedError(pieces.malformed)
        if pieces.malformed or not pieces.whole:
            raise _CutOffError
        return pieces.body()

    def models(self) -> tuple[str, ...] | Failure:
        """The names of the models that it lists."""
        text = self._ask(lambda: self._client.models.with_raw_response.list().text, self._asked(""))
        return text if isinstance(text, Failure) else wire.model_ids(wire.read_json(text))

    def _asked(self, model: str) -> Asked:
        return Asked(model, self.url, self._key, self._key_variable, self._url_variable)

    def _ask(self, send: Callable[[], str], asked: Asked) -> str | Failure:
        lighten()
        import openai

        self.requests += 1
        try:
            return send()
        except openai.APITimeoutError:
            return Failure(f"{self.url} did not answer in {self._seconds:g} seconds", retry=True)
        except openai.APIConnectionError as error:
            return no_connection(error, asked)
        except openai.APIStatusError as error:
            response = error.response
            return from_status(error.status_code, response.headers, response.text, asked)
        except openai.OpenAIError as error:
            return Failure(f"{self.url} cannot be asked: {asked.clean(str(error))}")
        except _MalformedError as error:
            line = f"{self.url} sent a stream that cannot be read: {asked.clean(str(error))!r}"
            return Failure(line, retry=True)
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


def _answer(text: str, api: Api, asked: Asked) -> wire.Answer | Failure:
    """The answer in a body that came with status 200."""
    body = wire.as_dict(wire.read_json(text))
    if error := body.get("error"):  # routers send errors of others like this, as failures do
        code = wire.as_dict(error).get("code")
        status = code if isinstance(code, int) and 400 <= code < 600 else None
        return from_status(status or _STATUS.get(str(code), 502), {}, text, asked)
    answer = api.read(body)
    if answer is not None:
        return answer
    if api.listed in body:
        return Failure(f"{asked.endpoint} answered without a choice", retry=True)
    if "<html" in text[:1000].lower():
        return Failure(
            f"{asked.endpoint} answered with a web page: check {asked.url_variable}, "
            "which usually ends in /v1",
            ConfigError,
        )
    start = asked.clean(text)[:60]
    return Failure(f"{asked.endpoint} answered with no {asked.wanted}: {start!r}", retry=True)
