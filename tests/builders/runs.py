"""Records of runs, as runs leave them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dynasaur import trajectory
from dynasaur.record import ActionUse, End, Status, Step, Trajectory
from dynasaur.types import Call, Observation, Usage


def call(name: str, *, ok: bool = True, module: str = "") -> Call:
    """A recorded call of an action; `module=" "` makes it one of a cell's own function."""
    full = module.strip() if module else f"actions.text.{name}"
    return Call(name, full, ok, "", "1", "" if ok else "ValueError", 0.001, top=True)


def record(
    runs: Path,
    run: str,
    calls: Sequence[Call] = (),
    *,
    offered: Sequence[str] = (),
    loaded: Sequence[str] = (),
    admitted: Sequence[str] = (),
    started: str = "2026-11-20T10:00:00+00:00",
    status: Status = Status.SOLVED,
) -> Trajectory:
    """A run that is over and whose record is saved."""
    (runs / run).mkdir(parents=True)
    step = Step(1, "think", "code", observation=Observation(calls=tuple(calls)))
    made = Trajectory(
        run=run,
        task="a task",
        files=(),
        model="scripted",
        status=status,
        end=End.ANSWERED,
        steps=(step,),
        actions=ActionUse(tuple(offered), tuple(loaded), (), tuple(admitted)),
        usage=Usage(),
        started=started,
        folder=runs / run,
    )
    trajectory.write(made)
    return made
