"""Bring the actions that a piece of code uses into a kernel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from dynasaur.agent.protocols import Kernel, Retriever
from dynasaur.errors import ActionError
from dynasaur.syntax import action_imports, free_names
from dynasaur.types import Module

Supply = Callable[[Sequence[Module]], Iterable[str]]
"""Sees to the packages that modules need; gives what the model should know of them."""


def bring(
    kernel: Kernel, retriever: Retriever, code: str, supply: Supply | None = None
) -> tuple[tuple[str, ...], list[str]]:
    """Load the actions that code uses by a name of theirs.

    Args:
        kernel: The kernel.
        retriever: Knows the actions.
        code: The code.
        supply: Called with the modules before they are loaded.

    Returns:
        The names that are bound now, and what went wrong, in words for the model.
    """
    bound: list[str] = []
    notes: list[str] = []
    wanted = (*sorted(free_names(code)), *action_imports(code))
    for name, module in retriever.modules(wanted).items():
        try:
            modules = retriever.closure([module])
            notes += supply(modules) if supply else ()
            bound += kernel.load(modules, {name: module} if name != module else {})
        except ActionError as error:
            notes.append(f"The action {name} could not be loaded: {error}")
    return tuple(bound), notes
