"""What code can do, as hints to an MCP client; they inform, and guarantee nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from dynasaur.capabilities import capabilities
from dynasaur.errors import ActionError
from dynasaur.types import Module

_HARMLESS = frozenset({"environment", "import-effects"})
"""The kernel's environment holds nothing of the user's; what runs on import runs in the kernel."""

_OWN_FOLDER = _HARMLESS | {"file-write"}
"""Files are written in a work folder that is thrown away."""

_CLOSED = _OWN_FOLDER | {"secrets"}


@dataclass(frozen=True, slots=True)
class Hints:
    """The annotations of a tool.

    Attributes:
        read_only: Nothing in the code, as far as it can be read, changes anything.
        destructive: It may change what is not its own.
        open_world: It may reach what is not on this machine.
    """

    read_only: bool
    destructive: bool
    open_world: bool


def hints_of(modules: Iterable[Module]) -> Hints:
    """The hints of an action, from all the modules that it requires.

    What cannot be read (code made at run time, native code, other programs) may do anything.
    """
    kinds = frozenset().union(*(_kinds(module.text) for module in modules))
    return Hints(kinds <= _HARMLESS, not kinds <= _OWN_FOLDER, not kinds <= _CLOSED)


@lru_cache(maxsize=10_000)
def _kinds(text: str) -> frozenset[str]:
    """What one module may do; many actions require the same ones."""
    try:
        return frozenset(str(one.kind) for one in capabilities(text))
    except ActionError:
        return frozenset({"obfuscation"})
