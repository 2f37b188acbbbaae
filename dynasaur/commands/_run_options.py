"""How a run is done: the options of every command that starts one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from dynasaur import config
from dynasaur.commands._model_options import model_options
from dynasaur.commands._retriever_options import retriever_options

F = TypeVar("F", bound=Callable[..., Any])

OWN = ("answer_format", "expect_json", "reuse", "agents_md")
"""Those that are no settings."""


def run_options(function: F) -> F:
    """How the model is asked, limits, approval, the answer's form, and the rest of them."""
    function = retriever_options(function)
    for option in reversed(_OPTIONS):
        function = option(function)
    return model_options(function)


_OPTIONS = (
    click.option("--max-tokens", type=int, metavar="N", help="Tokens to use at most."),
    click.option("--max-cost", type=float, metavar="DOLLARS", help="Money to spend at most."),
    click.option("--max-seconds", type=float, metavar="SECONDS", help="Time to take at most."),
    click.option(
        "--approve",
        type=click.Choice(config.APPROVALS),
        help="Which code to show and ask about before it runs: none (the default), that which "
        "may write or reach out, or all of it.",
    ),
    click.option(
        "--answer-format",
        metavar="WORDS|SCHEMA",
        help="The form of the answer: a short instruction, or a JSON schema or its file.",
    ),
    click.option(
        "--expect-json",
        metavar="SCHEMA",
        help="Print an answer that fits this JSON schema (or its file), as JSON, or exit 1.",
    ),
    click.option(
        "--reuse",
        is_flag=True,
        default=None,
        help="Let the built-in planner try the library's actions before the model is asked.",
    ),
    click.option(
        "--no-agents-md",
        "agents_md",
        is_flag=True,
        flag_value=False,
        default=None,
        help="Do not tell the model what the nearest AGENTS.md says.",
    ),
)
