"""About how many tokens a conversation takes, where no endpoint has counted them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dynasaur.models.wire import Answer
from dynasaur.types import Message

IMAGE_TOKENS = 1_100
"""What one picture is taken to cost: more than most endpoints ask for."""

TOKENS_PER_BYTE = 0.3


def size(messages: Sequence[Message]) -> int:
    """Bytes of the messages' text, with what stands around each."""
    return sum(len(m.content.encode("utf-8", "replace")) + 16 for m in messages)


def images(messages: Sequence[Message]) -> int:
    """How many pictures there are."""
    return sum(len(message.images) for message in messages)


def tokens(messages: Sequence[Message], rate: float = TOKENS_PER_BYTE) -> int:
    """About how many tokens the messages take, at so many for a byte of text."""
    return round(size(messages) * rate) + IMAGE_TOKENS * images(messages)


def counted(answer: Answer, messages: Sequence[Message]) -> Answer:
    """The answer with its tokens estimated, where the endpoint does not say them.

    Some servers count nothing in a stream; a limit would never be reached there.
    """
    if answer.prompt_tokens or answer.completion_tokens:
        return answer
    said = len(f"{answer.content}{answer.reasoning}".encode("utf-8", "replace"))
    return replace(
        answer,
        prompt_tokens=tokens(messages),
        completion_tokens=round(said * TOKENS_PER_BYTE),
    )
