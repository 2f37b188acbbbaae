"""What endpoints send, read tolerantly.

Servers differ in what they leave out, wrap or mistype, so nothing is taken for granted here.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

from dynasaur.types import Usage


@dataclass(frozen=True, slots=True)
class Answer:
    """One reply of a model; text is empty where there is none.

    Attributes:
        content: What it said, or the arguments of its tool call.
        reasoning: What it thought, or said beside its tool call.
        refusal: Why it will not answer.
        finish: Why it ended: `stop`, `length`, `content_filter`, `tool_calls`, ...
        prompt_tokens: Tokens of the prompt, the cached ones included.
        completion_tokens: Tokens of the reply, those of reasoning included.
        cached_tokens: Tokens of the prompt from the endpoint's cache.
        reasoning_tokens: Tokens of the reply that were only thought.
        called: The content is a tool call's.
        served: The model and its fingerprint, as the endpoint names them.
    """

    content: str
    reasoning: str
    refusal: str
    finish: str
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    called: bool = False
    served: str = ""

    def usage(self, requests: int, price: tuple[float, float, float] | None = None) -> Usage:
        """What it cost.

        Args:
            requests: The number of requests that it took.
            price: US dollars for a million tokens of prompt, cached prompt and reply.
        """
        prompt, cached, said = self.prompt_tokens, self.cached_tokens, self.completion_tokens
        cost = None
        if price is not None:
            dollars = (prompt - cached) * price[0] + cached * price[1] + said * price[2]
            cost = dollars / 1_000_000
        return Usage(requests, prompt, said, cached, cost, self.reasoning_tokens)


@dataclass(frozen=True, slots=True)
class Complaint:
    """An endpoint's words on why it failed.

    Attributes:
        message: For people, as sent; empty where the endpoint gave no reason.
        labels: Its `code`, `type`, `param` and `status`, lower case.
    """

    message: str
    labels: frozenset[str]

    @property
    def words(self) -> str:
        """All of it, to search in."""
        return " ".join([self.message, *sorted(self.labels)])


def served_by(body: object) -> str:
    """The model that made an answer, and its fingerprint, where the endpoint says them."""
    names = (as_text(as_dict(body).get(name)) for name in ("model", "system_fingerprint"))
    return " ".join(filter(None, names))


def read_json(body: str) -> object:
    """The body's JSON; None where it is not JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


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
    message = as_text(value.get("message")) or _detail(value.get("detail"))
    labels = (_label(value.get(key)) for key in ("code", "type", "param", "status"))
    return Complaint(message.strip(), frozenset(label for label in labels if label))


def read_vectors(body: object) -> list[list[float]]:
    """The vectors of an answer to a request for embeddings, in the order of the texts.

    Empty where one of them is no vector of numbers, or is not as long as the others.
    """
    data = as_dict(body).get("data")
    entries = [as_dict(entry) for entry in data] if isinstance(data, list) else []
    found: list[tuple[int, list[float]]] = []
    for number, entry in enumerate(entries):
        place = entry.get("index")
        vector = _vector(entry.get("embedding"))
        found.append((place if isinstance(place, int) else number, vector))
    found.sort(key=lambda pair: pair[0])
    lengths = {len(vector) for _, vector in found}
    return [vector for _, vector in found] if len(lengths) == 1 and lengths != {0} else []


def read_transcript(body: object) -> Answer | None:
    """The transcript of a recording and what it cost in tokens; None where there is none.

    Some models count the seconds of the recording instead: then no tokens are known.
    """
    told = as_dict(body)
    if not isinstance(told.get("text"), str):
        return None
    usage = as_dict(told.get("usage"))
    return Answer(
        content=as_text(told.get("text")),
        reasoning="",
        refusal="",
        finish="stop",
        prompt_tokens=as_count(usage.get("input_tokens")),
        completion_tokens=as_count(usage.get("output_tokens")),
    )


def _vector(value: object) -> list[float]:
    """A vector; empty where it is none."""
    values = value if isinstance(value, list) else []
    if not all(isinstance(x, int | float) and math.isfinite(x) for x in values):
        return []
    return [float(x) for x in values]


def model_ids(body: object) -> tuple[str, ...]:
    """The ids in the answer to `/models`, in its order."""
    data = as_dict(body).get("data")
    entries = data if isinstance(data, list) else []
    return tuple(name for entry in entries if (name := as_text(as_dict(entry).get("id"))))


def _detail(value: object) -> str:
    """The `detail` of FastAPI's validation errors: where and what, but not the input."""
    if not isinstance(value, list):
        return as_text(value)
    parts = []
    for entry in map(as_dict, value):
        where = entry.get("loc")
        place = ".".join(map(str, where)) if isinstance(where, list) else ""
        parts.append(f"{place}: {as_text(entry.get('msg'))}")
    return "; ".join(parts)


def as_dict(value: object) -> dict[str, object]:
    """The value where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_dicts(value: object) -> list[dict[str, object]]:
    """The objects in a list; none where it is no list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def as_text(value: object) -> str:
    """The value where it is text, the parts' text where it is a list of parts, else nothing."""
    if isinstance(value, list):
        return "".join(as_text(as_dict(part).get("text")) for part in value)
    return value if isinstance(value, str) else ""


def as_arguments(value: object) -> str:
    """The arguments of a tool call: text with JSON; some servers send the object itself."""
    return json.dumps(value) if isinstance(value, dict) else as_text(value)


def as_count(value: object) -> int:
    """The value where it is a number above zero, else zero."""
    return value if isinstance(value, int) and value > 0 else 0


def _label(value: object) -> str:
    return str(value).lower() if isinstance(value, str | int) else ""
