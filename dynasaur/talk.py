"""The frozen values of the conversation with a model; `dynasaur.types` has them all."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, fields, replace
from typing import Literal

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that a cell displayed, or that came with the task."""

    mime: Literal["image/png", "image/jpeg"]
    data: bytes = field(repr=False)

    @property
    def url(self) -> str:
        """A URL that holds it."""
        return f"data:{self.mime};base64,{base64.b64encode(self.data).decode()}"


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording that a model is asked about."""

    format: Literal["mp3", "wav"]
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the conversation with the model.

    Attributes:
        role: Who says it.
        content: What is said.
        images: Pictures, for models that see.
        sounds: Recordings, for models that hear.
        task_at: Where in the content a task begins; None where none does. Words cannot tell:
            what code prints may look like a task.
    """

    role: Role
    content: str
    images: tuple[Image, ...] = ()
    sounds: tuple[Sound, ...] = ()
    task_at: int | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What the model's work cost: counted by the endpoint, zero where it does not say.

    Attributes:
        requests: Requests sent, those that failed included.
        prompt_tokens: Tokens of the prompts, the cached ones included.
        completion_tokens: Tokens of the replies, those of reasoning included.
        cached_tokens: Tokens of the prompts that the endpoint had in its cache.
        reasoning_tokens: Tokens of the replies that the model thought and did not say.
        cost: US dollars; None where the price is not known. A sum with one unknown is unknown.
    """

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    cost: float | None = 0.0
    reasoning_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        known = self.cost is not None and other.cost is not None
        return Usage(
            self.requests + other.requests,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cached_tokens + other.cached_tokens,
            (self.cost or 0.0) + (other.cost or 0.0) if known else None,
            self.reasoning_tokens + other.reasoning_tokens,
        )

    @property
    def tokens(self) -> int:
        """Tokens in both directions."""
        return self.prompt_tokens + self.completion_tokens


Api = Literal["auto", "chat", "responses"]
"""What an endpoint is asked by: chat completions, the Responses API, or the one that it has."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a model is to be asked and to write; what has its default is left to the model.

    Attributes:
        temperature: The sampling temperature, 0 to 2.
        seed: What makes two equal requests give equal replies, where the model can.
        reasoning_effort: How much to think before the reply: `low`, `medium`, `high`, ...
        max_output_tokens: Tokens that one reply may have, those of reasoning included.
        api: What it is asked by.
    """

    temperature: float | None = None
    seed: int | None = None
    reasoning_effort: str = ""
    max_output_tokens: int | None = None
    api: Api = "auto"

    def over(self, other: Manner) -> Manner:
        """This, and what `other` says where this says nothing."""
        said = {
            one.name: value
            for one in fields(self)
            if (value := getattr(self, one.name)) != one.default
        }
        return replace(other, **said)


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What is known of a model.

    Attributes:
        context: Tokens that prompt and reply may have together; None where it is not known.
        price: US dollars for a million tokens of prompt, cached prompt and reply; None where
            it is not known.
        images: It sees pictures.
        manner: How it is to be asked.
    """

    context: int | None = None
    price: tuple[float, float, float] | None = None
    images: bool = False
    manner: Manner = Manner()


FREE = ModelFacts(price=(0.0, 0.0, 0.0))
"""Of a model that runs here and costs nothing."""


class Ear:
    """Told how a reply comes along; does nothing unless a method is overridden."""

    wants_stream: bool = False
    """Let the model stream, and tell `heard` of it."""

    def sent(self) -> None:
        """A request is on its way, or about to be: the answer is waited for from now on."""

    def heard(self, text: str) -> None:
        """The next piece of the thought; an empty one begins the reply anew."""

    def waiting(self, seconds: float, why: str) -> None:
        """The model is asked again after this time, because of what went wrong."""

    def remarked(self, line: str) -> None:
        """Something that the user wanted of the model is not to be had, in one line."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The model's answer to the messages so far.

    Attributes:
        thought: The model's reasoning, in words.
        code: The Python to run next; empty when the reply held none.
        usage: What this reply cost.
        problem: Why there is no usable code, in words that the model can act on.
        gave_up: Why the model will not go on with this task; empty while it does.
    """

    thought: str
    code: str
    usage: Usage = Usage()
    problem: str = ""
    gave_up: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a model said when it was asked a question, and what that cost."""

    text: str
    usage: Usage = Usage()
