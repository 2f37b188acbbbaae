"""The loop: messages, model, code, kernel, observation, messages, until there is an answer."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace

from dynasaur import prompts, trajectory
from dynasaur.agent.protocols import Library, Listener, Model
from dynasaur.agent.run import Run
from dynasaur.errors import ActionError, FailureError, ModelError, UsageError
from dynasaur.record import End, Step, Trajectory, Undocumented
from dynasaur.syntax import action_imports, free_names
from dynasaur.types import Task

BAD_REPLIES = 3
"""Replies without usable code, one after the other, that end a run."""


class Interrupted(KeyboardInterrupt):
    """The user stopped a run.

    Attributes:
        result: The run as it was recorded; an answer that was given before is in it.
    """

    def __init__(self, result: Trajectory) -> None:
        super().__init__(f"the run {result.run} was interrupted")
        self.result = result


class Agent:
    """Solves tasks with a library and a model.

    Args:
        library: Where actions come from and go to.
        model: What writes the code.
        max_steps: Steps after which a run ends unsolved.
        cell_timeout: Seconds that one cell may run.
        k: How many actions are offered with the task.
        listener: Told what happens while it happens.
    """

    def __init__(
        self,
        library: Library,
        model: Model,
        *,
        max_steps: int = 20,
        cell_timeout: float = 300.0,
        k: int = 10,
        listener: Listener | None = None,
    ) -> None:
        self.library = library
        self.model = model
        self.max_steps = max_steps
        self.cell_timeout = cell_timeout
        self.k = k
        self._listener = listener or Listener()

    def run(self, task: Task) -> Trajectory:
        """Work on a task until it is answered or cannot be.

        A model or kernel that fails, or is set up wrongly, ends the run, not the program: the
        trajectory says so.

        Raises:
            UsageError: The task is empty, or one of its files cannot be taken along.
            StoreError: The run cannot be recorded.
            Interrupted: By the user, as a KeyboardInterrupt; the run was recorded.
        """
        run = Run(task, self.library, self.model.name)
        try:
            self._work(run)
            self._judge(run)
            result = run.save()
        except KeyboardInterrupt:
            stopped = run.stop()
            self._listener.ended(stopped)
            raise Interrupted(stopped) from None
        self.library.count(result)
        self._listener.ended(result)
        return result

    def _work(self, run: Run) -> None:
        with trajectory.Alive(run.folder), closing(run.kernel):
            try:
                run.kernel.start()
                self._begin(run)
                while run.end is None:
                    self._step(run)
            except FailureError as error:
                run.over(End.FAILED, str(error))
            except UsageError as error:
                run.over(End.MISUSED, str(error))

    def _judge(self, run: Run) -> None:
        run.save()
        self._listener.judging()
        asks = run.end in (End.ANSWERED, End.LIMIT)
        run.admit((lambda wanting: self._document(run, wanting)) if asks else None)

    def _begin(self, run: Run) -> None:
        hits = self.library.retriever.offer(run.task.text, self.k)
        run.offer(hits)
        run.messages.extend(prompts.opening(run.task, run.files, hits))
        self._listener.began(run.save())

    def _step(self, run: Run) -> None:
        number = len(run.steps) + 1
        if number > self.max_steps:
            run.over(End.LIMIT, f"no answer after {self.max_steps} steps; raise --max-steps")
            return
        self._listener.thinking(number)
        reply = self.model.reply(run.messages)
        run.usage += reply.usage
        if reply.gave_up:
            run.over(End.GAVE_UP, reply.gave_up)
            return
        self._listener.replied(number, reply)
        run.messages.append(prompts.assistant(reply))
        step = Step(number, reply.thought, reply.code, usage=reply.usage)
        if problem := reply.problem or _problem(reply.code):
            step = replace(step, problem=problem)
            run.messages.append(prompts.no_code(problem))
        else:
            step = self._execute(run, step)
        run.steps.append(step)
        run.save()
        self._listener.observed(step)
        _check_replies(run.steps)

    def _execute(self, run: Run, step: Step) -> Step:
        loaded, notes = self._load(run, step.code)
        before = len(run.asked)
        seen = run.kernel.execute(step.code, timeout=self.cell_timeout)
        if run.answers:
            run.answer = run.answers[-1]
            run.over(End.ANSWERED)
        elif seen.ok:
            notes += self._objections(run, step.code)
        run.messages.append(prompts.observed(seen, notes))
        asked = tuple(run.asked[before:])
        return replace(step, loaded=loaded, notes=notes, observation=seen, asked=asked)

    def _document(self, run: Run, wanting: Sequence[Undocumented]) -> str:
        """Ask the model once for documentation that its functions lack; empty if it gives none."""
        try:
            reply = self.model.reply(prompts.documentation(wanting))
        except ModelError:
            return ""
        run.usage += reply.usage
        return reply.code

    def _objections(self, run: Run, code: str) -> tuple[str, ...]:
        """Why functions that a cell defines would not be kept, while that can be mended."""
        if not (defined := _public_functions(code)):
            return ()
        found = self.library.registry.objections([*run.cells(), code])
        return tuple(prompts.objection(one) for one in found if one.name in defined)

    def _load(self, run: Run, code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Bring in the actions that a cell uses: names now bound, and what went wrong."""
        bound: list[str] = []
        notes: list[str] = []
        wanted = (*sorted(free_names(code)), *action_imports(code))
        for name, module in self.library.retriever.modules(wanted).items():
            try:
                modules = self.library.retriever.closure([module])
                bound += run.kernel.load(modules, {name: module} if name != module else {})
            except ActionError as error:
                notes.append(f"The action {name} could not be loaded: {error}")
        run.loaded.update(dict.fromkeys(bound))
        return tuple(bound), tuple(notes)


def _problem(code: str) -> str:
    """Why code cannot be run at all; empty when the kernel should judge."""
    if not code.strip():
        return "there was none"
    try:
        _parse(code)
    except SyntaxError as error:
        if any(line.lstrip().startswith(("%", "!", "?")) for line in code.splitlines()):
            return ""
        return f"SyntaxError: {error.msg} (line {error.lineno}: {(error.text or '').strip()})"
    except ValueError as error:
        return str(error)
    except (MemoryError, RecursionError):
        return "it is nested too deeply"
    return ""


def _public_functions(code: str) -> frozenset[str]:
    try:
        body = _parse(code).body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return frozenset()
    functions = (node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(node.name for node in functions if not node.name.startswith("_"))


def _parse(code: str) -> ast.Module:
    """As IPython takes it; what the parser would warn of is the kernel's to say."""
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree: ast.Module = compile(code, "<step>", "exec", flags)
    return tree


def _check_replies(steps: Sequence[Step]) -> None:
    last = steps[-BAD_REPLIES:]
    if len(last) == BAD_REPLIES and all(step.problem for step in last):
        raise ModelError(
            f"the model gave no valid code {BAD_REPLIES} times in a row: {last[-1].problem}"
        )
