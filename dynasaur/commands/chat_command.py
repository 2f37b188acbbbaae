"""`dynasaur chat`: task after task, in one kernel and one conversation."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dynasaur import config
from dynasaur.commands._agent import agent_of, answer_text
from dynasaur.commands._kernel_options import kernel_options
from dynasaur.commands._look import Look, screen_options
from dynasaur.commands._output import plain
from dynasaur.commands._render import spent
from dynasaur.commands._run_options import run_options
from dynasaur.commands._wiring import library_option, open_library
from dynasaur.errors import DynasaurError, UsageError
from dynasaur.record import End
from dynasaur.types import Task, Usage

if TYPE_CHECKING:
    from dynasaur.agent.agent import Session

WORDS = {
    "/file PATH...": "files that come with the next task",
    "/clear": "the model forgets what was said; the kernel keeps its variables",
    "/cost": "tokens of all tasks so far, and what they cost",
    "/help": "this",
    "/quit": "leave (as Ctrl-D does)",
}
"""What can be said beside tasks."""

Ask = Callable[[], str | None]
"""Gives the next line; None when there is none."""


@click.command("chat")
@click.option("--model", metavar="NAME", help="The model; `dynasaur models` lists them.")
@click.option("--max-steps", type=int, metavar="N", help="Steps for one task. Default: 20.")
@click.option("--cell-timeout", type=float, metavar="SECONDS", help="Time for one cell.")
@click.option(
    "--deliver",
    type=click.Choice(config.DELIVERIES),
    help="What becomes of the commits; see `dynasaur run --help`.",
)
@run_options
@kernel_options
@library_option
@screen_options
def command(library_path: Path | None, look: Look, **flags: object) -> int:
    """Give task after task to one agent: its kernel keeps all variables, and it remembers.

    Each task is a run of its own, with its record. Lines are read from the terminal, with history
    and completion, or from standard input.
    """
    agent = agent_of(library_path, look, flags)
    library, _ = open_library(library_path)
    on_a_terminal = sys.stdin.isatty() and sys.stderr.isatty()
    ask = _prompt(library.names) if on_a_terminal else _read_line
    with agent.session() as session:
        chat = _Chat(session, look)
        while (line := ask()) is not None and (said := line.strip()) not in {"/quit", "/exit"}:
            chat.hear(said)
    return 0 if chat.solved else 1


class _Chat:
    """What is typed, and what comes of it.

    Args:
        session: Carries the tasks out.
        look: How they are shown.

    Attributes:
        solved: Every task was.
    """

    def __init__(self, session: Session, look: Look) -> None:
        self._session, self._look = session, look
        self._files: list[Path] = []
        self._usage = Usage()
        self.solved = True

    def hear(self, said: str) -> None:
        """Carry out a task, or do what a line that begins with a slash says."""
        name, _, rest = said.partition(" ")
        if name.startswith("/"):
            self._obey(name, rest)
        elif said:
            task, self._files = Task(said, tuple(self._files)), []
            self.solved = self._run(task) and self.solved

    def _obey(self, name: str, rest: str) -> None:
        if name == "/file":
            self._files += _files(rest)
        elif name == "/clear":
            self._session.forget()
            _say(WORDS[name])
        elif name == "/cost":
            _say(", ".join(spent(self._usage)) or "no tokens were counted")
        else:
            if name != "/help":
                _say(f"there is no {name}; known are:")
            for word, meaning in WORDS.items():
                _say(f"{word:15} {meaning}")

    def _run(self, task: Task) -> bool:
        """Carry out one task; what goes wrong ends the task, not the conversation."""
        from dynasaur.agent import Interrupted

        try:
            result = self._session.run(task)
        except Interrupted as stopped:
            self._usage += stopped.result.usage
            _say("interrupted; the kernel goes on")
            return False
        except UsageError as error:
            _say(f"error: {error}")
            return False
        self._usage += result.usage
        if result.end is End.ANSWERED:
            click.echo(answer_text(result))
            return True
        if self._look.quiet:
            _say(f"{result.status}: {plain(result.reason)}")
        return False


def _files(said: str) -> list[Path]:
    """The files of a line that are there."""
    try:
        paths = [Path(word).expanduser() for word in shlex.split(said)]
    except ValueError as error:
        _say(f"/file {said}: {error}")
        return []
    for path in paths:
        _say(f"with the next task: {path}" if path.is_file() else f"{path}: no such file")
    return [path for path in paths if path.is_file()]


def _read_line() -> str | None:
    line = sys.stdin.readline()
    return line or None


def _prompt(names: Callable[[], list[str]]) -> Ask:
    """Reads lines with history, and completion of words with a slash and names of actions."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.history import FileHistory, InMemoryHistory
    from prompt_toolkit.output import create_output

    own = [word.split()[0] for word in WORDS]
    words = WordCompleter(lambda: [*own, *names()], WORD=True)
    try:
        from platformdirs import user_state_path

        folder = user_state_path("dynasaur", ensure_exists=True)
        history: FileHistory | InMemoryHistory = FileHistory(str(folder / "chat-history"))
    except (OSError, DynasaurError):
        history = InMemoryHistory()
    session: PromptSession[str] = PromptSession(
        history=history,
        completer=words,
        complete_while_typing=False,
        output=create_output(stdout=sys.stderr),
    )

    def ask() -> str | None:
        while True:
            try:
                return session.prompt("task> ")
            except KeyboardInterrupt:
                continue
            except EOFError:
                return None

    return ask


def _say(line: str) -> None:
    click.echo(f"dynasaur: {plain(line)}", err=True)
