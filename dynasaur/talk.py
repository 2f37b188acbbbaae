"""The frozen values of the conversation with a model; `dynasaur.types` has them all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that a cell displayed, or that came with the task."""

    mime: Literal["image/png", "image/jpeg"]
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the conversation with the model; images go to models that see."""

    role: Role
    content: str
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """What the model's work cost: counted by the endpoint, zero where it does not say.

    Attributes:
        requests: Requests sent, those that failed included.
        prompt_tokens: Tokens of the prompts, the cached ones included.
        completion_tokens: Tokens of the replies, those of reasoning included.
        cached_tokens: Tokens of the prompts that the endpoint had in its cache.
        cost: US dollars; None where the price is not known. A sum with one unknown is unknown.
    """

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    cost: float | None = 0.0

    def __add__(self, other: Usage) -> Usage:
        known = self.cost is not None and other.cost is not None
        return Usage(
            self.requests + other.requests,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cached_tokens + other.cached_tokens,
            (self.cost or 0.0) + (other.cost or 0.0) if known else None,
        )

    @property
    def tokens(self) -> int:
        """Tokens in both directions."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What is known of a model.

    Attributes:
        context: Tokens that prompt and reply may have together; None where it is not known.
        price: US dollars for a million tokens of prompt, cached prompt and reply; None where
            it is not known.
        images: It sees pictures.
    """

    context: int | None = None
    price: tuple[float, float, float] | None = None
    images: bool = False


FREE = ModelFacts(price=(0.0, 0.0, 0.0))
"""Of a model that runs here and costs nothing."""


class Ear:
    """Told how a reply comes along; does nothing unless a method is overridden."""

    wants_stream: bool = False
    """Let the model stream, and tell `heard` of it."""

    def heard(self, text: str) -> None:
        """The next piece of the thought; an empty one begins the reply anew."""

    def waiting(self, seconds: float, why: str) -> None:
        """The model is asked again after this time, because of what went wrong."""


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
