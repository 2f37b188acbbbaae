"""The messages of a run, read back into what the planner needs to know.

This is the one place that knows how the messages look.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dynasaur.models.planning.signatures import Offer, parse_offer
from dynasaur.prompts import task_place
from dynasaur.types import Message

_SECTION = re.compile(
    r"\n\s*\n(?=Files in the working folder:|Actions you can call|No action in the library"
    r"|Form of the answer:)"
)
_NOT_THE_TASK = re.compile(r"\n\s*\nInstructions of this project \(AGENTS\.md\):\n.*", re.DOTALL)
_NOTES = re.compile(r"^Note: .*", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^- (?P<name>.+) \([\d,]+ bytes\)$")
_FENCE = re.compile(r"```python\n(?P<code>.*?)\n?```", re.DOTALL)
_EMPTY = frozenset({"", "(no output)", "None", "[]", "{}", "()", "''", '""', "nan", "set()", "inf"})


@dataclass(frozen=True, slots=True)
class Past:
    """One earlier reply of the planner and what came of it.

    Attributes:
        code: What it ran.
        output: What it printed.
        error: The exception, in one line; empty when there was none.
    """

    code: str
    output: str
    error: str

    @property
    def is_empty(self) -> bool:
        """It gave nothing that could be an answer."""
        return self.output.strip() in _EMPTY


@dataclass(frozen=True, slots=True)
class Situation:
    """What the messages say.

    Attributes:
        task: The task's text.
        files: Names of the files in the working folder.
        lines: The lines that follow the task, those of the offered actions among them.
        past: The earlier replies, in order.
    """

    task: str
    files: tuple[str, ...]
    lines: tuple[str, ...]
    past: tuple[Past, ...]


def read_messages(messages: Sequence[Message]) -> Situation:
    """The task, the files, the actions and the history that the messages hold."""
    said = [message for message in messages if message.role != "system"]
    talk = said[task_place(said) :]  # in a chat, tasks that are over stand before it
    opening = _NOT_THE_TASK.sub("", talk[0].content[talk[0].task_at or 0 :]) if talk else ""
    task, *sections = _SECTION.split(opening)
    lines = [line for section in sections for line in section.splitlines()]
    past: list[Past] = []
    for number, message in enumerate(talk):
        if message.role == "assistant":
            after = talk[number + 1].content if number + 1 < len(talk) else ""
            past.append(_past(message.content, after))
    return Situation(
        task=task.removeprefix("Task:").strip(),
        files=tuple(match["name"] for line in lines if (match := _FILE.match(line))),
        lines=tuple(lines),
        past=tuple(past),
    )


def read_offers(lines: Sequence[str]) -> tuple[Offer, ...]:
    """The actions that are listed one a line; other lines are passed over."""
    found: dict[str, Offer] = {}
    for line in lines:
        offer = parse_offer(line) if line.startswith("- ") else None
        if offer is not None:
            found.setdefault(offer.name, offer)
    return tuple(found.values())


def _past(reply: str, after: str) -> Past:
    fence = _FENCE.search(reply)
    body = _NOTES.sub("", after.removeprefix("Observation:")).strip("\n")
    output, mark, rest = _cut_error(body)
    return Past(fence["code"] if fence else "", output, rest.splitlines()[0] if mark else "")


def _cut_error(body: str) -> tuple[str, str, str]:
    if body.startswith("Error: "):
        return "", "Error: ", body.removeprefix("Error: ")
    return body.partition("\nError: ")
