"""What the commands about sources share: their options, questions, and telling what was done."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from dynasaur.commands._output import document, plain
from dynasaur.commands._wiring import library_option, open_library
from dynasaur.errors import BlockedError
from dynasaur.types import Json

if TYPE_CHECKING:
    from dynasaur.sources.add import Changed
    from dynasaur.sources.desk import Desk

F = TypeVar("F", bound=Callable[..., Any])


def offline_option(function: F) -> F:
    """The option `--offline`."""
    return click.option("--offline", is_flag=True, help="Use what is in the cache alone.")(function)


def network_options(function: F) -> F:
    """The options of commands that go to the network."""
    function = click.option(
        "--timeout",
        default=300.0,
        show_default=True,
        type=click.FloatRange(min=0.1, max=86400),
        metavar="SECONDS",
        help="For a fetch or a push, in all.",
    )(function)
    return click.option(
        "--allow-insecure",
        is_flag=True,
        envvar="DYNASAUR_ALLOW_INSECURE",
        help="Allow plain http ($DYNASAUR_ALLOW_INSECURE).",
    )(function)


def open_desk(
    library_path: Path | None,
    *,
    offline: bool = False,
    allow_insecure: bool = False,
    timeout: float = 300.0,
) -> Desk:
    """The library's desk for its sources."""
    from dynasaur.sources.cache import Cache
    from dynasaur.sources.desk import Desk
    from dynasaur.sources.limits import Limits

    library, settings = open_library(library_path)
    return Desk(
        library.repo,
        Cache(limits=Limits(seconds=timeout)),
        offline=offline,
        allow_insecure=allow_insecure,
        allowed=settings.allowed_sources,
    )


def desk_options(*, offline: bool = True) -> Callable[[F], F]:
    """The options of commands that go to the network; they get the `desk` that these open.

    Args:
        offline: The command can also do with what is in the cache.
    """

    def options(function: F) -> F:
        @wraps(function)
        def command(
            *given: Any,
            library_path: Path | None,
            timeout: float,
            allow_insecure: bool,
            offline: bool = False,
            **rest: Any,
        ) -> Any:
            desk = open_desk(
                library_path, offline=offline, allow_insecure=allow_insecure, timeout=timeout
            )
            return function(*given, desk=desk, **rest)

        told = library_option(command)
        return cast("F", network_options(offline_option(told) if offline else told))

    return options


def agreed(question: str, otherwise: str) -> bool:
    """Ask a person once.

    Raises:
        BlockedError: Nobody is there: `otherwise` says what to do.
    """
    if not sys.stdin.isatty():
        raise BlockedError(f"nobody is there to ask: {otherwise}")
    return click.confirm(question, err=True)


def tell(done: Changed, *, as_json: bool, verb: str = "took") -> None:
    """Print what was done: modules on stdout, what to know of the commit on stderr."""
    if as_json:
        document(fields(done))
        return
    for word, ids in ((verb, done.taken), ("removed", done.removed)):
        for id_ in ids:
            click.echo(f"{word}: {id_}")
    if done.delivery.note:
        say(done.delivery.note)


def fields(done: Changed) -> dict[str, Json]:
    """What was done, as JSON has it."""
    return {
        "source": done.source,
        "taken": list(done.taken),
        "removed": list(done.removed),
        "commit": done.delivery.commits[-1] if done.delivery.commits else None,
        "branch": done.delivery.branch,
        "merged": done.delivery.merged,
        "note": done.delivery.note,
    }


def say(line: str) -> None:
    """One line for people, on stderr."""
    click.echo(f"dynasaur: {plain(line)}", err=True)


def words(values: Sequence[str], none: str = "none", most: int = 12) -> str:
    """A list in words."""
    shown = ", ".join(values[:most])
    more = f" and {len(values) - most} more" if len(values) > most else ""
    return f"{shown}{more}" if values else none


def counted(number: int, what: str) -> str:
    """`1 finding`, `2 findings`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
