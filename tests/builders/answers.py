"""What an endpoint may answer, byte for byte: completions, responses, streams, errors.

Shapes are those of the openai package's own types; `tests/test_models_responses.py` holds them to
these.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Step:
    """A good answer, in the form that the request and the server's `output` make."""

    thought: str
    code: str
    prompt_tokens: int = 10
    completion_tokens: int = 5
    cached_tokens: int = 0
    reasoning_tokens: int = 0

    @property
    def as_json(self) -> str:
        """The step after the schema."""
        return json.dumps({"thought": self.thought, "code": self.code})

    @property
    def as_text(self) -> str:
        """The step as the prompt asks for it."""
        return f"{self.thought}\n\n```python\n{self.code}\n```"


@dataclass(frozen=True)
class Raw:
    """One answer, byte for byte.

    Attributes:
        drop: Bytes of the body to send before the connection is cut; None to send all.
        slow: The answer comes only after the client has gone or the test is over.
    """

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: int | None = None
    slow: bool = False


@dataclass(frozen=True)
class Request:
    """What a client sent."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]


EVENTS = {"Content-Type": "text/event-stream"}


def completion(
    content: object, finish: str = "stop", usage: tuple[int, int] = (10, 5), **message: object
) -> Raw:
    """A whole completion with this content."""
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "test",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content, **message},
                "finish_reason": finish,
            }
        ],
        "usage": {
            "prompt_tokens": usage[0],
            "completion_tokens": usage[1],
            "total_tokens": sum(usage),
        },
    }
    return Raw(200, json.dumps(body))


def completion_of(step: Step, way: str, tool: str = "step") -> Raw:
    """The completion that a step makes: `schema`, `tool` or `text`."""
    usage = (step.prompt_tokens, step.completion_tokens)
    if way == "tool":
        function = {"name": tool, "arguments": step.as_json}
        call = {"id": "call_1", "type": "function", "function": function}
        made = completion(None, "tool_calls", usage, tool_calls=[call])
    else:
        made = completion(step.as_json if way == "schema" else step.as_text, usage=usage)
    body = json.loads(made.body)
    body["usage"] |= {
        "prompt_tokens_details": {"cached_tokens": step.cached_tokens},
        "completion_tokens_details": {"reasoning_tokens": step.reasoning_tokens},
    }
    return Raw(200, json.dumps(body))


def response(
    *items: Mapping[str, Any],
    status: str = "completed",
    reason: str = "",
    error: Mapping[str, str] | None = None,
    usage: tuple[int, int, int, int] = (10, 5, 0, 0),
) -> Raw:
    """A whole response with these items; usage: prompt, reply, cached, reasoning."""
    body = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "status": status,
        "error": error,
        "incomplete_details": {"reason": reason} if reason else None,
        "instructions": None,
        "metadata": {},
        "model": "test",
        "output": list(items),
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": {
            "input_tokens": usage[0],
            "input_tokens_details": {"cached_tokens": usage[2], "cache_write_tokens": 0},
            "output_tokens": usage[1],
            "output_tokens_details": {"reasoning_tokens": usage[3]},
            "total_tokens": usage[0] + usage[1],
        },
    }
    return Raw(200, json.dumps(body))


def said(text: str, *, refusal: str = "") -> dict[str, Any]:
    """The item of a response in which the model says this, or refuses."""
    part: dict[str, Any] = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    if refusal:
        part = {"type": "refusal", "refusal": refusal}
    whole = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed"}
    return whole | {"content": [part]}


def thought(summary: str) -> dict[str, Any]:
    """The item of a response that tells of what the model thought."""
    part = {"type": "summary_text", "text": summary}
    return {"id": "rs_1", "type": "reasoning", "summary": [part]}


def called(arguments: str, name: str = "step") -> dict[str, Any]:
    """The item of a response in which the model calls a function."""
    item = {"id": "fc_1", "type": "function_call", "call_id": "call_1", "status": "completed"}
    return item | {"name": name, "arguments": arguments}


def response_of(step: Step, way: str) -> Raw:
    """The response that a step makes: `schema`, `tool` or `text`."""
    item = called(step.as_json) if way == "tool" else said(step.as_json)
    tokens = (step.prompt_tokens, step.completion_tokens, step.cached_tokens, step.reasoning_tokens)
    return response(said(step.as_text) if way == "text" else item, usage=tokens)


def failure(
    status: int, message: str = "", code: str = "", *, param: str = "", **headers: str
) -> Raw:
    """An error in OpenAI's shape; `retry_after="1"` becomes the header."""
    error = {"message": message, "type": "error", "param": param or None, "code": code or None}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Raw(status, json.dumps({"error": error}), named)


