"""The words to the model. The fixed text lies in `templates/`.

Only ever appended to: each request's messages begin with the whole of the request before, so
that providers' prompt caches hit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.resources import files

from dynasaur.record import Undocumented
from dynasaur.types import Action, Hit, Message, Observation, Refusal, Reply, Task

OBSERVATION_LIMIT = 10_000
"""Characters of output that the model is shown; the trajectory keeps all that was captured."""


def opening(
    task: Task, names_and_sizes: Sequence[tuple[str, int]], hits: Sequence[Hit]
) -> tuple[Message, Message]:
    """The system message and the first user message.

    Args:
        task: The task.
        names_and_sizes: The files in the work folder, sizes in bytes.
        hits: The actions to offer, best first.
    """
    system = files("dynasaur").joinpath("templates", "system.md").read_text(encoding="utf-8")
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
    return Message("system", system.strip()), Message("user", "\n\n".join(parts))


def _named(file: str) -> str:
    """A file's name on one line, whatever characters it has."""
    return file if file.isprintable() else repr(file)


def action_line(action: Action) -> str:
    """One action on one line: its signature and its summary."""
    return f"{action.signature}  # {action.summary}" if action.summary else action.signature


def assistant(reply: Reply) -> Message:
    """The model's own reply, as it stands in the conversation from then on."""
    code = f"```python\n{reply.code.rstrip()}\n```" if reply.code else ""
    return Message("assistant", "\n\n".join(part for part in (reply.thought.strip(), code) if part))


def no_code(problem: str) -> Message:
    """What the model is told when its reply held nothing to run."""
    return Message(
        "user",
        f"Your reply held no code that can be run: {problem}\n"
        "Reply with a short thought, then one ```python block.",
    )


def observed(observation: Observation, notes: Iterable[str] = ()) -> Message:
    """What the model is told of an execution.

    Args:
        observation: What came out of the kernel.
        notes: Lines that stand first, such as actions that could not be loaded.
    """
    parts = [*notes]
    if observation.late:
        parts.append(f"(late output of earlier steps)\n{cut(observation.late.strip(), 2_000)}")
    parts.append(cut(observation.output.strip("\n"), OBSERVATION_LIMIT) or "(no output)")
    if observation.images:
        parts.append(f"({len(observation.images)} image(s) were displayed)")
    if error := observation.error:
        parts.append(f"Error: {error.type}: {cut(error.message, 2_000)}")
        if error.traceback:
            parts.append(cut(error.traceback.strip("\n"), 4_000))
    if observation.notice:
        parts.append(observation.notice)
    return Message("user", "Observation:\n" + "\n".join(parts))


def objection(refusal: Refusal) -> str:
    """What would keep a function out of the library, while it can still be mended."""
    return f"`{refusal.name}` works, but could not be kept as an action: {refusal.reason}"


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
    system = files("dynasaur").joinpath("templates", "documentation.md").read_text("utf-8")
    return Message("system", system.strip()), Message("user", "\n\n".join(functions))


def cut(text: str, limit: int) -> str:
    """`text` with its middle left out when it is longer than `limit` characters, and a note."""
    if len(text) <= limit:
        return text
    head, tail = text[: limit // 2], text[-(limit - limit // 2) :]
    left_out = len(text) - limit
    return f"{head}\n... ({left_out:,} characters left out of the middle) ...\n{tail}"
