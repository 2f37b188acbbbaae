"""An LLM agent that solves tasks by writing Python, and keeps what proves useful."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dynasaur.agent import Agent
    from dynasaur.library import Library
    from dynasaur.types import Task

__version__ = "0.1.0"
__all__ = ["Agent", "Library", "Task", "__version__"]

_HOMES = {"Agent": "dynasaur.agent", "Library": "dynasaur.library", "Task": "dynasaur.types"}


def __getattr__(name: str) -> object:
    """Import the public names when they are first used, so that the command line stays light."""
    if name not in _HOMES:
        raise AttributeError(f"module 'dynasaur' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
