"""A run on the terminal, as it happens, on stderr."""

from __future__ import annotations

import sys

from rich.status import Status
from rich.text import Text

from dynasaur.agent.protocols import Listener
from dynasaur.commands._output import plain
from dynasaur.commands._render import Page, spent
from dynasaur.record import End, Step, Trajectory
from dynasaur.types import Reply, Usage


class Screen(Listener):
    """Shows thought, code and observation of each step, then what came of the run.

    Args:
        verbose: Fold nothing, and tell of tokens and time at each step.
        bare: No colours and nothing that moves.
    """

    def __init__(self, *, verbose: bool = False, bare: bool = False) -> None:
        self._page = Page(sys.stderr, whole=verbose, bare=bare)
        self._verbose = verbose
        self._status: Status | None = None
        self._flow: Flow | None = None
        self._usage = Usage()
        self._number = 0
        self.wants_stream = self._page.console.is_terminal

    def began(self, so_far: Trajectory) -> None:
        self._usage = so_far.usage
        self._page.line(f"run {so_far.run}  model {so_far.model}", "dim")
        if offered := so_far.actions.offered:
            self._page.told(f"offered: {', '.join(offered)}", "dim")

    def thinking(self, number: int) -> None:
        self._flow = None
        self._number = number
        self._wait(f"step {number}: waiting for the model")

    def heard(self, text: str) -> None:
        if self._flow is None and not text:
            return
        self._stop_spinning()  # also that of a second attempt, for which was waited
        if self._flow is None:
            self._head(self._number)
            self._flow = Flow(self._page)
        self._flow.write(text)

    def waiting(self, seconds: float, why: str) -> None:
        self._done_waiting()
        self._page.told(f"  {why}; trying again in {seconds:.0f} s", "yellow")
        self._wait(f"waiting {seconds:.0f} s before the model is asked again")

    def remarked(self, line: str) -> None:
        self._done_waiting()
        self._page.told(f"  {line}", "yellow")

    def replied(self, number: int, reply: Reply) -> None:
        self._done_waiting()
        self._usage += reply.usage
        if self._flow is None:
            self._head(number)
            if reply.thought.strip():
                self._page.thought(reply.thought)
        self._flow = None
        if reply.code.strip():
            self._page.code(reply.code)

    def running(self, number: int) -> None:
        self._wait(f"step {number}: running")

    def shortened(self) -> None:
        self._done_waiting()
        self._page.line("  the conversation was shortened to fit the model's window", "dim")

    def asking(self) -> None:
        self._done_waiting()

    def observed(self, step: Step) -> None:
        self._done_waiting()
        self._page.outcome(step)
        so_far = spent(self._usage)
        seen = step.observation
        if self._verbose and seen is not None:
            so_far = [f"{seen.seconds:.2f} s", *so_far]
        if so_far and (self._verbose or self._page.console.is_terminal):
            self._page.line(f"  {', '.join(so_far)} so far", "dim")

    def judging(self) -> None:
        self._wait("judging the new functions")

    def ended(self, result: Trajectory) -> None:
        self._done_waiting()
        self._page.gap()
        self._page.summary(result)
        if result.end is End.ANSWERED:
            self._page.line("answer:", "bold")

    def _head(self, number: int) -> None:
        self._page.gap()
        self._page.line(f"Step {number}", "bold")

    def _wait(self, message: str) -> None:
        """A spinner, for as long as there is nothing else to see."""
        self._done_waiting()
        console = self._page.console
        if console.is_terminal and not console.is_dumb_terminal:
            dots = "dots" if self._page.unicode else "line"
            self._status = console.status(Text(message, style="dim"), spinner=dots)
            self._status.start()

    def _done_waiting(self) -> None:
        """A line of its own for what comes now."""
        self._stop_spinning()
        if self._flow is not None:
            self._flow.end()

    def _stop_spinning(self) -> None:
        if self._status:
            self._status.stop()
            self._status = None


class Flow:
    """Prose that comes in pieces, indented and wrapped at words as it comes."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._width = max(20, page.console.width - 2)
        self._column = 0
        self._word = ""
        self._blank = True

    def write(self, text: str) -> None:
        """The next piece; an empty one begins anew."""
        if not text:
            self.end()
            self._page.line("  (the reply broke off; it begins anew)", "yellow")
            return
        for character in plain(text):
            if character.isspace():
                self._put()
                if character == "\n":
                    self._break()
                elif self._column:
                    self._word = " "
            else:
                self._word += character

    def end(self) -> None:
        """No more pieces."""
        self._put()
        if self._column:
            self._out("\n")
        self._column = 0

    def _put(self) -> None:
        """The word that is whole now."""
        word, self._word = self._word, ""
        if not word.strip():
            return
        if self._column and self._column + len(word) > self._width:
            self._out("\n")
            self._column, word = 0, word.lstrip()
        self._out(word if self._column else f"  {word.lstrip()}")
        self._column += len(word)
        self._blank = False

    def _break(self) -> None:
        if self._column or not self._blank:
            self._out("\n")
        self._blank = not self._column
        self._column = 0

    def _out(self, text: str) -> None:
        self._page.console.print(Text(text), end="", soft_wrap=True)
