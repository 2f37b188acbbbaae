"""A model behind an OpenAI-compatible endpoint: OpenAI, Azure, vLLM, llama.cpp, Ollama, ..."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Thread

from dynasaur.models import reply_text
from dynasaur.models.endpoint import OPENAI_URL, Endpoint
from dynasaur.models.failures import Failure
from dynasaur.models.formats import Format
from dynasaur.models.patience import Patience
from dynasaur.models.wire import Answer
from dynasaur.types import Ear, Message, ModelFacts, Reply

_SCHEMA = {
    "type": "json_schema",
    "json_schema": {
        "name": "step",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {
                "thought": {"type": "string", "description": "What to do next and why, briefly."},
                "code": {"type": "string", "description": "The Python to run next."},
            },
            "required": ["thought", "code"],
            "additionalProperties": False,
        },
    },
}

_LISTING_SECONDS = 20.0


class OpenAIModel:
    """Asks a chat completions endpoint for one thought and its code at a time.

    Structured output is asked for. Where the endpoint refuses it or goes past it, that is
    found out once, and plain text is read from then on. Messages are sent as they are.

    Args:
        name: The model's name; with `api_version` the Azure deployment's.
        base_url: The endpoint; OpenAI's own when None. Azure: the resource's URL.
        api_key: The endpoint's key; None where it needs none.
        api_version: Azure's API version; empty for every other endpoint.
        sampling: Further fields of each request, such as `temperature` and `seed`; what the model
            refuses, as reasoning models do, is left out from then on.
        seconds: How long to wait for the endpoint to go on with its answer.
        cache: The folder that remembers what endpoints understand; None to remember nothing
            beyond this object.
        patience: How long to go on when the endpoint fails.
        facts: What is known of the model.

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
        sampling: Mapping[str, object] | None = None,
        seconds: float = 600.0,
        cache: Path | None = None,
        patience: Patience | None = None,
        facts: ModelFacts = ModelFacts(),  # noqa: B008 - frozen
    ) -> None:
        self.facts = facts
        self.name = f"azure:{name}" if api_version else name
        self._model = name
        self._options: dict[str, object] = dict(sampling or {})
        self._patience = patience or Patience()
        self._endpoint = Endpoint(
            base_url or OPENAI_URL, api_key or "", api_version=api_version, seconds=seconds
        )
        self._heard: Callable[[str], None] | None = None
        self._streams = True
        self._format = Format(self._endpoint.url, name, cache)

    def warm_up(self) -> None:
        """Load what the first request needs, beside whatever else there is to do."""
        Thread(target=self._endpoint.load, daemon=True).start()

    def reply(self, messages: Sequence[Message], ear: Ear | None = None) -> Reply:
        """The model's reply; its usage counts every request, also those that failed.

        Raises:
            ConfigError: The endpoint does not know the key, the model or the path.
            ModelError: It cannot be reached, or gives nothing usable.
        """
        before = self._endpoint.requests
        self._heard = ear.heard if ear and ear.wants_stream else None
        answer = self._patience.ask(lambda: self._send(messages), ear.waiting if ear else None)
        usage = answer.usage(self._endpoint.requests - before, self.facts.price)
        if answer.refusal and not answer.content:
            return Reply("", "", usage, gave_up=f"the model refuses: {answer.refusal}")
        if answer.finish == "content_filter" and not answer.content:
            return Reply("", "", usage, gave_up="the endpoint's content filter stopped the reply")
        said = reply_text.parse(answer.content, cut_off=answer.finish == "length")
        thought = said.thought or reply_text.shortened(answer.reasoning)
        return Reply(thought, said.code, usage, said.problem)

    def _send(self, messages: Sequence[Message]) -> Answer | Failure:
        """One request, and those that show what was wrong with it."""
        schema = self._format.schema
        result = self._once(messages, schema)
        while isinstance(result, Failure) and self._dropped(result):
            result = self._once(messages, schema)
        if schema and isinstance(result, Failure) and self._may_do_without_schema(result):
            schema = False
            about = result.about
            result = self._once(messages, schema)
            if about == "output":  # the endpoint has the format; this reply did not fit into it
                return result
        if isinstance(result, Answer) and result.content and result.finish != "length":
            self._format.settle(schema and reply_text.is_object(result.content))
        return result

    def _once(self, messages: Sequence[Message], schema: bool) -> Answer | Failure:
        options = self._options | {"response_format": _SCHEMA} if schema else self._options
        heard = self._heard if self._streams else None
        result = self._endpoint.chat(self._model, messages, options, heard)
        if heard and isinstance(result, Failure) and _has_no_streams(result):
            self._streams = False
            return self._endpoint.chat(self._model, messages, options)
        return result

    def _dropped(self, failure: Failure) -> bool:
        """Leave out an option that the model refuses, as reasoning models do `temperature`."""
        refused = [name for name in self._options if name in failure.message]
        if failure.about != "unclear" or not refused:
            return False
        for name in refused:
            del self._options[name]
        return True

    def _may_do_without_schema(self, failure: Failure) -> bool:
        """Only a request without the schema can show whether the schema was at fault."""
        if failure.about == "format":
            self._format.refused()
        return failure.about in {"format", "output"} or (
            failure.about == "unclear" and not self._format.certain
        )


def _has_no_streams(failure: Failure) -> bool:
    return not failure.retry and "stream" in failure.message.lower()


def available(base_url: str, api_key: str, *, patience: Patience | None = None) -> tuple[str, ...]:
    """The names of the models that an endpoint lists, in its order.

    Raises:
        ConfigError: It does not know the key or the path.
        ModelError: It cannot be reached.
    """
    endpoint = Endpoint(base_url, api_key, seconds=_LISTING_SECONDS)
    return (patience or Patience()).ask(endpoint.models)
