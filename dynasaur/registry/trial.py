"""A candidate on trial: the bytes that would be saved, alone in a fresh kernel."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

from dynasaur.errors import ActionError
from dynasaur.registry.evidence import same
from dynasaur.types import Call, Json, Module, Observation

REPLAY_SECONDS = 30.0
"""Time that one replayed call may take."""


class TrialKernel(Protocol):
    """What a trial needs of a kernel."""

    def start(self) -> None:
        """Launch it."""

    def execute(self, code: str, *, timeout: float | None = None) -> Observation:
        """Run one cell."""

    def load(self, modules: Sequence[Module], names: Mapping[str, str]) -> tuple[str, ...]:
        """Import modules, from their text alone."""

    def close(self) -> None:
        """End it."""


MakeKernel = Callable[[Path, Mapping[str, Callable[..., Json]]], TrialKernel]


class Trial:
    """One fresh kernel in an empty folder, for all candidates of a run."""

    def __init__(self, make: MakeKernel) -> None:
        self._make = make

    def run(
        self, texts: Sequence[Module], requires: Sequence[Module], calls: Sequence[Call]
    ) -> tuple[str, bool]:
        """Import a module alone and run its recorded calls again.

        Args:
            texts: The module as it would be saved: when its calls replay, and when they do not
                (the same, but for the head); the last part of its name is the function's.
            requires: The modules it imports, requirements first.
            calls: Recorded calls with literal arguments and results.

        Returns:
            Why it does not import (empty when it does), and whether every call gave an equal
            result (False when there was none to compare).
        """
        name = texts[0].name.rpartition(".")[2]
        with (
            tempfile.TemporaryDirectory(prefix="dynasaur-trial-") as folder,
            closing(self._make(Path(folder), {})) as kernel,
        ):
            kernel.start()
            try:
                kernel.load([*requires, texts[0]], {name: texts[0].name})
                if calls and all(_replays(kernel, name, call) for call in calls):
                    return "", True
                kernel.load([*requires, texts[-1]], {})
            except ActionError as error:
                return str(error), False
            return "", False


def _replays(kernel: TrialKernel, name: str, call: Call) -> bool:
    seen = kernel.execute(f"{name}({call.arguments})", timeout=REPLAY_SECONDS)
    results = [one.result for one in seen.calls if one.name == name and one.top]
    return (
        seen.ok
        and call.result is not None
        and bool(results)
        and results[-1] is not None
        and same(results[-1], call.result)
    )
