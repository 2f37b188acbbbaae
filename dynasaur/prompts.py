"""The words to the model. The fixed text lies in `templates/`.

Only ever appended to: each request's messages begin with the whole of the request before, so
that providers' prompt caches hit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.resources import files

from dynasaur.record import Remark, Step, Undocumented
from dynasaur.types import (
    BARE,
    Action,
    Hit,
    Image,
    Message,
    Observation,
    Refusal,
    Reply,
    Restored,
    Task,
)

OBSERVATION_LIMIT = 10_000
"""Characters of output that the model is shown; the trajectory keeps all that was captured."""

LEFT_OUT = "Observation:\n(left out here to save room; the variables are still there)"
"""Stands for an observation that had to give way."""

SUMMARY = 200
"""Characters of what a stranger says of an action, at most."""


def system() -> Message:
    """The system message: always the same."""
    return Message("system", _template("system.md"))


def opening(
    task: Task,
    names_and_sizes: Sequence[tuple[str, int]],
    hits: Sequence[Hit],
    *,
    form: str = "",
    instructions: str = "",
    note: str = "",
) -> str:
    """The first user message of a task.

    Args:
        task: The task.
        names_and_sizes: The files in the work folder, sizes in bytes.
        hits: The actions to offer, best first.
        form: What form the answer must have; empty where the task says all of it.
        instructions: The project's own instructions to agents (`AGENTS.md`).
        note: What the model must know of its budget; mostly empty.
    """
    parts = [f"Task:\n{task.text.strip()}"]
    if names_and_sizes:
        listed = "\n".join(f"- {_named(name)} ({size:,} bytes)" for name, size in names_and_sizes)
        parts.append(f"Files in the working folder:\n{listed}")
    if hits:
        listed = "\n".join(f"- {action_line(hit.action)}" for hit in hits)
        parts.append(
            "Actions you can call, best first (they are imported when you use them by name):\n"
            + listed
        )
    else:
        parts.append("No action in the library fits this task; write what you need.")
    if form:
        parts.append(f"Form of the answer: {form}")
    if instructions:
        parts.append(f"Instructions of this project (AGENTS.md):\n{instructions.strip()}")
    return "\n\n".join([*parts, note] if note else parts)


def _named(file: str) -> str:
    """A file's name on one line, whatever characters it has."""
    return file if file.isprintable() else repr(file)


def action_line(action: Action) -> str:
    """One action on one line: its signature and its summary.

    Of a source that people added, it says whose it is and how it is imported, since a bare name
    never means it; what such a source says of it is bounded, and cannot steer a terminal.
    """
    whose, summary = "", action.summary
    if action.source not in BARE:
        whose = f"[from {action.source}: from {action.module} import {action.name}]"
        summary = "".join(filter(str.isprintable, summary))[:SUMMARY]
    comment = " ".join(filter(None, [whose, summary]))
    return f"{action.signature}  # {comment}" if comment else action.signature


def assistant(reply: Reply) -> Message:
    """The model's own reply, as it stands in the conversation from then on."""
    code = f"```python\n{reply.code.rstrip()}\n```" if reply.code else ""
    return Message("assistant", "\n\n".join(part for part in (reply.thought.strip(), code) if part))


def assistant_of(step: Step) -> Message:
    """The model's reply of a recorded step."""
    return assistant(Reply(step.thought, step.code))


def no_code(problem: str) -> Message:
    """What the model is told when its reply held nothing to run."""
    return Message(
        "user",
        f"Your reply held no code that can be run: {problem}\n"
        "Reply with a short thought, then one ```python block.",
    )


def told(step: Step, limit: int = OBSERVATION_LIMIT) -> Message:
    """What the model is told of a step: all of it stands in the record.

    Args:
        step: The step.
        limit: Characters of output that are shown.
    """
    if step.observation:
        return observed(step.observation, step.notes, limit)
    if step.problem:
        message = no_code(step.problem)
        return Message("user", "\n".join([message.content, *map(_note, step.notes)]))
    return Message("user", "\n".join(map(_note, step.notes)) or "(nothing was run)")


