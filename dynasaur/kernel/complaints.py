"""What is said of a kernel that could not do what it should, on one line."""

from __future__ import annotations

from collections.abc import Mapping

from dynasaur.kernel.exchange import Close, Outcome
from dynasaur.kernel.running import Running


def start_failed(kernel: Running, outcome: Outcome) -> str:
    """Why a kernel did not become ready."""
    complaint = " ".join(kernel.complaint().splitlines()[-3:])
    if outcome.close is Close.DIED:
        return f"the kernel {kernel.cause_of_death()} while starting: {complaint or 'no message'}"
    if outcome.reply:
        return f"the kernel refused its set-up: {outcome.reply.get('evalue', '')}"
    return f"the kernel did not become ready in time; {complaint or 'it says nothing'}"


def loading_failed(names: Mapping[str, str], report: Mapping[str, object], trouble: str) -> str:
    """Why actions could not be loaded."""
    what = ", ".join(names) or "modules"
    error = report.get("error")
    if isinstance(error, Mapping):
        return f"cannot load {what}: {error.get('type')}: {error.get('message')}"
    return f"cannot load {what}: {trouble or 'the kernel did not say why'}"
