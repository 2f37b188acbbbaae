"""The state of one run under way: what it has seen, done and been told."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import wraps
from inspect import signature
from pathlib import Path

from dynasaur import prompts, trajectory
from dynasaur.agent.protocols import Kernel, Library
from dynasaur.errors import ActionError, UsageError
from dynasaur.record import (
    ActionUse,
    Admission,
    Ask,
    End,
    Harvest,
    HostCall,
    Status,
    Step,
    Trajectory,
)
from dynasaur.types import Call, Hit, Json, Message, Task, Usage

ASKED_LIMIT = 2_000
"""Characters of a host call's arguments that the record keeps."""


@dataclass(slots=True)
class Run:
    """A run under way; what it comes to is a Trajectory."""

    task: Task
    library: Library
    model: str
    run: str = field(init=False)
    folder: Path = field(init=False)
    files: list[tuple[str, int]] = field(init=False)
    kernel: Kernel = field(init=False)
    messages: list[Message] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    answers: list[Json] = field(default_factory=list)
    asked: list[HostCall] = field(default_factory=list)
    answer: Json = None
    end: End | None = None
    reason: str = ""
    usage: Usage = Usage()
    offered: dict[str, None] = field(default_factory=dict)
    loaded: dict[str, None] = field(default_factory=dict)
    admission: Admission = field(default_factory=Admission)
    began: float = field(default_factory=time.monotonic)
    started: str = ""

    def __post_init__(self) -> None:
        self.started = datetime.now(UTC).isoformat(timespec="seconds")
        trajectory.check_task(self.task)
        self.run, self.folder = trajectory.new_run(self.library.runs)
        work = self.folder / "work"
        work.mkdir()
        try:
            self.files = trajectory.copy_files(self.task.files, work)
        except UsageError:
            trajectory.remove(self.folder)
            raise
        # From here on there is a record, whatever stops the run.
        self.save()
        functions = (self.find_actions, self.show_action, self.submit_final_answer)
        noted = {function.__name__: self._noting(function) for function in functions}
        self.kernel = self.library.kernel(work, noted)

    def _noting(self, function: Callable[..., Json]) -> Callable[..., Json]:
        """The same function, each call of it kept for the record."""

        @wraps(function)
        def noted(*args: Json, **kwargs: Json) -> Json:
            signature(function).bind(*args, **kwargs)
            given = prompts.cut(json.dumps([*args, kwargs] if kwargs else args), ASKED_LIMIT)
            try:
                result = function(*args, **kwargs)
            except Exception as error:
                self.asked.append(HostCall(function.__name__, given, type(error).__name__))
                raise
            self.asked.append(HostCall(function.__name__, given))
            return result

        return noted

    def find_actions(self, query: str, k: int = 10) -> Json:
        """Actions of the library that fit a query, best first, one line each."""
        hits = self.library.retriever.search(str(query), max(1, min(int(k), 50)))
        self.offer(hits)
        return [prompts.action_line(hit.action) for hit in hits]

    def show_action(self, name: str) -> Json:
        """The source of an action."""
        action = self.library.retriever.find(str(name))
        if action is None:
            raise ActionError(f"no action {name!r}; find_actions(query) tells which there are")
        return action.text

    def submit_final_answer(self, answer: Json) -> Json:
        """Give the answer to the task. The run ends with this step."""
        self.answers.append(answer)
        return None

    def offer(self, hits: Iterable[Hit]) -> None:
        """Note what the model has been shown."""
        self.offered.update(dict.fromkeys(hit.action.name for hit in hits))

    def over(self, end: End, reason: str = "") -> None:
        """No further step."""
        self.end, self.reason = end, reason

    def stop(self) -> Trajectory:
        """Record that the user stopped it; an answer that was given stays given."""
        if self.end is None:
            self.over(End.INTERRUPTED, "interrupted by the user")
        elif not self.admission.note:
            note = "interrupted while its functions were judged; `dynasaur log` shows what was kept"
            self.admission = replace(self.admission, note=note)
        return self.save()

    def admit(self, ask: Ask | None) -> None:
        """Let the registry judge what the run leaves; it may ask for documentation."""
        harvest = Harvest(
            self.run,
            self.task.text,
            self.model,
            self.cells(),
            tuple(self.calls()),
            self.end is End.ANSWERED,
            self.answer,
        )
        self.admission = self.library.registry.admit(harvest, ask)

    def cells(self) -> tuple[str, ...]:
        """The code of the steps that ran without error."""
        return tuple(step.code for step in self.steps if step.observation and step.observation.ok)

    def calls(self) -> Iterable[Call]:
        """Every call recorded so far."""
        return (call for s in self.steps if s.observation for call in s.observation.calls)

    def save(self) -> Trajectory:
        """Write the record as it stands, and give it."""
        now = self.snapshot()
        trajectory.write(now)
        return now

    def snapshot(self) -> Trajectory:
        """The record as it stands."""
        actions = [call for call in self.calls() if call.module]
        called = dict.fromkeys(call.name for call in sorted(actions, key=lambda call: not call.top))
        return Trajectory(
            run=self.run,
            task=self.task.text,
            files=tuple(name for name, _ in self.files),
            model=self.model,
            status=_STATUS[self.end],
            end=self.end,
            answer=self.answer,
            reason=self.reason,
            note=self.admission.note,
            steps=tuple(self.steps),
            actions=ActionUse(
                tuple(self.offered),
                tuple(self.loaded),
                tuple(called),
                self.admission.admitted,
                self.admission.refused,
            ),
            usage=self.usage,
            started=self.started,
            seconds=time.monotonic() - self.began,
            folder=self.folder,
        )


_STATUS = {
    None: Status.RUNNING,
    End.ANSWERED: Status.SOLVED,
    End.GAVE_UP: Status.UNSOLVED,
    End.LIMIT: Status.UNSOLVED,
    End.FAILED: Status.FAILED,
    End.MISUSED: Status.FAILED,
    End.INTERRUPTED: Status.FAILED,
}