def observed(
    observation: Observation, notes: Iterable[str] = (), limit: int = OBSERVATION_LIMIT
) -> Message:
    """What the model is told of an execution.

    Args:
        observation: What came out of the kernel.
        notes: Lines that stand last, such as actions that could not be loaded.
        limit: Characters of output that are shown.
    """
    parts = []
    if observation.late:
        parts.append(f"(late output of earlier steps)\n{cut(observation.late.strip(), 2_000)}")
    parts.append(cut(observation.output.strip("\n"), limit) or "(no output)")
    if observation.images:
        parts.append(f"({len(observation.images)} image(s) were displayed)")
    if error := observation.error:
        parts.append(f"Error: {error.type}: {cut(error.message, 2_000)}")
        if error.traceback:
            parts.append(cut(error.traceback.strip("\n"), min(limit, 4_000)))
    if observation.notice:
        parts.append(observation.notice)
    return Message("user", "Observation:\n" + "\n".join([*parts, *map(_note, notes)]))


def _note(text: str) -> str:
    return f"Note: {text}"


def added(message: Message, note: str) -> Message:
    """A message with one more note at its end."""
    return replace(message, content=f"{message.content}\n{_note(note)}")


def with_images(message: Message, images: Sequence[Image]) -> Message:
    """A message with pictures, for a model that sees."""
    return replace(message, images=(*message.images, *images)) if images else message


def continued(message: Message, text: str) -> Message:
    """A message that goes on with the next task of the same conversation."""
    before = f"{message.content}\n\n"
    return replace(message, content=f"{before}{text}", task_at=len(before))


def task_place(messages: Sequence[Message]) -> int:
    """Which message holds the task that is worked on: the last one in which a task begins."""
    places = (at for at, one in enumerate(messages) if one.task_at is not None)
    return max(places, default=0)


def resumed(back: Restored | None, last: int) -> str:
    """What the model is told when a run goes on in a new kernel.

    Args:
        back: What came back of the kernel's variables; None where nothing was saved.
        last: The last step's number.
    """
    parts = ["The run was stopped and goes on now, in a new kernel."]
    if back is None or not back.names:
        why = f" ({back.why})" if back and back.why else ""
        parts.append(f"All variables, functions and imports are gone{why}.")
    else:
        parts.append(f"These names came back: {cut(', '.join(back.names), 2_000)}.")
        parts.append("What actions keep between calls, such as an open web page, did not.")
        if 0 < back.step < last:
            parts.append(f"They are as they were after step {back.step}, not after step {last}.")
    if back and back.lost:
        lost = ", ".join(f"{name} ({why})" for name, why in back.lost)
        parts.append(f"These did not, define them again: {cut(lost, 2_000)}.")
    return " ".join(parts)


def reshaping(task: str, answer: str, form: str) -> tuple[Message, Message]:
    """A conversation of its own that puts an answer into the form that was asked for."""
    asked = f"Task:\n{cut(task.strip(), 4_000)}\n\nAnswer:\n{cut(answer, 20_000)}"
    return (
        Message("system", _template("reshaping.md")),
        Message("user", f"{asked}\n\nForm of the answer: {form}"),
    )


def objection(refusal: Refusal) -> str:
    """What would keep a function out of the library, while it can still be mended."""
    return f"`{refusal.name}` works, but could not be kept as an action: {refusal.reason}"


def remark(one: Remark) -> str:
    """What is worth knowing of a function that could be kept."""
    return f"`{one.name}` {one.text}"


def documentation(wanting: Iterable[Undocumented]) -> tuple[Message, Message]:
    """A conversation of its own that asks for the documentation of functions, all at once.

    Args:
        wanting: The functions, each with what it lacks.
    """
    functions = [
        "\n".join([f"`{one.name}` lacks:", *(f"- {what}" for what in one.missing)])
        + f"\n\n```python\n{one.text.strip()}\n```"
        for one in wanting
    ]
    system = Message("system", _template("documentation.md"))
    return system, Message("user", "\n\n".join(functions))


def _template(name: str) -> str:
    return files("dynasaur").joinpath("templates", name).read_text(encoding="utf-8").strip()


def shortened(content: str, limit: int) -> str:
    """A message's text with its middle left out when it is long; code keeps its fence."""
    if len(content) <= limit + 100:
        return content
    fence = "\n```" if content.rstrip().endswith("```") else ""
    body = content.rstrip().removesuffix("```").rstrip() if fence else content
    return f"{cut(body, limit)}{fence}"


def cut(text: str, limit: int) -> str:
    """`text` with its middle left out when it is longer than `limit` characters, and a note."""
    if len(text) <= limit:
        return text
    head, tail = text[: limit // 2], text[-(limit - limit // 2) :]
    left_out = len(text) - limit
    return f"{head}\n... ({left_out:,} characters left out of the middle) ...\n{tail}"
