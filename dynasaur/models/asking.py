"""Asks one model, and adapts the request to what its endpoint takes.

Endpoints that are called compatible differ in the fields they know, and models in those they
allow: what is refused by name is left out, put another way, or added, and that is remembered.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from dynasaur.errors import ConfigError
from dynasaur.models.apis.api import Api, Heard, Way, manner_fields
from dynasaur.models.apis.chat import ChatApi
from dynasaur.models.apis.responses import ResponsesApi
from dynasaur.models.endpoint import Endpoint
from dynasaur.models.failures import Failure
from dynasaur.models.learned import Learned
from dynasaur.models.providers import Provider
from dynasaur.models.wire import Answer
from dynasaur.types import Manner, Message

_APIS: dict[str, Api] = {"chat": ChatApi(), "responses": ResponsesApi()}

_LIMIT = "max_output_tokens"
_NAMED = {
    "temperature": re.compile(r"temperature", re.IGNORECASE),
    "seed": re.compile(r"\bseed\b", re.IGNORECASE),
    "reasoning_effort": re.compile(r"reasoning|\beffort|\bthink", re.IGNORECASE),
    _LIMIT: re.compile(r"max_(?:output_|completion_)?tokens", re.IGNORECASE),
}
"""How an endpoint speaks of a setting that it does not take."""

_VALUE = re.compile(
    r"supported values are|\brange\b|between|at (?:most|least)|(?:less|greater|more) than"
    r"|too (?:large|small|high|low)|\b(?:max|min)imum\b|must be (?:one of|in)|[<>\u2264\u2265]",
    re.IGNORECASE,
)
"""It takes the setting, and not this value: that is the user's to mend."""

_STREAM = re.compile(r"\bstream(?:s|ing)?\b", re.IGNORECASE)
_REQUIRED = re.compile(r"required|missing|must be (?:set|given|specified)", re.IGNORECASE)
_SYSTEM = re.compile(
    r"system.{0,20}\brole|role.{0,20}\bsystem|only user and assistant roles"
    r"|system (?:message|prompt|instruction)s?\b.{0,30}\bnot\b",
    re.IGNORECASE,
)

_OUTPUT = 4_096
"""Tokens of a reply at an endpoint that wants a bound and has none of the user's."""


