"""One run from its task to its record: the loop, the answer's form, the gate."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from dynasaur import prompts, trajectory
from dynasaur.agent import replies
from dynasaur.agent.budget import Budget
from dynasaur.agent.control import Control
from dynasaur.agent.desk import Desk
from dynasaur.agent.loop import Loop
from dynasaur.agent.options import Options
from dynasaur.agent.outside import Outside
from dynasaur.agent.permission import Permission
from dynasaur.agent.pictures import pictures
from dynasaur.agent.protocols import Library, Listener, Model, Person
from dynasaur.agent.readers import with_readers
from dynasaur.agent.run import Run
from dynasaur.agent.window import Window
from dynasaur.errors import (
    BlockedError,
    ConfigError,
    FailureError,
    ModelError,
    StoreError,
    UsageError,
)
from dynasaur.record import End, Trajectory, Undocumented
from dynasaur.types import Message, Task


class Interrupted(KeyboardInterrupt):
    """The user stopped a run.

    Attributes:
        result: The run as it was recorded; an answer that was given before is in it.
    """

    def __init__(self, result: Trajectory) -> None:
        super().__init__(f"the run {result.run} was interrupted")
        self.result = result


class Work:
    """Carries out runs; see `Agent` for what it works with."""

    def __init__(
        self,
        library: Library,
        model: Model,
        options: Options,
        *,
        first: Model | None,
        listener: Listener,
        person: Person | None,
        outside: Outside | None = None,
    ) -> None:
        self._outside = outside
        self._permit = Permission(options.approve, person, listener)
        self._library = library
        self._model = model
        self._options = options
        self._first = first
        self._listener = listener
        self._person = person

    def new(self, task: Task, desk: Desk | None = None) -> Run:
        """A fresh run, with a kernel of its own or that of a desk.

        Raises:
            UsageError: The task is empty, or one of its files cannot be taken along.
            StoreError: The run cannot be recorded.
        """
        return Run.new(
            task,
            self._desk,
            self._library.runs,
            self._model.name,
            Budget(self._options.limits),
            form=self._options.form,
            desk=desk,
        )

    def _desk(self, work: Path) -> Desk:
        return Desk(self._library, work, self._outside, self._permit)

    def again(self, past: Trajectory) -> Run:
        """A recorded run, to be gone on with, with its limits anew."""
        run = Run.again(past, self._desk, self._model.name, Budget(self._options.limits))
        run.form = self._options.form
        return run

    def carry_out(
        self, run: Run, talk: Sequence[Message], past: Trajectory | None = None
    ) -> Trajectory:
        """Work on a run, judge what it leaves, record it; its kernel stays as it is.

        Args:
            run: The run.
            talk: The conversation before it; the system message at least.
            past: Its record, where it is gone on with.
        """
        run.messages.extend(talk)
        try:
            self._work(run, past)
            self._shape(run)
            self._judge(run)
            result = run.save()
        except KeyboardInterrupt:
            stopped = run.stop()
            self._listener.ended(stopped)
            raise Interrupted(stopped) from None
        except Exception as error:
            with suppress(StoreError):  # of what went wrong unforeseen, the record may say why
                if run.end is None:
                    run.over(End.FAILED, f"{type(error).__name__}: {error}".strip(" :"))
                run.save()
            raise
        self._library.count(result)
        self._listener.ended(result)
        try:
            if result.actions.admitted:
                self._library.registry.tend(result.actions.admitted)
        except KeyboardInterrupt:
            raise Interrupted(result) from None
        return result

    def _work(self, run: Run, past: Trajectory | None) -> None:
        with trajectory.Alive(run.folder), Control(self._person, run.desk.stop) as control:
            loop = Loop(
                run,
                self._model,
                self._options,
                self._listener,
                control,
                first=None if past else self._first,
                person=self._person,
            )
            try:
                run.kernel.start()
                self._model.warm_up(run.kernel.reach)  # the kernel starts, and takes as long
                facts = self._model.facts
                run.window = Window(facts.context, facts.manner.max_output_tokens)
                if past:
                    self._begin_again(run)
                else:
                    self._begin(run)
                loop.work()
            except FailureError as error:
                run.over(End.FAILED, str(error))
            except UsageError as error:
                run.over(End.MISUSED, str(error))
            except BlockedError as error:
                run.over(End.BLOCKED, str(error))
            if run.steps and run.end is not End.ANSWERED:  # it may be resumed
                run.kernel.snapshot(run.steps[-1].number, wait=True)

    def _begin(self, run: Run) -> None:
        retriever = self._library.retriever
        hits = retriever.offer(run.task.text, self._options.k)
        hits = with_readers(hits, retriever, [name for name, _ in run.files])
        run.offer(hits)
        run.opening = prompts.opening(
            run.task,
            run.files,
            hits,
            form=self._options.form.told() if self._options.form else "",
            instructions=self._options.instructions,
            note=run.budget.note(),
        )
        self._say_opening(run)
        self._listener.began(run.save(wait=False))

    def _say_opening(self, run: Run) -> None:
        if run.messages[-1].role == "user":  # what came of the last task's last step
            run.messages[-1] = prompts.continued(run.messages[-1], run.opening)
        else:
            run.messages.append(Message("user", run.opening, task_at=0))
        if self._model.facts.images:
            seen = pictures(run.desk.work, [name for name, _ in run.files])
            run.messages[-1] = prompts.with_images(run.messages[-1], seen)

    def _begin_again(self, run: Run) -> None:
        """The conversation so far, made again from the record, and what became of the kernel."""
        self._say_opening(run)
        for step in run.steps:
            if step.model != "planner":
                run.messages.append(prompts.assistant_of(step))
                run.messages.append(prompts.told(step, run.window.observation_limit))
        text = prompts.resumed(run.kernel.restore(), len(run.steps))
        run.note(" ".join(filter(None, [text, run.budget.note()])))
        self._listener.began(run.save())

    def _shape(self, run: Run) -> None:
        """Put the answer into the words' form by one request more, where that is asked for."""
        form = self._options.form
        if run.end is not End.ANSWERED or not form or not form.words:
            return
        text = run.answer if isinstance(run.answer, str) else json.dumps(run.answer)
        try:
            reply = self._model.reply(prompts.reshaping(run.task.text, text, form.words))
            run.spend(reply.usage)
            answer = replies.submitted(reply.code)
            run.answer = json.loads(json.dumps(answer))
        except (ModelError, ConfigError, ValueError, TypeError):
            return  # the answer stays as it was given: it is an answer

    def _judge(self, run: Run) -> None:
        run.save()
        self._listener.judging()
        asks = run.end in (End.ANSWERED, End.LIMIT) and not run.budget.exhausted()
        run.admit((lambda wanting: self._document(run, wanting)) if asks else None)

    def _document(self, run: Run, wanting: Sequence[Undocumented]) -> str:
        """Ask the model once for documentation that its functions lack; empty if it gives none."""
        try:
            reply = self._model.reply(prompts.documentation(wanting))
        except (ModelError, ConfigError):
            return ""
        run.spend(reply.usage)
        return reply.code
