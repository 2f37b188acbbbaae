"""Keeps a conversation within the model's context window.

The policy, in order, until the conversation takes no more than `AIM` of the window:

1. images of observations, oldest first, are left out;
2. observations, oldest first, are shortened to `SHORT` characters;
3. the code and the words of the model's own replies, oldest first, are shortened likewise;
4. observations, oldest first, give way to one line.

A note stands where something was. The system message, the task and the last `KEPT` steps are
never touched. What is shortened changes the beginning of the next request, so the endpoint's
prompt cache misses once: that is why much is shortened at once, and seldom.

Tokens are estimated from bytes; the endpoint's own count of each request corrects the estimate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from dynasaur import prompts
from dynasaur.models.estimate import IMAGE_TOKENS, TOKENS_PER_BYTE, images, size, tokens
from dynasaur.types import Message

KEPT = 2
SHORT = 400
FULL, AIM = 0.95, 0.6
"""Past the first share of the room, the conversation is shortened to the second."""

_LEAST, _MOST = 0.1, 1.0
_REPLY = 4_096


@dataclass(slots=True)
class Window:
    """The context window of one model in one run.

    Attributes:
        tokens: What prompt and reply may take together; None while that is not known.
        reply: What a reply may take; None for what is usual.
    """

    tokens: int | None = None
    reply: int | None = None
    _rate: float = TOKENS_PER_BYTE

    def observe(self, messages: Sequence[Message], prompt_tokens: int) -> None:
        """Learn from the endpoint's own count of a request's tokens."""
        said = size(messages)
        text_tokens = prompt_tokens - IMAGE_TOKENS * images(messages)
        if text_tokens > 0 and said:
            self._rate = min(max(text_tokens / said, _LEAST), _MOST)

    def estimate(self, messages: Sequence[Message]) -> int:
        """About how many tokens these messages take."""
        return tokens(messages, self._rate)

    @property
    def room(self) -> int | None:
        """Tokens that a prompt may take, so that there is room for the reply."""
        if self.tokens is None:
            return None
        if self.reply is None:
            return self.tokens - min(_REPLY, self.tokens // 4)
        return self.tokens - min(self.reply, self.tokens // 2)

    @property
    def observation_limit(self) -> int:
        """Characters of an observation that the model is shown: two of them fit in a quarter."""
        if self.tokens is None:
            return prompts.OBSERVATION_LIMIT
        return max(1_000, min(prompts.OBSERVATION_LIMIT, round(self.tokens / 8 / TOKENS_PER_BYTE)))

    def fit(self, messages: list[Message]) -> bool:
        """Shorten a conversation that outgrows the window, in place.

        Returns:
            Something was shortened.
        """
        room = self.room
        if room is None or self.estimate(messages) <= room * FULL:
            return False
        return self._shorten(messages, round(room * AIM))

    def refused(self, messages: list[Message], stated: int | None) -> bool:
        """The endpoint says that the conversation is too long: shorten it, in place.

        Args:
            messages: The conversation.
            stated: The window's tokens, where the endpoint's words say them.

        Returns:
            Something was shortened, so that asking again makes sense.
        """
        if stated and self.tokens is None:
            self.tokens = stated
        now = self.estimate(messages)
        aim = round(now * AIM)
        if self.room is not None:
            aim = min(aim, round(self.room * AIM))
        return self._shorten(messages, aim)

    def _shorten(self, messages: list[Message], aim: int) -> bool:
        touched = False
        last = len(messages) - 2 * KEPT
        for roles, change in _POLICY:
            for at in _steps(messages, roles, last):
                if self.estimate(messages) <= aim:
                    return touched
                shorter = change(messages[at])
                if shorter != messages[at]:
                    messages[at] = shorter
                    touched = True
        return touched


def _steps(messages: Sequence[Message], role: str, last: int) -> Iterator[int]:
    """Where the steps' messages are, oldest first: all but the opening and the last steps."""
    kept = prompts.task_place(messages)
    return (at for at in range(2, last) if messages[at].role == role and at != kept)


def _without_images(message: Message) -> Message:
    if not message.images:
        return message
    note = "(the images are left out here to save room)"
    return replace(message, content=f"{message.content}\n{note}", images=())


def _shortened(message: Message) -> Message:
    return replace(message, content=prompts.shortened(message.content, SHORT))


def _reply_shortened(message: Message) -> Message:
    return replace(message, content=prompts.shortened(message.content, 2 * SHORT))


def _one_line(message: Message) -> Message:
    return replace(message, content=prompts.LEFT_OUT)


_POLICY: tuple[tuple[str, Callable[[Message], Message]], ...] = (
    ("user", _without_images),
    ("user", _shortened),
    ("assistant", _reply_shortened),
    ("user", _one_line),
)
