"""How actions are found: the options of every command that looks for some."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from dynasaur import config

F = TypeVar("F", bound=Callable[..., Any])


def retriever_options(function: F) -> F:
    """The options `--retriever` and `--embeddings`."""
    function = click.option(
        "--embeddings",
        metavar="MODEL",
        help="The embedding model of hybrid: one of the endpoint, or local:NAME.",
    )(function)
    return click.option(
        "--retriever",
        type=click.Choice(config.RETRIEVERS),
        help="Find actions by words alone, or by an embedding model, too. Default: lexical.",
    )(function)
