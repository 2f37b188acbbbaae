"""What all formats tell of a run, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator

from dynasaur.record import Status, Step, Trajectory
from dynasaur.types import Ending, Usage

_ENDINGS = {
    Ending.OK: "ok",
    Ending.ERROR: "error",
    Ending.TIMEOUT: "timed out",
    Ending.DIED: "killed its kernel",
    Ending.INTERRUPTED: "interrupted",
}


def answer_text(run: Trajectory) -> str:
    """The answer as text: a string as it is, anything else as JSON."""
    answer = run.answer
    return answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False, indent=2)


def facts(run: Trajectory) -> Iterator[tuple[str, str]]:
    """What is to be known of the run: names and values."""
    yield "Run", run.run
    yield "Model", run.model
    yield "Status", str(run.status) + (f": {run.reason}" if run.reason else "")
    yield "Started", run.started.replace("T", " ").replace("+00:00", " UTC")
    yield "Time", f"{run.seconds:.1f} s"
    if run.usage.tokens:
        yield "Tokens", f"{run.usage.tokens:,}" + cost_of(run.usage)
    if run.files:
        yield "Files", ", ".join(run.files)
    for title, names in (("Called", run.actions.called), ("Kept", run.actions.admitted)):
        if names:
            yield title, ", ".join(names)


def cost_of(usage: Usage) -> str:
    """The price in brackets, where it is known and not nothing."""
    return f" (${usage.cost:.4f})" if usage.cost else ""


def outcome(step: Step) -> str:
    """How a step ended, in a word or two."""
    if step.observation is None:
        return "no usable code" if step.problem else "not run"
    return _ENDINGS[step.observation.ended]


def remarks(step: Step) -> list[str]:
    """What was said besides the observation, in order."""
    seen = step.observation
    said = [f"No usable code: {step.problem}"] if step.problem else []
    said += step.notes
    return [*said, *([seen.notice] if seen and seen.notice else [])]


def title(run: Trajectory) -> str:
    """The task's first line, bounded."""
    first = next(iter(run.task.strip().splitlines()), "")
    return first if len(first) <= 200 else first[:199] + "…"


def solved(run: Trajectory) -> bool:
    """It has an answer."""
    return run.status is Status.SOLVED
