"""Chat completions: what nearly every endpoint understands."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Literal

from dynasaur.models.apis.api import (
    DESCRIPTION,
    NAME,
    SCHEMA,
    Heard,
    Way,
    sendable,
)
from dynasaur.models.apis.events import Events
from dynasaur.models.wire import (
    Answer,
    as_arguments,
    as_count,
    as_dict,
    as_dicts,
    as_text,
    served_by,
)
from dynasaur.types import Message


class ChatApi:
    """`/chat/completions`."""

    name: Literal["chat", "responses"] = "chat"
    path = "/chat/completions"
    wanted = "chat completion"
    field = "messages"
    listed = "choices"
    names: Mapping[str, tuple[str, ...]] = {
        "temperature": ("temperature",),
        "seed": ("seed",),
        "reasoning_effort": ("reasoning_effort",),
        "max_output_tokens": ("max_tokens", "max_completion_tokens"),
    }

    def conversation(self, messages: Sequence[Message]) -> list[dict[str, object]]:
        """The messages, text alone as text, with images in parts."""
        return [{"role": one.role, "content": _content(one)} for one in messages]

    def form(self, way: Way) -> dict[str, object]:
        """The fields that ask for a reply in this form."""
        if way == "schema":
            schema = {"name": NAME, "strict": True, "schema": SCHEMA}
            return {"response_format": {"type": "json_schema", "json_schema": schema}}
        if way == "tool":
            tool = {"name": NAME, "description": DESCRIPTION, "parameters": SCHEMA}
            return {
                "tools": [{"type": "function", "function": tool}],
                "tool_choice": {"type": "function", "function": {"name": NAME}},
            }
        return {}

    def stream(self, *, usage: bool) -> dict[str, object]:
        """The fields that ask for a stream."""
        return {"stream": True} | ({"stream_options": {"include_usage": True}} if usage else {})

    def pieces(self, heard: Heard) -> ChatPieces:
        """What puts a stream together."""
        return ChatPieces(heard)

    def read(self, body: object) -> Answer | None:
        """The first choice of a completion; None where the body holds no choice at all."""
        choices = as_dicts(as_dict(body).get("choices"))
        if not choices:
            return None
        message, usage = as_dict(choices[0].get("message")), as_dict(as_dict(body).get("usage"))
        text, called = as_text(message.get("content")), _arguments(message)
        thought = as_text(message.get("reasoning_content")) or as_text(message.get("reasoning"))
        said = as_dict(usage.get("completion_tokens_details"))
        return Answer(
            content=called or text,
            reasoning=thought or (text if called else ""),
            refusal=as_text(message.get("refusal")),
            finish=as_text(choices[0].get("finish_reason")),
            prompt_tokens=as_count(usage.get("prompt_tokens")),
            completion_tokens=as_count(usage.get("completion_tokens")),
            cached_tokens=min(as_count(usage.get("prompt_tokens")), _cached(usage)),
            reasoning_tokens=as_count(said.get("reasoning_tokens")),
            called=bool(called),
            served=served_by(body),
        )


class ChatPieces(Events):
    """A completion in pieces, put together again."""

    def __init__(self, heard: Heard) -> None:
        super().__init__(heard)
        self._reasoning: list[str] = []
        self._arguments: list[str] = []
        self._refusal = ""
        self._finish = ""
        self._usage: object = None
        self._served: dict[str, object] = {}

    def event(self, event: dict[str, object]) -> None:
        """One chunk."""
        self._usage = event.get("usage") or self._usage
        for name in ("model", "system_fingerprint"):
            self._served[name] = event.get(name) or self._served.get(name)
        for choice in as_dicts(event.get("choices"))[:1]:
            self._take_choice(choice)

    def _take_choice(self, choice: dict[str, object]) -> None:
        delta = as_dict(choice.get("delta"))
        self._reasoning.append(
            as_text(delta.get("reasoning_content")) or as_text(delta.get("reasoning"))
        )
        self._refusal += as_text(delta.get("refusal"))
        for call in as_dicts(delta.get("tool_calls")):
            if not as_count(call.get("index")):
                given = as_dict(call.get("function")).get("arguments")
                self._arguments.append(as_arguments(given))
        self.said(as_text(delta.get("content")))
        self.tell("".join(self._arguments))
        self._finish = as_text(choice.get("finish_reason")) or self._finish

    @property
    def whole(self) -> bool:
        """The stream came to its end; a body that is no stream always has."""
        return self.done or bool(self._finish or self.error or self.plain)

    def body(self) -> str:
        """The body that the server would have sent without a stream."""
        arguments = "".join(self._arguments)
        if self.error or (self.plain and not (self.text or arguments)):
            return self.error or self.plain
        message: dict[str, object] = {
            "content": self.text,
            "reasoning_content": "".join(self._reasoning),
            "refusal": self._refusal,
        }
        if arguments:
            message["tool_calls"] = [{"function": {"arguments": arguments}}]
        choice = {"message": message, "finish_reason": self._finish or "stop"}
        return json.dumps({"choices": [choice], "usage": self._usage} | self._served)


def _content(message: Message) -> str | list[dict[str, object]]:
    """The content of a message: its text, with its images and sounds where it has some."""
    text = sendable(message.content)
    if not message.images and not message.sounds:
        return text
    parts: list[dict[str, object]] = [
        {"type": "image_url", "image_url": {"url": one.url}} for one in message.images
    ]
    for sound in message.sounds:
        heard = {"data": base64.b64encode(sound.data).decode("ascii"), "format": sound.format}
        parts.append({"type": "input_audio", "input_audio": heard})
    return [{"type": "text", "text": text}, *parts]


def _arguments(message: dict[str, object]) -> str:
    """What a model put into its first tool call."""
    for call in as_dicts(message.get("tool_calls"))[:1]:
        return as_arguments(as_dict(call.get("function")).get("arguments"))
    return ""


def _cached(usage: dict[str, object]) -> int:
    """Tokens from the endpoint's cache: OpenAI's place for them, then DeepSeek's."""
    details = as_dict(usage.get("prompt_tokens_details"))
    return as_count(details.get("cached_tokens")) or as_count(usage.get("prompt_cache_hit_tokens"))
