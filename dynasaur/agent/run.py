"""The state of one run under way: what it has seen, done and been told."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from dynasaur import prompts, trajectory
from dynasaur.agent import replies
from dynasaur.agent.budget import Budget
from dynasaur.agent.desk import Desk
from dynasaur.agent.form import Form
from dynasaur.agent.protocols import Kernel, Library
from dynasaur.agent.window import Window
from dynasaur.errors import ConfigError, LimitError, UsageError
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

OpenDesk = Callable[[Path], Desk]
"""Makes the desk of a work folder."""

RECORDED = 1_000_000
"""Characters of the results of host functions that the record of a run keeps."""


@dataclass(slots=True)
class Run:
    """A run under way; what it comes to is a Trajectory."""

    task: Task
    desk: Desk
    model: str
    budget: Budget
    run: str
    folder: Path
    files: list[tuple[str, int]]
    form: Form | None = None
    window: Window = field(default_factory=Window)
    messages: list[Message] = field(default_factory=list)
    opening: str = ""
    steps: list[Step] = field(default_factory=list)
    answers: list[Json] = field(default_factory=list)
    asked: list[HostCall] = field(default_factory=list)
    room: int = RECORDED
    answer: Json = None
    end: End | None = None
    reason: str = ""
    misfits: str = ""
    usage: Usage = Usage()
    offered: dict[str, None] = field(default_factory=dict)
    loaded: dict[str, None] = field(default_factory=dict)
    admission: Admission = field(default_factory=Admission)
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    before: float = 0.0
    _began: float = field(default_factory=time.monotonic)
    _recorder: trajectory.Recorder = field(default_factory=trajectory.Recorder)

    def __post_init__(self) -> None:
        self.desk.run = self

    @classmethod
    def new(
        cls,
        task: Task,
        open_desk: OpenDesk,
        runs: Path,
        model: str,
        budget: Budget,
        *,
        form: Form | None = None,
        desk: Desk | None = None,
    ) -> Run:
        """A fresh run with a folder of its own; with the kernel of a desk, or one of its own.

        Raises:
            UsageError: The task is empty, or one of its files cannot be taken along.
            StoreError: The run cannot be recorded.
        """
        trajectory.check_task(task)
        name, folder = trajectory.new_run(runs)
        work = desk.work if desk else folder / "work"
        work.mkdir(exist_ok=True)
        try:
            files = trajectory.copy_files(task.files, work)
        except UsageError:
            trajectory.remove(folder)
            raise
        run = cls(task, desk or open_desk(work), model, budget, name, folder, files, form)
        run.save()  # from here on there is a record, whatever stops the run
        return run

    @classmethod
    def again(cls, past: Trajectory, open_desk: OpenDesk, model: str, budget: Budget) -> Run:
        """A recorded run, to be gone on with."""
        work = past.folder / "work"
        work.mkdir(exist_ok=True)
        files = [
            (name, (work / name).stat().st_size) for name in past.files if (work / name).exists()
        ]
        desk = open_desk(work)
        run = cls(Task(past.task), desk, model, budget, past.run, past.folder, files)
        run.opening = past.opening
        run.steps = list(past.steps)
        run.usage = past.usage
        run.offered = dict.fromkeys(past.actions.offered)
        run.loaded = dict.fromkeys(past.actions.loaded)
        run.started, run.before = past.started, past.seconds
        return run

    @property
    def kernel(self) -> Kernel:
        """The kernel that runs its code."""
        return self.desk.kernel

    @property
    def library(self) -> Library:
        """The library that it works with."""
        return self.desk.library

    def spend(self, usage: Usage, steps: int = 0) -> None:
        """Count what a reply cost."""
        self.usage += usage
        self.budget.spend(usage, steps)

    def spend_outside(self, usage: Usage) -> None:
        """Count what a model's work in a host function cost."""
        self.usage += usage
        self.budget.spend_outside(usage)

    def afford(self) -> None:
        """See that a host function may spend more.

        Raises:
            LimitError: It may not.
        """
        if spent := self.budget.spent():
            raise LimitError(spent)

    def seconds_left(self) -> float:
        """How long a host function may take now."""
        return min(self.desk.seconds, self.budget.seconds_left)

    def misfit(self, answer: Json) -> str:
        """Why an answer is sent back: it has not the form that was asked for. That is done once."""
        try:
            problem = self.form.problem(answer) if self.form else ""
        except ConfigError as error:
            self.over(End.MISUSED, str(error))
            return ""
        first = not self.misfits
        self.misfits = problem
        return problem if first else ""

    def unfit(self) -> str:
        """Why the answer that was given is none, in one line for the user."""
        return f"the answer does not have the form that was asked for: {self.misfits}"

    def note(self, text: str) -> None:
        """Tell the model one thing more, at the end of what it was told last."""
        if self.steps:
            self.steps[-1] = replace(self.steps[-1], notes=(*self.steps[-1].notes, text))
        else:
            self.opening += f"\nNote: {text}"
        self.messages[-1] = prompts.added(self.messages[-1], text)

    def offer(self, hits: Iterable[Hit]) -> None:
        """Note what the model has been shown."""
        self.offered.update(dict.fromkeys(hit.action.name for hit in hits))

    def over(self, end: End, reason: str = "") -> None:
        """No further step."""
        self.end, self.reason = end, reason

    def block(self, reason: str) -> None:
        """End it: a person is needed, and none is there."""
        if self.end is None:
            self.over(End.BLOCKED, reason)

    def is_over(self) -> bool:
        """No further step is to come."""
        return self.end is not None

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
        if not any(replies.public_functions(cell) for cell in self.cells()):
            return  # nothing to judge: the registry need not even be loaded
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

    def save(self, *, wait: bool = True) -> Trajectory:
        """Write the record as it stands, and give it.

        Args:
            wait: See it written; else it is written beside what comes next, and `settled`.
        """
        now = self.snapshot()
        self._recorder.put(now)
        if wait:
            self.settle()
        return now

    def settle(self) -> None:
        """Wait until all is written."""
        self._recorder.settle()

    def catch_up(self) -> None:
        """Wait until all is written but the state saved last."""
        self._recorder.catch_up()

    def hasten(self) -> None:
        """Have all written from now on, and return."""
        self._recorder.hasten()

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
            seconds=self.before + time.monotonic() - self._began,
            folder=self.folder,
            opening=self.opening,
        )


_STATUS = {
    None: Status.RUNNING,
    End.ANSWERED: Status.SOLVED,
    End.GAVE_UP: Status.UNSOLVED,
    End.LIMIT: Status.UNSOLVED,
    End.FAILED: Status.FAILED,
    End.MISUSED: Status.FAILED,
    End.INTERRUPTED: Status.FAILED,
    End.STUCK: Status.UNSOLVED,
    End.BLOCKED: Status.FAILED,
    End.UNFIT: Status.UNSOLVED,
}
