"""The Responses API: what OpenAI's newest models have, some of them alone."""

from __future__ import annotations

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
from dynasaur.models.apis.events import Events, error_of
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

_FINISH = {"max_output_tokens": "length", "content_filter": "content_filter"}
_ENDS = {"response.completed", "response.incomplete", "response.failed"}


class ResponsesApi:
    """`/responses`, without state at the endpoint: nothing is stored there."""

    name: Literal["chat", "responses"] = "responses"
    path = "/responses"
    wanted = "response"
    field = "input"
    listed = "output"
    names: Mapping[str, tuple[str, ...]] = {
        "temperature": ("temperature",),
        "seed": (),
        "reasoning_effort": ("reasoning.effort",),
        "max_output_tokens": ("max_output_tokens",),
    }

    def conversation(self, messages: Sequence[Message]) -> list[dict[str, object]]:
        """The messages, text alone as text, with images in parts.

        Their type need not be said, but llama.cpp takes an assistant's for nothing without it.
        """
        return [{"type": "message", "role": one.role, "content": _content(one)} for one in messages]

    def form(self, way: Way) -> dict[str, object]:
        """The fields that ask for a reply in this form."""
        form: dict[str, object] = {"store": False}
        if way == "schema":
            shape = {"type": "json_schema", "name": NAME, "strict": True, "schema": SCHEMA}
            form["text"] = {"format": shape}
        if way == "tool":
            tool = {"name": NAME, "description": DESCRIPTION, "parameters": SCHEMA, "strict": True}
            form["tools"] = [{"type": "function", **tool}]
            form["tool_choice"] = {"type": "function", "name": NAME}
        return form

    def stream(self, *, usage: bool) -> dict[str, object]:  # noqa: ARG002 - it always has it
        """The fields that ask for a stream."""
        return {"stream": True}

    def pieces(self, heard: Heard) -> ResponsePieces:
        """What puts a stream together."""
        return ResponsePieces(heard)

    def read(self, body: object) -> Answer | None:
        """What a response says; None where the body has no list of what came out."""
        response = as_dict(body)
        if not isinstance(response.get("output"), list):
            return None
        items, usage = as_dicts(response.get("output")), as_dict(response.get("usage"))
        parts = [part for one in items for part in as_dicts(one.get("content"))]
        text = "".join(as_text(one.get("text")) for one in parts if _is(one, "output_text", "text"))
        given = (one.get("arguments") for one in items if _is(one, "function_call"))
        called = next(map(as_arguments, given), "")
        prompt = as_count(usage.get("input_tokens"))
        cached = as_count(as_dict(usage.get("input_tokens_details")).get("cached_tokens"))
        thought = as_dict(usage.get("output_tokens_details")).get("reasoning_tokens")
        reason = as_text(as_dict(response.get("incomplete_details")).get("reason"))
        return Answer(
            content=called or text,
            reasoning=_reasoning(items) or (text if called else ""),
            refusal="".join(as_text(one.get("refusal")) for one in parts),
            finish=_FINISH.get(reason, reason or "stop"),
            prompt_tokens=prompt,
            completion_tokens=as_count(usage.get("output_tokens")),
            cached_tokens=min(prompt, cached),
            reasoning_tokens=as_count(thought),
            called=bool(called),
            served=served_by(body),
        )


class ResponsePieces(Events):
    """A response in pieces; its last event holds all of it."""

    def __init__(self, heard: Heard) -> None:
        super().__init__(heard)
        self._response: object = None
        self._arguments = ""

    def event(self, event: dict[str, object]) -> None:
        """One event."""
        kind = as_text(event.get("type"))
        if kind == "response.output_text.delta":
            self.said(as_text(event.get("delta")))
        elif kind == "response.function_call_arguments.delta":
            self._arguments += as_text(event.get("delta"))
            self.tell(self._arguments)
        elif kind in _ENDS:
            self._response = event.get("response")
        elif kind == "error":
            self.error = self.error or error_of(event)

    @property
    def whole(self) -> bool:
        """The stream came to its end; a body that is no stream always has."""
        return self._response is not None or bool(self.error or self.plain)

    def body(self) -> str:
        """The body that the server would have sent without a stream."""
        if self._response is not None:
            return json.dumps(self._response)
        return self.error or self.plain


def _content(message: Message) -> str | list[dict[str, object]]:
    """The content of a message: its text, with its images where it has some."""
    text = sendable(message.content)
    if not message.images:
        return text
    images: list[dict[str, object]] = [
        {"type": "input_image", "image_url": one.url, "detail": "auto"} for one in message.images
    ]
    return [{"type": "input_text", "text": text}, *images]


def _is(value: dict[str, object], *kinds: str) -> bool:
    return value.get("type") in kinds


def _reasoning(items: list[dict[str, object]]) -> str:
    """The summary of what the model thought, or the thoughts themselves where they are shown."""
    thoughts = [one for one in items if _is(one, "reasoning")]
    return "\n".join(
        filter(
            None, (as_text(one.get("summary")) or as_text(one.get("content")) for one in thoughts)
        )
    )
