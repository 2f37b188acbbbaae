"""How the parts of a run look on a terminal, for the run under way and for its record."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from typing import IO

from rich.console import Console
from rich.padding import Padding
from rich.syntax import Syntax
from rich.text import Text

from dynasaur.commands._output import plain
from dynasaur.record import End, Step, Trajectory
from dynasaur.types import Observation, Usage

SHOWN_LINES = 12
"""Lines of an observation that are shown; the trajectory has them all."""

CODE_LINES = 200
"""Lines of a thought or of code that are shown."""

LINE_LENGTH = 400
"""Characters of one line that are shown."""

EVERYTHING = 1_000_000_000

RESUMABLE = {None, End.LIMIT, End.FAILED, End.INTERRUPTED, End.BLOCKED}
"""Ends after which a run can go on with `dynasaur resume`."""


class Page:
    """A terminal, or whatever stands in its place, that parts of a run are written to.

    Args:
        stream: Where to write; when nobody reads it any more, nothing is said of that.
        whole: Fold nothing.
        bare: No colours and nothing that moves, as where there is no terminal.
    """

    def __init__(self, stream: IO[str], *, whole: bool = False, bare: bool = False) -> None:
        terminal = False if bare else None
        self._quiet = Quiet(stream)
        self.console = Console(
            file=self._quiet,  # type: ignore[arg-type]
            highlight=False,
            force_terminal=terminal,
            no_color=True if bare else None,
        )
        self._python = Syntax("", "python", theme="ansi_dark", background_color="default")
        self._most_lines = EVERYTHING if whole else SHOWN_LINES
        self._most_code = EVERYTHING if whole else CODE_LINES
        self._most_characters = EVERYTHING if whole else LINE_LENGTH

    @property
    def unicode(self) -> bool:
        """The characters of other scripts and signs can be shown.

        Python writes UTF-8 in the C locale, too; what the user says of the terminal counts.
        """
        said = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_CTYPE", "LANG"))), "")
        return said not in {"C", "POSIX"} and self.console.encoding.lower().startswith("utf")

    def line(self, text: str, style: str = "") -> None:
        """One line, which may be longer than the terminal is wide."""
        self.console.print(Text(plain(text), style=style), soft_wrap=True)

    def told(self, text: str, style: str = "") -> None:
        """A sentence: on a terminal wrapped at words, what follows the first line indented."""
        if not self.console.is_terminal:
            self.line(text, style)
            return
        said = plain(text)
        body = said.lstrip()
        indent = " " * (len(said) - len(body))
        lines = Text(body, style=style).wrap(
            self.console, max(20, self.console.width - len(indent) - 2)
        )
        for number, line in enumerate(lines):
            line.rstrip()
            self.console.print(Text(indent + "  " * bool(number)) + line, soft_wrap=True)

    def gap(self) -> None:
        """An empty line."""
        self.console.print()

    def thought(self, text: str) -> None:
        """Prose: wrapped on a terminal."""
        folded = Text(self._fold(text.strip().splitlines(), self._most_code))
        if self.console.is_terminal:
            self.console.print(Padding(folded, (0, 0, 0, 2)))
        else:
            self._block(folded)

    def code(self, text: str) -> None:
        """Python; what the built-in planner writes each time is told in one line."""
        if self._most_code != EVERYTHING and "def _look(" in text:
            from dynasaur.models.planning.looking import helpers

            own = helpers().strip()  # to the letter: nothing else is ever hidden
            lines = own.count("\n") + 1
            text = text.replace(own, f"# ({lines} lines: the planner's own functions)", 1)
        self._block(self._python.highlight(self._fold(text.rstrip().splitlines(), self._most_code)))

    def step(self, step: Step) -> None:
        """A recorded step, whole."""
        self.gap()
        self.line(f"Step {step.number}{step.model and f'  by the {step.model}'}", "bold")
        if step.thought.strip():
            self.thought(step.thought)
        if step.code.strip():
            self.code(step.code)
        self.outcome(step)

    def outcome(self, step: Step) -> None:
        """What came of a step."""
        if step.loaded:
            self.told(f"  loaded: {', '.join(step.loaded)}", "cyan")
        for note in (*step.notes, step.problem and f"no usable code: {step.problem}"):
            if note:
                self.told(f"  {note}", "yellow")
        if step.observation:
            self._observation(step.observation)

    def _observation(self, seen: Observation) -> None:
        lines = [line for line in seen.output.strip("\n").splitlines() if line.strip()]
        if lines:
            self._output(self._fold(lines, self._most_lines))
        if seen.images:
            plural = "" if len(seen.images) == 1 else "s"
            self.line(f"  {len(seen.images)} image{plural}, kept in the run's folder", "dim")
        if error := seen.error:
            self.told(f"  {error.type}{error.message and f': {error.message}'}", "red")
            if self._most_lines == EVERYTHING and error.traceback:
                self._block(Text(self._fold(error.traceback.splitlines(), EVERYTHING), "dim"))
        if seen.notice:
            self.told(f"  {seen.notice}", "yellow")

    def _output(self, text: str) -> None:
        """What a cell printed: on a terminal behind a bar, and cut to the width."""
        if not self.console.is_terminal:
            self._block(Text(text))
            return
        bar = Text("  │ " if self.unicode else "  | ", style="dim")
        for line in text.split("\n"):
            shown = Text(line)
            if self._most_lines != EVERYTHING:
                shown.truncate(max(20, self.console.width - len(bar)), overflow="ellipsis")
            self.console.print(bar + shown, soft_wrap=True)

    def summary(self, result: Trajectory) -> None:
        """What came of a run, but for its answer."""
        for name in result.actions.admitted:
            seen = "" if "left on branch" in result.note else f"  (see it: dynasaur show {name})"
            self.line(f"kept: {name}{seen}", "green")
        for refusal in result.actions.refused:
            self.told(f"not kept: {refusal.name}: {refusal.reason}", "yellow")
        if result.note:
            self.told(result.note, "yellow")
        if result.end is not End.ANSWERED:
            self.told(f"{result.status}: {result.reason}", "bold red")
        steps = f"{len(result.steps)} step{'' if len(result.steps) == 1 else 's'}"
        self.line(", ".join([steps, f"{result.seconds:.1f} s", *spent(result.usage)]), "dim")
        goes_on = result.end in RESUMABLE or (result.end is End.MISUSED and result.steps)
        again = f"; go on: dynasaur resume {result.run}" if goes_on else ""
        self.line(f"more: dynasaur runs show {result.run}{again}", "dim")

    def _block(self, content: Text) -> None:
        """Indented, and not broken to the width, so that code can be copied as it was."""
        content.rstrip()
        lines = (Text("  ") + line for line in content.split("\n", allow_blank=True))
        self.console.print(Text("\n").join(lines), soft_wrap=True)

    def _fold(self, lines: Sequence[str], most: int) -> str:
        """The first and last of many lines, controls removed."""
        if len(lines) > most:
            left_out = len(lines) - most + 1
            half = most // 2
            lines = [*lines[:half], f"... ({left_out} more lines) ...", *lines[-(half - 1) :]]
        return "\n".join(plain(self._cut(line)) for line in lines)

    def _cut(self, line: str) -> str:
        if len(line) <= self._most_characters:
            return line
        return line[: self._most_characters] + ("…" if self.unicode else "...")


class Quiet:
    """A text stream that says nothing when nobody reads it any more."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._gone = False

    def write(self, text: str) -> int:
        """Write, unless the reader has gone."""
        with self._reader():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, unless the reader has gone."""
        with self._reader():
            self._stream.flush()

    @contextlib.contextmanager
    def _reader(self) -> Iterator[None]:
        if not self._gone:
            try:
                yield
            except (OSError, ValueError):
                self._gone = True
        else:
            with contextlib.suppress(OSError, ValueError):
                yield

    def isatty(self) -> bool:
        """The stream is a terminal."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """The stream's descriptor: the terminal's size is asked of it."""
        return self._stream.fileno()

    @property
    def encoding(self) -> str:
        """The stream's encoding."""
        return getattr(self._stream, "encoding", None) or "utf-8"


def spent(usage: Usage) -> list[str]:
    """Tokens and money, in words; empty where nothing was counted."""
    if not usage.tokens:
        return []
    cached = f" ({usage.cached_tokens:,} cached)" if usage.cached_tokens else ""
    return [f"{usage.tokens:,} tokens{cached}", *([dollars(usage.cost)] if usage.cost else [])]


def dollars(cost: float) -> str:
    """Money, with as many places as tell something."""
    return f"${cost:.2f}" if cost >= 1 else f"${cost:.4f}"
