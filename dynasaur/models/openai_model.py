"""A model behind an OpenAI-compatible endpoint: OpenAI, Azure, vLLM, llama.cpp, Ollama, ..."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Thread

from dynasaur.errors import ModelError
from dynasaur.models import reply_text
from dynasaur.models.apis.api import Heard, Way
from dynasaur.models.asking import Asking
from dynasaur.models.endpoint import Endpoint
from dynasaur.models.estimate import counted
from dynasaur.models.failures import Failure
from dynasaur.models.learned import Learned
from dynasaur.models.patience import Patience
from dynasaur.models.providers import Provider
from dynasaur.models.wire import Answer
from dynasaur.types import Ear, Message, ModelFacts, Reply, Told

_FIRST_SECONDS = 1.0
"""How long what can wait for the first request waits for it at most."""


class OpenAIModel:
    """Asks an endpoint for one thought and its code at a time.

    Structured output is asked for: by a JSON schema, by a tool call, or as plain text with a
    fenced block. Which of them the endpoint understands is found out once. Messages are sent as
    they are. What the model does not take of `facts.manner`, it is not asked for again.

    Args:
        name: The model's name at the endpoint; Azure: the deployment's.
        base_url: The endpoint; the provider's own when None. Azure: the resource's URL.
        api_key: The endpoint's key; None where it needs none.
        api_version: Azure's API version; empty for every other endpoint.
        provider: Whose endpoint it is; any OpenAI-compatible one when None.
        seconds: How long to wait for the endpoint to go on with its answer.
        cache: The folder that remembers what endpoints understand; None to remember nothing
            beyond this object.
        patience: How long to go on when the endpoint fails.
        facts: What is known of the model, and how it is to write.

    Attributes:
        served: What has answered so far, each once: the model and its fingerprint as the endpoint
            names them, and the options that had to be left out.

    Raises:
        ConfigError: The URL or the key cannot be right.
    """

    def __init__(
        self,
        name: str,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        api_version: str = "",
        provider: Provider | None = None,
        seconds: float = 600.0,
        cache: Path | None = None,
        patience: Patience | None = None,
        facts: ModelFacts = ModelFacts(),  # noqa: B008 - frozen
    ) -> None:
        whose = provider or Provider()
        self.facts = facts
        self.name = f"{whose.name}/{name}" if whose.name else name
        self._there = name
        self.served: tuple[str, ...] = ()
        self._patience = patience or Patience()
        self._endpoint = Endpoint(
            base_url or whose.url,
            api_key or "",
            api_version=api_version,
            seconds=seconds,
            key_variable=whose.key_variable,
            url_variable=whose.url_variable,
        )
        self._learned = Learned(self._endpoint.url, name, cache, whose.ways)
        self._asking = Asking(self._endpoint, name, whose, self._learned)
        self._told: set[str] = set()

    @property
    def url(self) -> str:
        """Where it is, without credentials."""
        return self._endpoint.url

    def warm_up(self, then: Callable[[], None]) -> None:
        """Load what the first request needs, and once it is out do something else, in a thread."""

        def work() -> None:
            self._endpoint.load()
            self._endpoint.out.wait(_FIRST_SECONDS)  # two at once would take each other's turns
            then()

        Thread(target=work, daemon=True).start()

    def reply(self, messages: Sequence[Message], ear: Ear | None = None) -> Reply:
        """The model's reply; its usage counts every request, also those that failed.

        Raises:
            ConfigError: The endpoint does not know the key, the model or the path.
            ModelError: It cannot be reached, or gives nothing usable.
        """
        before = self._endpoint.requests
        heard = ear.heard if ear and ear.wants_stream else None
        waiting = ear.waiting if ear else None
        self._endpoint.sent = ear.sent if ear else None
        answer = self._patience.ask(lambda: self._send(messages, heard), waiting)
        told = counted(answer, messages)
        usage = told.usage(self._endpoint.requests - before, self.facts.price)
        if ear and told is not answer and "usage" not in self._told:
            self._told.add("usage")
            ear.remarked(f"{self.name} does not say what it used; tokens are estimated")
        self._note(answer, ear)
        if answer.refusal and not answer.content:
            return Reply("", "", usage, gave_up=f"the model refuses: {answer.refusal}")
        said = reply_text.parse(answer.content, cut_off=answer.finish == "length")
        if answer.finish == "content_filter" and not said.code:
            return Reply("", "", usage, gave_up="the endpoint's content filter stopped the reply")
        thought = said.thought or reply_text.shortened(answer.reasoning)
        return Reply(thought, said.code, usage, said.problem)

    def tell(self, messages: Sequence[Message]) -> Told:
        """What the model says in plain words, without the form of a step.

        Args:
            messages: The conversation; sounds in it are for models that hear.

        Raises:
            ConfigError: The endpoint does not know the key, the model or the path.
            ModelError: It cannot be reached, does not take what is sent, or says nothing.
        """
        before = self._endpoint.requests
        self._endpoint.sent = None
        manner = self.facts.manner
        if any(message.sounds for message in messages):
            manner = replace(manner, api="chat")  # the Responses API takes none
        answer = self._patience.ask(lambda: self._asking.ask(messages, "text", manner, None))
        self._note(answer, None)
        text = answer.content.strip()
        if not text:
            why = answer.refusal or answer.finish or "it gives no reason"
            raise ModelError(f"{self.name} says nothing: {why}")
        used = counted(answer, messages)
        return Told(text, used.usage(self._endpoint.requests - before, self.facts.price))

    def transcribe(self, name: str, data: bytes) -> Told:
        """What is said in a recording, by the endpoint's `/audio/transcriptions`.

        Args:
            name: The recording's file name, whose suffix tells its kind.
            data: Its content.

        Raises:
            ConfigError: The endpoint does not know the key, the model or the path.
            ModelError: It cannot be reached, or gives no transcript.
        """
        before = self._endpoint.requests
        answer = self._patience.ask(lambda: self._endpoint.transcribe(self._there, name, data))
        # Without tokens it was priced by the second, which no table of ours has.
        known = self.facts.price if answer.prompt_tokens or answer.completion_tokens else None
        usage = answer.usage(self._endpoint.requests - before, known)
        return Told(answer.content.strip(), usage)

    def _send(self, messages: Sequence[Message], heard: Heard | None) -> Answer | Failure:
        """One request, and those that show what was wrong with it."""
        ask, way = (
            partial(self._asking.ask, manner=self.facts.manner, heard=heard),
            self._learned.way,
        )
        result = ask(messages, way)
        while isinstance(result, Failure) and (other := self._other_way(result, way)):
            about, way = result.about, other
            result = ask(messages, way)
            if about == "output":  # the endpoint has the form; this reply did not fit into it
                return result
        if isinstance(result, Answer) and result.content and result.finish != "length":
            self._learned.settle(way, fits=_fits(result, way))
        return result

    def _other_way(self, failure: Failure, way: Way) -> Way | None:
        """The form to ask for next; None where the form was not at fault."""
        if way == "text":
            return None
        if failure.about == "format":
            self._learned.refused()
            return self._learned.way
        unclear = failure.about == "unclear" and not self._learned.certain
        return "text" if unclear or failure.about == "output" else None

    def _note(self, answer: Answer, ear: Ear | None) -> None:
        """Keep what answered, and tell once what it does not take."""
        out = self._asking.left_out(self.facts.manner)
        served = ", ".join(filter(None, [answer.served, *(f"without {name}" for name in out)]))
        if served and served not in self.served:
            self.served += (served,)
        for name in out:
            if ear and name not in self._told:
                self._told.add(name)
                ear.remarked(f"{self.name} does not take {name}; it is left out")


def _fits(answer: Answer, way: Way) -> bool:
    """The answer has the form that was asked for."""
    if way == "text":
        return True
    return reply_text.is_object(answer.content) and answer.called == (way == "tool")