def streamed(answer: Raw, *, size: int = 7) -> Raw:
    """A completion or a response as a stream of events, what it says in pieces."""
    body = json.loads(answer.body)
    made = _response_events if "output" in body else _chunks
    lines = "".join(made(body, size))
    return Raw(200, lines, EVENTS)


def _chunks(body: dict[str, Any], size: int) -> Iterator[str]:
    choice = body["choices"][0]
    head = {"id": body["id"], "object": "chat.completion.chunk", "created": 1, "model": "test"}
    for delta in _deltas(choice["message"], size):
        piece = {"index": 0, "delta": delta, "finish_reason": None}
        yield f"data: {json.dumps(head | {'choices': [piece]})}\n\n"
    last = {"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}
    yield f"data: {json.dumps(head | {'choices': [last]})}\n\n"
    yield f"data: {json.dumps(head | {'choices': [], 'usage': body['usage']})}\n\n"
    yield "data: [DONE]\n\n"


def _deltas(message: dict[str, Any], size: int) -> Iterator[dict[str, Any]]:
    for text in _pieces(message["content"] or "", size):
        yield {"content": text}
    for call in message.get("tool_calls", ()):
        empty = call | {"function": call["function"] | {"arguments": ""}}
        yield {"tool_calls": [{"index": 0, **empty}]}
        for text in _pieces(call["function"]["arguments"], size):
            yield {"tool_calls": [{"index": 0, "function": {"arguments": text}}]}


def _response_events(body: dict[str, Any], size: int) -> Iterator[str]:
    begun = body | {"status": "in_progress", "output": [], "usage": None}
    events: list[dict[str, Any]] = [{"type": "response.created", "response": begun}]
    for place, item in enumerate(body["output"]):
        where = {"output_index": place, "item_id": item["id"]}
        events.append({"type": "response.output_item.added", "output_index": place, "item": item})
        for text in _pieces(item.get("arguments", ""), size):
            kind = "response.function_call_arguments.delta"
            events.append({"type": kind, "delta": text, **where})
        for part in item.get("content", ()):
            for text in _pieces(part.get("text", ""), size):
                delta = {"type": "response.output_text.delta", "delta": text, "logprobs": []}
                events.append(delta | where | {"content_index": 0})
    events.append({"type": f"response.{body['status']}", "response": body})
    for number, event in enumerate(events):
        numbered = json.dumps(event | {"sequence_number": number})
        yield f"event: {event['type']}\ndata: {numbered}\n\n"


def _pieces(text: str, size: int) -> Iterator[str]:
    return (text[at : at + size] for at in range(0, len(text), size))


DROPPED = Raw(drop=0)
HALF = Raw(body=completion("x" * 500).body, drop=100)
SLOW = Raw(slow=True)
NO_FORMAT = failure(400, "response_format type json_schema is not supported", "invalid_value")
NO_TOOLS = failure(400, "this model does not support tools")
NO_PATH = Raw(404, json.dumps({"detail": "Not Found"}))
ONLY_RESPONSES = failure(
    404,
    "This model is only supported in v1/responses and not in v1/chat/completions.",
    param="model",
)
