"""A run in the Agent Trajectory Interchange Format (ATIF 1.7), which other tools read."""

from __future__ import annotations

import json
from typing import Any

from dynasaur import __version__
from dynasaur.export.parts import remarks, solved
from dynasaur.record import Step, Trajectory
from dynasaur.types import Observation, Usage

VERSION = "ATIF-v1.7"

FUNCTION = "python"
"""What runs the code of a step, as the format has calls of functions."""

PLANNER = "planner"
"""The model that is no language model."""


def atif(run: Trajectory) -> str:
    """The run as one JSON document, its images inside."""
    opening: dict[str, Any] = {"step_id": 1, "source": "user", "message": run.opening or run.task}
    if run.started:
        opening["timestamp"] = run.started
    steps = [opening, *(_step(step, run.model) for step in run.steps)]
    about = {
        "status": str(run.status),
        "end": str(run.end) if run.end else None,
        "reason": run.reason,
        "answer": run.answer if solved(run) else None,
        "task": run.task,
        "files": list(run.files),
        "actions_admitted": list(run.actions.admitted),
        "seconds": run.seconds,
    }
    document = {
        "schema_version": VERSION,
        "session_id": run.run,
        "trajectory_id": run.run,
        "agent": {"name": "dynasaur", "version": __version__, "model_name": run.model},
        "steps": steps,
        "final_metrics": _total(run.usage, len(steps)),
        "extra": about,
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _step(step: Step, model: str) -> dict[str, Any]:
    call = f"step-{step.number}"
    writer = PLANNER if step.model == PLANNER else model
    found: dict[str, Any] = {
        "step_id": step.number + 1,
        "source": "agent",
        "message": step.thought,
        "model_name": writer,
        "llm_call_count": 0 if writer == PLANNER else 1,
    }
    if step.code:
        arguments = {"code": step.code}
        found["tool_calls"] = [
            {"tool_call_id": call, "function_name": FUNCTION, "arguments": arguments}
        ]
    if writer != PLANNER:
        found["metrics"] = _metrics(step.usage)
    content = _content(step)
    if content:
        result = {"source_call_id": call} if step.code else {}
        found["observation"] = {"results": [result | {"content": content}]}
    more: dict[str, Any] = {"actions_loaded": list(step.loaded)} if step.loaded else {}
    if step.model == "person":
        more["edited_by"] = "person"
    return found | ({"extra": more} if more else {})


def _content(step: Step) -> str | list[dict[str, Any]]:
    """What came back: output, error, notes; images as parts of it."""
    seen = step.observation
    text = "\n".join(part for part in (*_said(seen), *remarks(step)) if part)
    images = seen.images if seen else ()
    if not images:
        return text
    pictures = (
        {"type": "image", "source": {"media_type": one.mime, "path": one.url}} for one in images
    )
    return [{"type": "text", "text": text}, *pictures]


def _said(seen: Observation | None) -> list[str]:
    if seen is None:
        return []
    error = seen.error
    return [seen.output.rstrip("\n"), (error.traceback.strip() or error.type) if error else ""]


def _metrics(usage: Usage) -> dict[str, Any]:
    found: dict[str, Any] = {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "cached_tokens": usage.cached_tokens,
    }
    if usage.cost is not None:
        found["cost_usd"] = usage.cost
    return found | {
        "extra": {"requests": usage.requests, "reasoning_tokens": usage.reasoning_tokens}
    }


def _total(usage: Usage, steps: int) -> dict[str, Any]:
    each = _metrics(usage)
    extra = each.pop("extra")
    return {f"total_{name}": value for name, value in each.items()} | {
        "total_steps": steps,
        "extra": extra,
    }
