"""Making the agent of a command line, carrying out a run, and printing what came of it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from dynasaur import config
from dynasaur.commands._instructions import instructions
from dynasaur.commands._look import QUIET, Look
from dynasaur.commands._model_options import manners
from dynasaur.commands._output import document, plain
from dynasaur.commands._wiring import open_library, outside_of
from dynasaur.errors import UsageError
from dynasaur.record import End

if TYPE_CHECKING:
    from dynasaur.agent import Agent, Approval, Form, Model, Options
    from dynasaur.models.planner import PlannerModel
    from dynasaur.record import Trajectory

NO_MODEL = (
    "dynasaur: no model configured; using the built-in planner, which only composes actions "
    "already in the library"
)

EXIT_CODES = {
    End.ANSWERED: 0,
    End.GAVE_UP: 1,
    End.FAILED: 1,
    End.STUCK: 1,
    End.UNFIT: 1,
    End.MISUSED: 2,
    End.BLOCKED: 3,
    End.LIMIT: 4,
}


def carried_out(
    work: Callable[[], Trajectory], look: Look, *, as_json: bool, json_answer: bool = False
) -> int:
    """Carry out a run, and print what came of it.

    Args:
        work: Carries it out.
        look: How it is shown.
        as_json: Print the run's document.
        json_answer: Print the answer as JSON, a text in quotes.

    Returns:
        The exit code.
    """
    from dynasaur.agent import Interrupted

    try:
        result = work()
    except Interrupted as stopped:
        print_result(stopped.result, as_json)
        raise
    if result.end is End.ANSWERED:
        from dynasaur.kernel.kept import forget

        forget(result.folder / "work")
    if json_answer and not as_json and result.end is End.ANSWERED:
        document(result.answer)
    else:
        print_result(result, as_json)
    if look.quiet and not as_json and result.end is not End.ANSWERED:
        click.echo(f"dynasaur: {result.status}: {plain(result.reason)}", err=True)
    return EXIT_CODES[result.end or End.FAILED]


def print_result(result: Trajectory, as_json: bool) -> None:
    """Print the answer, or the JSON document of a run."""
    if as_json:
        from dynasaur.trajectory import summary

        document(summary(result))
    elif result.end is End.ANSWERED:
        click.echo(answer_text(result))


def quiet_agent(path: Path | None, flags: dict[str, object]) -> Agent:
    """The agent of these flags, which shows nothing."""
    return agent_of(path, QUIET, flags)


def agent_of(path: Path | None, look: Look, flags: dict[str, object]) -> Agent:
    """The agent of a library and the command line's settings.

    Args:
        path: What `--library` gave.
        look: How runs are shown.
        flags: Settings and the other options of `run_options`; None means not given.
    """
    from dynasaur.agent import Agent
    from dynasaur.commands._person import Terminal

    library, settings = open_library(path, flags)
    model = model_of(library.root, settings, flags)
    if model.name == "planner" and not settings.model and not look.quiet:
        click.echo(NO_MODEL, err=True)
    return Agent(
        library,
        model,
        _options(settings, flags),
        first=_first(model.name) if flags.get("reuse") else None,
        listener=look.listener(),
        person=Terminal() if Terminal.there() and not look.quiet else None,
        outside=outside_of(library, settings, lambda: model),
    )


def model_of(root: Path, settings: config.Settings, flags: Mapping[str, object]) -> Model:
    """The model that is configured for a library.

    Args:
        root: The library's root.
        settings: What is set.
        flags: What the command line gave; None means not given.
    """
    from dynasaur.models.catalog import resolve

    tables = (
        config.table_of(config.user_file(), ("models",)),
        config.table_of(root / "pyproject.toml", ("tool", "dynasaur", "models")),
    )
    nearer, further = manners(settings, flags)
    return resolve(
        settings.model or None,
        os.environ,
        tables=tables,
        manner=nearer,
        otherwise=further,
        seconds=settings.request_timeout,
        attempts=settings.retries + 1,
    )


def _options(settings: config.Settings, flags: dict[str, object]) -> Options:
    from dynasaur.agent import Limits, Options

    limits = Limits(
        settings.max_steps,
        settings.max_tokens or None,
        settings.max_cost or None,
        settings.max_seconds or None,
    )
    return Options(
        limits,
        settings.cell_timeout,
        settings.k,
        cast("Approval", settings.approve),
        "" if flags.get("agents_md") is False else instructions(Path.cwd()),
        _form(flags.get("answer_format"), flags.get("expect_json")),
    )


def _first(name: str) -> PlannerModel | None:
    from dynasaur.models.planner import PlannerModel

    return None if name == "planner" else PlannerModel()


def _form(words: object, schema: object) -> Form | None:
    """The form that `--answer-format` or `--expect-json` asks for."""
    from dynasaur.agent import Form

    if words is not None and schema is not None:
        raise UsageError("--answer-format and --expect-json say the same thing: give one of them")
    if schema is not None:
        return Form(schema=_schema(str(schema), "--expect-json"))
    if words is None:
        return None
    text = str(words).strip()
    if not text:
        raise UsageError("--answer-format is empty: give an instruction or a JSON schema")
    if text.startswith("{") or text.endswith(".json"):
        return Form(schema=_schema(text, "--answer-format"))
    return Form(text)


def _schema(given: str, option: str) -> dict[str, Any]:
    """A JSON schema, as it is or from its file."""
    text = given.strip()
    try:
        if not text.startswith("{"):
            text = Path(text).expanduser().read_text(encoding="utf-8")
        value = json.loads(text)
    except OSError as error:
        raise UsageError(f"{option} {given}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{option}: this is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise UsageError(f'{option}: a JSON schema is an object, such as {{"type": "number"}}')
    return value


def answer_text(result: Trajectory) -> bytes:
    """As it is for a program that reads it; what could steer a terminal is not sent to one."""
    answer = result.answer
    text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    if sys.stdout.isatty():
        text = "\n".join(plain(line) for line in text.split("\n"))
    return text.encode("utf-8", "backslashreplace")
