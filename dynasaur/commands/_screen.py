"""A run on the terminal, as it happens, on stderr."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.status import Status
from rich.syntax import Syntax
from rich.text import Text

from dynasaur.agent.protocols import Listener
from dynasaur.commands._output import plain
from dynasaur.record import End, Step, Trajectory
from dynasaur.types import Observation, Reply

SHOWN_LINES = 12
"""Lines of an observation that are shown; the trajectory has them all."""

CODE_LINES = 200
"""Lines of a thought or of code that are shown."""

LINE_LENGTH = 400
"""Characters of one line that are shown."""


class Screen(Listener):
    """Shows thought, code and observation of each step, then what came of the run."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._python = Syntax("", "python", theme="ansi_dark", background_color="default")
        self._status: Status | None = None

    def began(self, so_far: Trajectory) -> None:
        self._line(f"run {so_far.run}  model {so_far.model}", "dim")
        if offered := so_far.actions.offered:
            self._line(f"offered: {', '.join(offered)}", "dim")

    def thinking(self, number: int) -> None:
        self._wait(f"step {number}: waiting for the model")

    def replied(self, number: int, reply: Reply) -> None:
        self._done_waiting()
        self._console.print()
        self._line(f"Step {number}", "bold")
        if thought := reply.thought.strip():
            self._block(Text(_fold(thought.splitlines(), CODE_LINES)))
        if code := reply.code.rstrip():
            self._block(self._python.highlight(_fold(code.splitlines(), CODE_LINES)))
            self._wait(f"step {number}: running")

    def observed(self, step: Step) -> None:
        self._done_waiting()
        if step.loaded:
            self._line(f"  loaded: {', '.join(step.loaded)}", "cyan")
        for note in (*step.notes, step.problem and f"no usable code: {step.problem}"):
            if note:
                self._line(f"  {note}", "yellow")
        if step.observation:
            self._observation(step.observation)

    def judging(self) -> None:
        self._wait("judging the new functions")

    def ended(self, result: Trajectory) -> None:
        self._done_waiting()
        self._console.print()
        for name in result.actions.admitted:
            seen = "" if "left on branch" in result.note else f"  (see it: dynasaur show {name})"
            self._line(f"kept: {name}{seen}", "green")
        for refusal in result.actions.refused:
            self._line(f"not kept: {refusal.name}: {refusal.reason}", "yellow")
        if result.note:
            self._line(result.note, "yellow")
        if result.end is not End.ANSWERED:
            self._line(f"{result.status}: {result.reason}", "bold red")
        self._line(_totals(result), "dim")
        if result.end is End.ANSWERED:
            self._line("answer:", "bold")

    def _observation(self, seen: Observation) -> None:
        lines = [line for line in seen.output.strip("\n").splitlines() if line.strip()]
        if lines:
            self._block(Text(_fold(lines, SHOWN_LINES)))
        if seen.images:
            self._line(f"  {len(seen.images)} image(s), kept in the run's folder", "dim")
        if error := seen.error:
            self._line(f"  {error.type}: {error.message}", "red")
        if seen.notice:
            self._line(f"  {seen.notice}", "yellow")

    def _line(self, text: str, style: str) -> None:
        self._console.print(Text(plain(text), style=style), soft_wrap=True)

    def _block(self, content: Text) -> None:
        """Indented, and not broken to the width, so that code can be copied as it was."""
        content.rstrip()
        lines = (Text("  ") + line for line in content.split("\n", allow_blank=True))
        self._console.print(Text("\n").join(lines), soft_wrap=True)

    def _wait(self, message: str) -> None:
        self._done_waiting()
        if self._console.is_terminal:
            self._status = self._console.status(Text(message, style="dim"))
            self._status.start()

    def _done_waiting(self) -> None:
        if self._status:
            self._status.stop()
            self._status = None


def _fold(lines: Sequence[str], most: int) -> str:
    """The first and last of many lines, controls removed."""
    if len(lines) > most:
        left_out = len(lines) - most + 1
        half = most // 2
        lines = [*lines[:half], f"... ({left_out} more lines) ...", *lines[-(half - 1) :]]
    cut = (line if len(line) <= LINE_LENGTH else f"{line[:LINE_LENGTH]}…" for line in lines)
    return "\n".join(map(plain, cut))


def _totals(result: Trajectory) -> str:
    steps = f"{len(result.steps)} step{'' if len(result.steps) == 1 else 's'}"
    tokens = result.usage.prompt_tokens + result.usage.completion_tokens
    spent = f", {tokens:,} tokens" if tokens else ""
    return f"{steps}, {result.seconds:.1f} s{spent}; record: {result.folder}"
