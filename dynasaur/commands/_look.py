"""How much of a run is shown, and how: the options `-q`, `-v`, `--plain`."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from dynasaur.errors import UsageError

if TYPE_CHECKING:
    from dynasaur.agent import Listener


@dataclass(frozen=True, slots=True)
class Look:
    """What is shown of a run.

    Attributes:
        quiet: Nothing but the answer.
        verbose: Everything, unfolded.
        bare: No colours and nothing that moves.
    """

    quiet: bool = False
    verbose: bool = False
    bare: bool = False

    def listener(self) -> Listener | None:
        """What shows it, and sends spans where the environment says; None for nothing."""
        from dynasaur.telemetry import traced

        return traced(self._screen(), os.environ)

    def _screen(self) -> Listener | None:
        if self.quiet:
            return None
        from dynasaur.commands._screen import Screen

        return Screen(verbose=self.verbose, bare=self.bare)


QUIET = Look(quiet=True)


def screen_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options, given to the command together as `look`."""

    @click.option("-q", "--quiet", is_flag=True, help="Show nothing but the answer.")
    @click.option("-v", "--verbose", is_flag=True, help="Fold nothing; tell of time and tokens.")
    @click.option("--plain", "bare", is_flag=True, help="No colours, and nothing that moves.")
    @wraps(function)
    def command(*args: Any, quiet: bool, verbose: bool, bare: bool, **kwargs: Any) -> Any:
        if quiet and verbose:
            raise UsageError("-q and -v are opposites; give one of them")
        return function(*args, look=Look(quiet, verbose, bare), **kwargs)

    return command