class Asking:
    """One model at one endpoint.

    Args:
        endpoint: The endpoint.
        model: The model's name there.
        provider: Whose endpoint it is.
        learned: What is known of the two.
    """

    def __init__(
        self, endpoint: Endpoint, model: str, provider: Provider, learned: Learned
    ) -> None:
        self._endpoint = endpoint
        self._model = model
        self._provider = provider
        self._learned = learned

    def ask(
        self, messages: Sequence[Message], way: Way, manner: Manner, heard: Heard | None
    ) -> Answer | Failure:
        """The answer, or a failure that no other request of this form can mend.

        Args:
            messages: The conversation.
            way: The form to ask for.
            manner: How the model is to be asked.
            heard: Let it stream, and tell this of each piece of the thought.
        """
        result = self._adapting(messages, way, manner, heard)
        if manner.api != "auto" or self._learned.api or not isinstance(result, Failure):
            return result
        if result.about not in {"path", "responses"}:
            return result
        self._learned.api = "responses"
        other = self._adapting(messages, way, manner, heard)
        told = result.about == "responses"  # else it was only worth a try
        if isinstance(other, Failure) and other.about != "format" and not told:
            self._learned.api = ""
            return result
        return other

    def left_out(self, manner: Manner) -> tuple[str, ...]:
        """The settings that the user made and the model does not take."""
        lacking = {name for name, names in self._api(manner).names.items() if not names}
        out = self._refused | lacking
        return tuple(
            name for name in _NAMED if name in out and getattr(manner, name) not in (None, "")
        )

    @property
    def _refused(self) -> frozenset[str]:
        """Settings and fields that are not sent, because the model does not take them."""
        return self._learned.left_out | self._provider.without

    def _api(self, manner: Manner) -> Api:
        return _APIS[manner.api if manner.api != "auto" else self._learned.api or "chat"]

    def _adapting(
        self, messages: Sequence[Message], way: Way, manner: Manner, heard: Heard | None
    ) -> Answer | Failure:
        result = self._once(messages, way, manner, heard)
        while isinstance(result, Failure):
            if misused := self._misused(result, manner):
                return misused
            if not self._adapted(result, manner, bool(heard)):
                return result
            result = self._once(messages, way, manner, heard)
        return result

    def _misused(self, failure: Failure, manner: Manner) -> Failure | None:
        """The failure to tell where a setting has a value that the model does not take."""
        if failure.about != "unclear" or not _VALUE.search(failure.said):
            return None
        for name in self._complained_of(failure.said, manner):
            option = f"--{name.replace('_', '-')}"
            value = getattr(self._within(manner), name)
            line = f"{self._model} does not take {name} = {value}: give another {option}"
            return Failure(f"{line} ({failure.message})", ConfigError)
        return None

    def _complained_of(self, said: str, manner: Manner) -> list[str]:
        """The settings that were sent and that the endpoint names."""
        sent, asked = self._api(manner).names, self._within(manner)
        given = (name for name in _NAMED if sent[name] and getattr(asked, name) not in (None, ""))
        return [n for n in given if n not in self._refused and _NAMED[n].search(said)]

    def _once(
        self, messages: Sequence[Message], way: Way, manner: Manner, heard: Heard | None
    ) -> Answer | Failure:
        api, out = self._api(manner), self._refused
        options = self._fields(manner) | api.form(way)
        if "stream" in out:
            heard = None
        if heard:
            options |= api.stream(usage="stream_options" not in out)
        talk = _folded(messages) if self._learned.folds else messages
        conversation = api.conversation(talk)
        return self._endpoint.reply(api, self._model, conversation, options, way=way, heard=heard)

    def _fields(self, manner: Manner) -> dict[str, object]:
        limit = self._learned.limit or self._provider.limit
        return manner_fields(self._api(manner), self._within(manner), self._refused, limit)

    def _within(self, manner: Manner) -> Manner:
        """What is asked for, within what the provider allows and needs."""
        whose = self._provider
        bound = whose.output or (_OUTPUT if self._learned.bounds else None)
        heat = manner.temperature
        return replace(
            manner,
            temperature=None if heat is None else min(heat, whose.warmest),
            max_output_tokens=manner.max_output_tokens or bound,
        )

    def _adapted(self, failure: Failure, manner: Manner, streams: bool) -> bool:
        """Learn from a failure; whether there is something else to try now."""
        if failure.about != "unclear":
            return False
        learned, said = self._learned, failure.said
        if not learned.folds and _SYSTEM.search(said):
            learned.folds = True
            return True
        if self._bounded(said, manner):
            return True
        out = set(self._complained_of(said, manner))
        if streams and (word := _no_stream(said)):
            out.add(word)
        new = out - self._refused
        learned.left_out |= new
        return bool(new)

    def _bounded(self, said: str, manner: Manner) -> bool:
        """Give the length of a reply, or give it by its other name, where that is the complaint."""
        learned, names = self._learned, self._api(manner).names[_LIMIT]
        if not _NAMED[_LIMIT].search(said):
            return False
        if self._within(manner).max_output_tokens is None:
            if not _REQUIRED.search(said) or learned.bounds:
                return False
            learned.bounds = True
            return True
        if learned.limit or len(names) < 2:
            return False
        learned.limit = next(name for name in names if name != self._provider.limit)
        return True


def _no_stream(said: str) -> str:
    if "stream_options" in said:
        return "stream_options"
    return "stream" if _STREAM.search(said) else ""


def _folded(messages: Sequence[Message]) -> Sequence[Message]:
    """The conversation with the system message at the head of the first user message."""
    if len(messages) < 2 or (messages[0].role, messages[1].role) != ("system", "user"):
        return messages
    first = replace(messages[1], content=f"{messages[0].content}\n\n{messages[1].content}")
    return [first, *messages[2:]]
