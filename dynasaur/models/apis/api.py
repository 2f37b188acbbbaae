"""What is asked of every endpoint, whatever its API: one step, in one of three forms.

- `schema`: the reply is JSON after a schema;
- `tool`: the reply is the call of a tool, whose parameters have that schema;
- `text`: the reply is text with a fenced block, as the prompt asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, Protocol

from dynasaur.models.wire import Answer
from dynasaur.types import Manner, Message

Way = Literal["schema", "tool", "text"]
WAYS: tuple[Way, ...] = ("schema", "tool", "text")

NAME = "step"
"""Of the schema, and of the tool."""

DESCRIPTION = "Take one step: say what to do next, and give the Python to run."

SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {
        "thought": {"type": "string", "description": "What to do next and why, briefly."},
        "code": {"type": "string", "description": "The Python to run next."},
    },
    "required": ["thought", "code"],
    "additionalProperties": False,
}

Heard = Callable[[str], None]


class Pieces(Protocol):
    """A reply that comes in pieces.

    Attributes:
        malformed: The beginning of a line that is no event; empty where all are.
        cut: The last event has no end.
    """

    malformed: str
    cut: bool

    def take(self, line: str) -> None:
        """One line of the body."""

    @property
    def whole(self) -> bool:
        """It came to its end."""

    def body(self) -> str:
        """The body that the server would have sent without a stream."""


class Api(Protocol):
    """One way to ask an endpoint.

    Attributes:
        name: `chat` or `responses`.
        path: Where requests go, below the endpoint's base URL.
        wanted: What it is called in messages.
        field: The field of a request that holds the conversation.
        listed: The field of an answer that holds what was said.
        names: The fields of a request that a setting of `Manner` may be sent by, the usual one
            first; none for a setting that the API does not have.
    """

    name: Literal["chat", "responses"]
    path: str
    wanted: str
    field: str
    listed: str
    names: Mapping[str, tuple[str, ...]]

    def conversation(self, messages: Sequence[Message]) -> list[dict[str, object]]:
        """The messages, as the API has them."""

    def form(self, way: Way) -> dict[str, object]:
        """The fields that ask for a reply in this form."""

    def stream(self, *, usage: bool) -> dict[str, object]:
        """The fields that ask for a stream, with its usage at the end."""

    def pieces(self, heard: Heard) -> Pieces:
        """What puts a stream together."""

    def read(self, body: object) -> Answer | None:
        """The answer in a body; None where there is none."""


def manner_fields(
    api: Api, manner: Manner, left_out: frozenset[str], limit: str
) -> dict[str, object]:
    """The fields of a request that say how to write.

    Args:
        api: What is asked.
        manner: How to write.
        left_out: Settings that the model does not take.
        limit: The field for the length of a reply, where the API has several.
    """
    found: dict[str, object] = {}
    for setting, names in api.names.items():
        value = getattr(manner, setting)
        if value in (None, "") or setting in left_out or not names:
            continue
        name = limit if limit in names else names[0]
        outer, _, inner = name.partition(".")
        found[outer] = {inner: value} if inner else value
    return found


def sendable(content: str) -> str:
    """What every endpoint takes: no lone surrogates, and not nothing at all."""
    return content.encode("utf-8", "replace").decode("utf-8") or "(empty)"
