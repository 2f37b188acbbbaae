"""Packages that code needs, had before it runs: those it asks for, and those of its actions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from dynasaur.agent.protocols import Kernel, Library, Listener
from dynasaur.errors import FailureError
from dynasaur.types import Module

if TYPE_CHECKING:
    from dynasaur.packages import Want


def supply(library: Library, kernel: Kernel, wants: Sequence[Want]) -> None:
    """Have packages on a kernel's path, without which there is no sense in going on.

    Raises:
        FailureError: One of them is not to be had; says why.
    """
    if wants:
        supplied = library.packages.ensure(wants)
        if supplied.problem:
            raise FailureError(supplied.problem)
        if supplied.site is not None:
            kernel.supply(supplied.site)


def supplied(
    library: Library,
    kernel: Kernel,
    listener: Listener,
    dependencies: Iterable[str],
    modules: Sequence[Module],
) -> tuple[str, ...]:
    """See to the packages of a step, as far as policy allows it.

    Args:
        library: Installs them.
        kernel: Gets them on its path.
        listener: Told before a person may be asked.
        dependencies: What the step itself asks for, in the form of PEP 508.
        modules: The modules about to be loaded; their heads ask, too.

    Returns:
        What the model should know: what was installed, what was not and why.
    """
    from dynasaur.packages import Want, wants_of

    wants = [*(Want(one, "this step") for one in dependencies), *wants_of(modules)]
    if not wants:
        return ()
    listener.asking()
    supply = library.packages.ensure(wants)
    notes = [f"Installed: {', '.join(supply.new)}."] if supply.new else []
    notes += [f"Packages: {supply.problem}"] if supply.problem else []
    if supply.site is not None and (stale := kernel.supply(supply.site)):
        notes.append(
            f"Imported already, in another version than is installed now: {', '.join(stale)}; they "
            f"stay what they are until the kernel starts anew."
        )
    return tuple(notes)
