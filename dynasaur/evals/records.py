"""The records of an evaluation's runs, which may be gone, and may lie apart from its folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from dynasaur import trajectory
from dynasaur.errors import FailureError
from dynasaur.evals.results import Result


class Records:
    """The runs' records.

    Args:
        folder: Where they lie, below `runs`.
        gated: Answers stand in them alone, because they may not be passed on.
    """

    def __init__(self, folder: Path, *, gated: bool = False) -> None:
        self.folder = folder
        self.gated = gated

    def of(self, result: Result) -> Path:
        """The folder of a problem's run, which may be gone."""
        return self.folder / "runs" / result.run

    def code(self, result: Result) -> Iterator[str]:
        """The code of a problem's steps; nothing where the run's record is gone."""
        yield from filter(None, (step["code"] for step in self._read(result)["trajectory"]))

    def thoughts(self, result: Result) -> Iterator[str]:
        """The thoughts of a problem's steps; nothing where the run's record is gone."""
        yield from filter(None, (step["thought"] for step in self._read(result)["trajectory"]))

    def answered(self, result: Result) -> Result:
        """A result with its answer, or why there is none, wherever that stands."""
        if not self.gated:
            return result
        known = self._read(result)
        answer = known.get("answer") if result.status == "solved" else None
        return replace(result, answer=answer, reason=result.reason or known.get("reason", ""))

    def _read(self, result: Result) -> dict[str, Any]:
        try:
            return dict(trajectory.read(self.of(result))) if result.run else {"trajectory": ()}
        except FailureError:
            return {"trajectory": ()}
