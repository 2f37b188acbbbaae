"""The agent: a library, a model and the way to work with them, for one task or several."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from dynasaur import prompts
from dynasaur.agent.desk import Desk
from dynasaur.agent.options import Options
from dynasaur.agent.outside import Outside
from dynasaur.agent.protocols import Library, Listener, Model, Person
from dynasaur.agent.work import Work
from dynasaur.errors import ConfigError, UsageError
from dynasaur.record import End, Trajectory
from dynasaur.types import Message, Task


class Agent:
    """Solves tasks with a library and a model.

    Args:
        library: Where actions come from and go to.
        model: What writes the code.
        options: How runs are done.
        first: What tries the library's actions before the model is asked; None for nothing.
        listener: Told what happens while it happens.
        person: Who can be asked while a run goes on; None for nobody.
        outside: Gives the code of runs its host functions beyond the library's; None for none.

    Raises:
        ConfigError: The cost is limited and the model's price is not known, or the form of the
            answer has no sense.
    """

    def __init__(
        self,
        library: Library,
        model: Model,
        options: Options | None = None,
        *,
        first: Model | None = None,
        listener: Listener | None = None,
        person: Person | None = None,
        outside: Outside | None = None,
    ) -> None:
        options = options or Options()
        if options.limits.cost is not None and model.facts.price is None:
            raise ConfigError(
                f"the price of {model.name} is not known, so --max-cost cannot be kept: use "
                "--max-tokens, or set its price as README.md shows under Models"
            )
        if options.form:
            options.form.check()
        self._work = Work(
            library,
            model,
            options,
            first=first,
            listener=listener or Listener(),
            person=person,
            outside=outside,
        )

    def run(self, task: Task) -> Trajectory:
        """Work on a task until it is answered or cannot be.

        A model or kernel that fails, or is set up wrongly, ends the run, not the program: the
        trajectory says so.

        Raises:
            UsageError: The task is empty, or one of its files cannot be taken along.
            StoreError: The run cannot be recorded.
            Interrupted: By the user, as a KeyboardInterrupt; the run was recorded.
        """
        run = self._work.new(task)
        with closing(run.desk):
            return self._work.carry_out(run, [prompts.system()])

    def resume(self, past: Trajectory) -> Trajectory:
        """Go on with a recorded run, with its limits anew.

        Raises:
            UsageError: It has nothing to go on with: it has an answer.
            StoreError: It cannot be recorded.
            Interrupted: By the user, as a KeyboardInterrupt; the run was recorded.
        """
        if past.end is End.ANSWERED:
            raise UsageError(f"{past.run} has its answer; there is nothing to go on with")
        run = self._work.again(past)
        with closing(run.desk):
            return self._work.carry_out(run, [prompts.system()], past)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Several tasks, one after the other, in one kernel and one conversation."""
        session = Session(self._work)
        try:
            yield session
        finally:
            session.close()


class Session:
    """Tasks of one conversation: each is a run of its own, the kernel is the same.

    Args:
        work: Carries them out.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._desk: Desk | None = None
        self._talk: list[Message] = [prompts.system()]

    def run(self, task: Task) -> Trajectory:
        """Work on the next task; see `Agent.run`."""
        run = self._work.new(task, self._desk)
        self._desk = run.desk
        try:
            return self._work.carry_out(run, self._talk)
        finally:
            self._talk = run.messages

    def forget(self) -> None:
        """The next task begins a conversation of its own; the kernel keeps its variables."""
        self._talk = [prompts.system()]

    def close(self) -> None:
        """End the kernel."""
        if self._desk:
            self._desk.close()
