"""Run the code of a recorded run again, without a model, against a library, and compare.

The regression test of a library: what an action gave in a run that was solved, it should give
today. Host functions give what they gave then, from the record: nothing outside is asked again.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dynasaur import trajectory
from dynasaur.agent.answers import Answers
from dynasaur.agent.loading import bring
from dynasaur.agent.looking import looking
from dynasaur.agent.protocols import HostFunctions, Library
from dynasaur.record import Step, Trajectory
from dynasaur.types import Ending, Json, Observation

_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")
_NOT_AGAIN = {Ending.TIMEOUT, Ending.INTERRUPTED}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that a step gave otherwise than it did before.

    Attributes:
        number: The step.
        what: `ended`, `output`, `error`, `images` or `answer`.
        recorded: What it was, as text.
        replayed: What it is now.
    """

    number: int
    what: str
    recorded: str
    replayed: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of a replay.

    Attributes:
        run: The run's id.
        steps: Steps that were run again.
        skipped: Steps that were not: their cells had been stopped for their time, or by the user.
        differences: What differs, in order.
    """

    run: str
    steps: int = 0
    skipped: tuple[int, ...] = ()
    differences: tuple[Difference, ...] = ()


def replay(library: Library, past: Trajectory, *, cell_timeout: float = 300.0) -> Replayed:
    """Run the code of a recorded run again, in a fresh kernel with the files of its task.

    Args:
        library: The library whose actions are used.
        past: The recorded run, its folder with it.
        cell_timeout: Seconds that one cell may run.

    Raises:
        UsageError: A file of the task is gone from the run's folder.
        KernelError: The kernel cannot be started.
    """
    answers: list[Json] = []
    differences: list[Difference] = []
    steps = [step for step in past.steps if step.code and step.observation is not None]
    again = [step for step in steps if step.observation.ended not in _NOT_AGAIN]  # type: ignore[union-attr]
    with tempfile.TemporaryDirectory(prefix="dynasaur-replay-", ignore_cleanup_errors=True) as made:
        work = Path(made) / "work"
        work.mkdir()
        trajectory.copy_files([past.folder / "work" / name for name in past.files], work)
        record = Answers(looking(library.retriever))
        kernel = library.kernel(work, {**record.functions(again), **_submitting(answers)})
        kernel.start()
        try:
            for step in again:
                bring(kernel, library.retriever, step.code)
                record.turn_to(step)
                seen = kernel.execute(step.code, timeout=cell_timeout)
                differences += _compared(step, seen)
        finally:
            kernel.close()
    if past.end == "answered" and answers[-1:] != [past.answer]:
        shown = _text(answers[-1]) if answers else "(none)"
        last = again[-1].number if again else 0
        differences.append(Difference(last, "answer", _text(past.answer), shown))
    skipped = tuple(step.number for step in steps if step not in again)
    return Replayed(past.run, len(again), skipped, tuple(differences))


def _submitting(answers: list[Json]) -> HostFunctions:
    def submit_final_answer(answer: Json) -> Json:
        """Give the answer to the task."""
        answers.append(answer)
        return None

    return {"submit_final_answer": submit_final_answer}


def _compared(step: Step, seen: Observation) -> Iterator[Difference]:
    was = step.observation
    assert was is not None
    pairs = {
        "ended": (str(was.ended), str(seen.ended)),
        "output": (was.output, seen.output),
        "error": (_error(was), _error(seen)),
        "images": (str(len(was.images)), str(len(seen.images))),
    }
    for what, (recorded, replayed) in pairs.items():
        if _steady(recorded) != _steady(replayed):
            yield Difference(step.number, what, recorded, replayed)


def _text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


def _error(seen: Observation) -> str:
    return f"{seen.error.type}: {seen.error.message}" if seen.error else ""


def _steady(text: str) -> str:
    """The text without what differs from process to process: addresses of objects."""
    return _ADDRESS.sub("0x", text).rstrip()
