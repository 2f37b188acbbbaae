"""The roof: the command group, the one error handler, the exit codes.

Commands are imported when they are called, so that `--help` stays light.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from dynasaur import __version__
from dynasaur.errors import DynasaurError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

INTERRUPTED = 130
INTERNAL = 5

COMMANDS = {
    "run": "Solve a task.",
    "resume": "Go on with a run that was stopped.",
    "chat": "Give task after task to one agent.",
    "search": "Find actions in the library.",
    "show": "Show one action.",
    "list": "List the library's actions.",
    "add": "Put functions of your own through the gate.",
    "import-tools": "Make actions of functions and tools of other packages.",
    "import-openapi": "Write actions for the operations of a web service.",
    "admit": "Admit what a recorded run left.",
    "check": "Check actions by every rule.",
    "review": "Review what a range of commits does to actions.",
    "call": "Call one action.",
    "mcp": "Serve the library to other agents (MCP).",
    "export": "Give actions to other programs.",
    "tools": "The tools of MCP servers that code may use.",
    "runs": "List, show, export and remove runs.",
    "replay": "Run recorded code again, and say what differs.",
    "stats": "Show how actions are used.",
    "log": "Show the changes of the library's actions.",
    "history": "Show what became of one action.",
    "blame": "Show which run each line comes from.",
    "revert": "Bring one action back to what it was.",
    "deprecate": "Say that another action is to be used.",
    "reject": "Remove an action, and refuse its like.",
    "prune": "Remove actions that are not used.",
    "tidy": "Move a flat library to categories.",
    "source": "Other people's libraries: add, update, verify, search.",
    "take": "Vendor actions of a source.",
    "give": "Offer actions of yours to a source.",
    "cache": "What is kept of sources on this machine.",
    "eval": "Measure an agent on a suite.",
    "models": "List the models, and which would be used.",
    "doctor": "Say what this machine gives, and what is missing.",
    "init": "Make a library.",
    "completion": "Let a shell complete words.",
    "reference": "Print the help of all commands.",
}
"""Every command and its help line; `NAME` lives in `dynasaur.commands.NAME_command`."""

EPILOG = """\b
Exit codes:
  0    done: the task is solved
  1    not solved, or a failure while running
  2    usage or configuration
  3    blocked: needs a person, and none is there
  4    a limit was reached
  5    internal error
  130  interrupted
"""


class _Group(click.Group):
    """A group that knows its commands' names and help before it imports them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"dynasaur.commands.{cmd_name.replace('-', '_')}_command")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, but with the nearest name where there is none."""
        if not ctx.resilient_parsing and args[0] not in COMMANDS:
            from difflib import get_close_matches

            if near := get_close_matches(args[0], COMMANDS, n=1):
                ctx.fail(f"No such command {args[0]!r}: did you mean {near[0]}?")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Names and help of commands, none of which is imported for that."""
        from click.shell_completion import CompletionItem

        own = [
            CompletionItem(name, help=told)
            for name, told in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        options = incomplete.startswith("-")
        return super().shell_complete(ctx, incomplete) if options else own

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=_Group,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EPILOG,
)
@click.version_option(__version__, prog_name="dynasaur")
def group() -> None:
    """Solve tasks by writing Python, and keep what proves useful.

    Try:  dynasaur run "What is the mean price?" --file sales.csv
    """


def run(arguments: Sequence[str]) -> int:
    """Run one command line.

    Args:
        arguments: The words after the program's name.

    Returns:
        The exit code.
    """
    _open_closed_streams()
    try:
        result = group.main(
            list(arguments),
            prog_name="dynasaur",
            standalone_mode=False,
            color=False if os.environ.get("NO_COLOR") else None,
        )
        sys.stdout.flush()
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except (click.exceptions.Abort, KeyboardInterrupt):
        _say("interrupted")
        return INTERRUPTED
    except click.ClickException as error:
        error.show(sys.stderr)
        return error.exit_code
    except DynasaurError as error:
        _say(f"error: {error}")
        return error.exit_code
    except (BrokenPipeError, SystemExit):  # click leaves this way when a pipe is closed
        _swallow_output()
        return 0
    except OSError as error:
        named = f"{error.filename}: " if error.filename else ""
        _say(f"error: {named}{error.strerror or error}")
        _swallow_output()
        return 1
    except Exception as error:  # noqa: BLE001 - the one place that catches everything
        return _internal(error)
    return result if isinstance(result, int) else 0


def _say(line: str) -> None:
    """One line on stderr; what a stranger wrote (a branch's name, say) must not steer."""
    shown = "".join(one if one.isprintable() or one in "\n\t" else "\ufffd" for one in line)
    click.echo(f"dynasaur: {shown}", err=True)


def _open_closed_streams() -> None:
    """A closed stream (`>&-`) swallows what is said; none fails over a character."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
        elif getattr(stream, "errors", "") == "strict":
            stream.reconfigure(errors="backslashreplace")


def _swallow_output() -> None:
    """Let what stdout could not take go, so that leaving does not fail over it again."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _internal(error: Exception) -> int:
    from platformdirs import user_log_path

    text = "".join(traceback.format_exception(error))
    try:
        folder = user_log_path("dynasaur", ensure_exists=True)
        path = folder / f"error-{datetime.now(UTC):%Y%m%d-%H%M%S}-{os.getpid()}.txt"
        path.write_text(f"dynasaur {__version__}, Python {sys.version}\n\n{text}", "utf-8")
        where = f"the traceback is in {path}"
    except OSError:
        where = f"the traceback could not be saved:\n{text}"
    _say(f"internal error: {type(error).__name__}: {error}; {where}")
    return INTERNAL
