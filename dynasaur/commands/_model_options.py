"""How the model is asked: the options of every command that asks one."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, TypeVar

import click

from dynasaur import config
from dynasaur.types import Manner

F = TypeVar("F", bound=Callable[..., Any])

_NAMES = tuple(one.name for one in fields(Manner))


def model_options(function: F) -> F:
    """All of them."""
    for option in reversed((*_MANNER, *_REST)):
        function = option(function)
    return function


def manner_options(function: F) -> F:
    """`--temperature`, `--reasoning-effort`, `--max-output-tokens`, `--api`."""
    for option in reversed(_MANNER):
        function = option(function)
    return function


def manners(settings: config.Settings, flags: Mapping[str, object]) -> tuple[Manner, Manner]:
    """How the model is to be asked: what goes before what is said of the one model, and after.

    The command line and the environment are nearer than a table of one model, which is nearer
    than a setting for all of them.

    Args:
        settings: The settings.
        flags: What the command line gave; None means not given.
    """
    nearer = config.given(os.environ, flags)
    said: dict[str, Any] = {name: getattr(settings, name) for name in _NAMES}
    return Manner(**{name: said[name] for name in _NAMES if name in nearer}), Manner(**said)


_MANNER = (
    click.option(
        "--temperature",
        type=click.FloatRange(0, 2),
        metavar="NUMBER",
        help="The model's sampling temperature, 0 to 2. Default: its own.",
    ),
    click.option(
        "--reasoning-effort",
        metavar="WORD",
        help="How much a reasoning model is to think: low, medium, high, or what else it knows.",
    ),
    click.option(
        "--max-output-tokens",
        type=click.IntRange(1),
        metavar="N",
        help="Tokens that one reply may have at most, reasoning included.",
    ),
    click.option(
        "--api",
        type=click.Choice(config.APIS),
        help="Ask by chat completions or by the Responses API; auto (the default): by chat "
        "completions, where the endpoint has them for this model.",
    ),
)

_REST = (
    click.option("--seed", type=click.IntRange(0), metavar="N", help="The model's seed."),
    click.option(
        "--request-timeout",
        type=click.FloatRange(0, min_open=True),
        metavar="SECONDS",
        help="Time for the endpoint to go on with its answer. Default: 600.",
    ),
    click.option(
        "--retries",
        type=click.IntRange(0, 100),
        metavar="N",
        help="How often a request is made again where that can help. Default: 5.",
    ),
)
