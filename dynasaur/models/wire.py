"""The bodies that chat completions endpoints send, read tolerantly.

Servers differ in what they leave out, wrap or mistype, so nothing is taken for granted here.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

from dynasaur.types import Usage


@dataclass(frozen=True, slots=True)
class Answer:
    """The first choice of a completion; text is empty where there is none."""

    content: str
    reasoning: str
    refusal: str
    finish: str
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0

    def usage(self, requests: int, price: tuple[float, float, float] | None = None) -> Usage:
        """What it cost.

        Args:
            requests: The number of requests that it took.
            price: US dollars for a million tokens of prompt, cached prompt and reply.
        """
        prompt, cached, said = self.prompt_tokens, self.cached_tokens, self.completion_tokens
        if price is None:
            return Usage(requests, prompt, said, cached, None)
        cost = (prompt - cached) * price[0] + cached * price[1] + said * price[2]
        return Usage(requests, prompt, said, cached, cost / 1_000_000)


@dataclass(frozen=True, slots=True)
class Complaint:
    """An endpoint's words on why it failed.

    Attributes:
        message: For people, as sent; empty where the endpoint gave no reason.
        labels: Its `code`, `type` and `param`, lower case.
    """

    message: str
    labels: frozenset[str]


def read_json(body: str) -> object:
    """The body's JSON; None where it is not JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def read_answer(body: object) -> Answer | None:
    """The answer of a completion; None where the body holds no choice at all."""
    choices = _dict(body).get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return None
    message, usage = _dict(choices[0].get("message")), _dict(_dict(body).get("usage"))
    return Answer(
        content=_text(message.get("content")) or _arguments(message),
        reasoning=_text(message.get("reasoning_content")) or _text(message.get("reasoning")),
        refusal=_text(message.get("refusal")),
        finish=_text(choices[0].get("finish_reason")),
        prompt_tokens=_count(usage.get("prompt_tokens")),
        completion_tokens=_count(usage.get("completion_tokens")),
        cached_tokens=min(_count(usage.get("prompt_tokens")), _cached(usage)),
    )


def read_complaint(body: str) -> Complaint:
    """The reason in an error's body, in any of the shapes that servers use."""
    value = read_json(body)
    if isinstance(value, list) and value:
        value = value[0]
    if not isinstance(value, dict):
        return Complaint("" if "<html" in body.lower() else body.strip(), frozenset())
    inner = value.get("error")
    if isinstance(inner, dict):
        value = inner
    elif isinstance(inner, str):
        value = value | {"message": inner}
    message = _text(value.get("message")) or _detail(value.get("detail"))
    labels = (_label(value.get(key)) for key in ("code", "type", "param", "status"))
    return Complaint(message.strip(), frozenset(label for label in labels if label))


def read_vectors(body: object) -> list[list[float]]:
    """The vectors of an answer to a request for embeddings, in the order of the texts.

    Empty where one of them is no vector of numbers, or is not as long as the others.
    """
    data = _dict(body).get("data")
    entries = [_dict(entry) for entry in data] if isinstance(data, list) else []
    found: list[tuple[int, list[float]]] = []
    for number, entry in enumerate(entries):
        place = entry.get("index")
        vector = _vector(entry.get("embedding"))
        found.append((place if isinstance(place, int) else number, vector))
    found.sort(key=lambda pair: pair[0])
    lengths = {len(vector) for _, vector in found}
    return [vector for _, vector in found] if len(lengths) == 1 and lengths != {0} else []


def _vector(value: object) -> list[float]:
    """A vector; empty where it is none."""
    values = value if isinstance(value, list) else []
    if not all(isinstance(x, int | float) and math.isfinite(x) for x in values):
        return []
    return [float(x) for x in values]


def model_ids(body: object) -> tuple[str, ...]:
    """The ids in the answer to `/models`, in its order."""
    data = _dict(body).get("data")
    entries = data if isinstance(data, list) else []
    return tuple(name for entry in entries if (name := _text(_dict(entry).get("id"))))


def _detail(value: object) -> str:
    """The `detail` of FastAPI's validation errors: where and what, but not the input."""
    if not isinstance(value, list):
        return _text(value)
    parts = []
    for entry in map(_dict, value):
        where = entry.get("loc")
        place = ".".join(map(str, where)) if isinstance(where, list) else ""
        parts.append(f"{place}: {_text(entry.get('msg'))}")
    return "; ".join(parts)


def _arguments(message: dict[str, object]) -> str:
    """What a model put into a tool call although no tool was offered."""
    calls = message.get("tool_calls")
    first = _dict(calls[0]) if isinstance(calls, list) and calls else {}
    return _text(_dict(first.get("function")).get("arguments"))


def _dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    if isinstance(value, list):
        return "".join(_text(_dict(part).get("text")) for part in value)
    return value if isinstance(value, str) else ""


def _label(value: object) -> str:
    return str(value).lower() if isinstance(value, str | int) else ""


def _cached(usage: dict[str, object]) -> int:
    """Tokens from the endpoint's cache: OpenAI's place for them, then DeepSeek's."""
    details = _dict(usage.get("prompt_tokens_details"))
    return _count(details.get("cached_tokens")) or _count(usage.get("prompt_cache_hit_tokens"))


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0
