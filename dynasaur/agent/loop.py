"""The loop: messages, model, code, kernel, observation, messages, until there is an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dynasaur import prompts
from dynasaur.agent import repetition, replies
from dynasaur.agent.control import Control
from dynasaur.agent.loading import bring
from dynasaur.agent.meanwhile import Meanwhile
from dynasaur.agent.options import Options
from dynasaur.agent.protocols import Library, Listener, Model, Person
from dynasaur.agent.run import Run
from dynasaur.agent.supplies import supplied
from dynasaur.errors import BlockedError, ContextError, ModelError
from dynasaur.record import End, Step
from dynasaur.types import Module, Reply

BAD_REPLIES = 3
"""Replies without usable code, one after the other, that end a run."""


class Loop:
    """One run's loop.

    Args:
        run: The run.
        model: What writes the code.
        first: What writes it first, for as long as it does not give up; None for nothing.
        options: How the run is done.
        listener: Told what happens while it happens.
        person: Who can be asked; None for nobody.
        control: What Ctrl-C does.
    """

    def __init__(
        self,
        run: Run,
        model: Model,
        options: Options,
        listener: Listener,
        control: Control,
        *,
        first: Model | None = None,
        person: Person | None = None,
    ) -> None:
        self.run = run
        self.library: Library = run.library
        self.model = model
        self.writer = first or model
        self._options = options
        self._listener = listener
        self._meanwhile = Meanwhile(listener)
        self._control = control
        self._person = person

    def work(self) -> None:
        """Step by step, until the run is over."""
        try:
            while self.run.end is None:
                try:
                    self._step()
                except KeyboardInterrupt:
                    self._hear()
                else:
                    if self._control.pressed and self.run.end is None:
                        self._hear()
        finally:
            self._meanwhile.now()

    def _hear(self) -> None:
        """Ask the user, who pressed Ctrl-C, what to tell the model."""
        self._meanwhile.now()
        self._listener.asking()
        self.run.note(f"The user stopped you and says: {self._control.words()}")
        self.run.save()

    def _step(self) -> None:
        run = self.run
        if reason := run.budget.exhausted():
            run.over(End.LIMIT, reason)
            return
        number = len(run.steps) + 1
        self._listener.thinking(number)
        reply = self._reply()
        by_model = self.writer is self.model
        run.spend(reply.usage, steps=1 if by_model and not reply.gave_up else 0)
        if reply.gave_up:
            self._give_up(reply.gave_up)
            return
        self._listener.replied(number, reply)
        run.messages.append(prompts.assistant(reply))
        step = Step(
            number,
            reply.thought,
            reply.code,
            usage=reply.usage,
            model="" if by_model else self.writer.name,
        )
        try:
            step = self._done(step, reply)
        except KeyboardInterrupt:
            if self._control.pressed:  # the user may want to say something and go on
                note = "The user stopped this step before it was over."
                self._record(replace(step, notes=(*step.notes, note)))
            raise
        self._record(step)
        self._listener.observed(run.steps[-1])
        self._check_progress()

    def _record(self, step: Step) -> None:
        """Add what the model must know, tell it, and write the record."""
        run = self.run
        if run.end is None:
            if again := repetition.nudge([*run.steps, step]):
                step = replace(step, notes=(*step.notes, again))
            if left := run.budget.note():
                step = replace(step, notes=(*step.notes, left))
        run.steps.append(step)
        message = prompts.told(step, run.window.observation_limit)
        if step.observation and self.model.facts.images:
            message = prompts.with_images(message, step.observation.images)
        run.messages.append(message)
        self._meanwhile.later(lambda: self._keep(step))

    def _keep(self, step: Step) -> None:
        """Have the record written, and the kernel's variables, as they are after a step."""
        run = self.run
        if run.end is None and step.observation and step.observation.ok:
            run.kernel.snapshot(step.number)
        run.save(wait=False)

    def _reply(self) -> Reply:
        """The next reply, to a conversation that fits the model's window."""
        run = self.run
        self._meanwhile.later(self.library.retriever.tend)
        if run.window.fit(run.messages):
            self._listener.shortened()
        try:
            reply = self._asked()
        except ContextError as error:
            if not run.window.refused(run.messages, error.window):
                raise
            self._listener.shortened()
            reply = self._asked()
        if reply.usage.requests == 1:
            run.window.observe(run.messages, reply.usage.prompt_tokens)
        return reply

    def _asked(self) -> Reply:
        """The writer's reply; what waited for the request to go out is done then, or after."""
        try:
            return self.writer.reply(self.run.messages, self._meanwhile)
        finally:
            self._meanwhile.now()

    def _give_up(self, why: str) -> None:
        """The run is over, unless it was only the first writer that gave up."""
        if self.writer is self.model:
            self.run.over(End.GAVE_UP, why)
            return
        self.writer = self.model
        del self.run.messages[prompts.task_place(self.run.messages) + 1 :]

    def _done(self, step: Step, reply: Reply) -> Step:
        """The step with all that came of its code."""
        if problem := reply.problem or replies.problem(reply.code):
            return replace(step, problem=problem)
        step = self._approved(step)
        return self._executed(step) if step.code else replace(step, code=reply.code)

    def _approved(self, step: Step) -> Step:
        """The step with the code that may run; without code where none may."""
        why = self._options.asks(step.code)
        if not why:
            return step
        if self._person is None:
            raise BlockedError(
                f"step {step.number} needs approval ({why}), and nobody is there to give it; run "
                "in a terminal, or with --approve never"
            )
        self._listener.asking()
        verdict = self._person.approve(step.number, step.code, why)
        if not verdict.code:
            said = f": {verdict.reason}" if verdict.reason else ""
            note = f"The user did not let this code run{said}."
            return replace(step, code="", notes=(*step.notes, note))
        if verdict.code != step.code:
            self.run.messages[-1] = prompts.assistant(Reply(step.thought, verdict.code))
            note = "The user changed your code before it ran; it stands above as it ran."
            return replace(step, code=verdict.code, notes=(*step.notes, note), model="person")
        return step

    def _executed(self, step: Step) -> Step:
        run = self.run
        self._listener.running(step.number)
        loaded, notes = self._load(step.code)
        # In no sandbox of ours a cell could end this very process.
        run.settle() if run.kernel.warning else run.catch_up()
        before = len(run.asked)
        timeout = min(self._options.cell_timeout, max(1.0, run.budget.seconds_left))
        # To write the record before the cell is sent would only keep this thread from sending it.
        seen = run.desk.execute(step.code, timeout=timeout, sent=run.hasten)
        step = replace(step, loaded=loaded, observation=seen, asked=tuple(run.asked[before:]))
        if run.answers and run.end is None:
            run.answer = run.answers[-1]
            run.over(End.UNFIT, run.unfit()) if run.misfits else run.over(End.ANSWERED)
        elif seen.ok:
            notes += self._objections(step.code)
        return replace(step, notes=(*step.notes, *notes))

    def _objections(self, code: str) -> tuple[str, ...]:
        """Why functions that a cell defines would not be kept, and what the others are like."""
        if not (defined := replies.public_functions(code)):
            return ()
        registry, cells = self.library.registry, [*self.run.cells(), code]
        said = [(one.name, prompts.objection(one)) for one in registry.objections(cells)]
        said += [(one.name, prompts.remark(one)) for one in registry.remarks(cells)]
        return tuple(words for name, words in said if name in defined)

    def _load(self, code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Bring in the actions that a cell uses: names now bound, and what went wrong."""
        run = self.run

        def supply(modules: Sequence[Module], asked: Sequence[str] = ()) -> tuple[str, ...]:
            return supplied(self.library, run.kernel, self._listener, asked, modules)

        notes = supply((), replies.dependencies(code))
        bound, said = bring(run.kernel, self.library.retriever, code, supply)
        run.loaded.update(dict.fromkeys(bound))
        return bound, (*notes, *dict.fromkeys(said))

    def _check_progress(self) -> None:
        """End a run that goes nowhere."""
        run = self.run
        last: Sequence[Step] = run.steps[-BAD_REPLIES:]
        if len(last) == BAD_REPLIES and all(step.problem for step in last):
            raise ModelError(
                f"the model gave no valid code {BAD_REPLIES} times in a row: {last[-1].problem}"
            )
        if run.end is None and (reason := repetition.stuck(run.steps)):
            run.over(End.STUCK, reason)
