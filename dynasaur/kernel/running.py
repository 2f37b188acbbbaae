"""What the client needs of a running kernel, wherever it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from dynasaur.kernel.wire import Wire
from dynasaur.proxy.refusal import Refusal


class Running(Protocol):
    """One running kernel: on this machine, behind a gateway, or where a provisioner put it."""

    @property
    def wire(self) -> Wire:
        """The way to it."""

    @property
    def remote(self) -> bool:
        """It does not see this machine's files."""

    def alive(self) -> bool:
        """It has not died, as far as can be seen."""

    def interrupt(self) -> None:
        """Ask its cell to stop."""

    def excess(self) -> str:
        """What it uses too much of, in words; empty while all is within the limits."""

    def refusals(self) -> Sequence[Refusal]:
        """What its proxy refused since the last call; nothing where it has none."""

    def cause_of_death(self) -> str:
        """How it ended, in words that follow "the kernel"."""

    def complaint(self) -> str:
        """What its start had to say; empty where that cannot be known."""

    def kill(self) -> None:
        """End it and all it started; safe to call again."""
