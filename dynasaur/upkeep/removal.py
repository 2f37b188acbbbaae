"""Taking actions away, and never from under those that use them."""

from __future__ import annotations

from collections.abc import Sequence

from dynasaur.errors import ActionError
from dynasaur.upkeep.ground import Ground, listed, path_of


def removable(ground: Ground, modules: Sequence[str], *, with_dependents: bool) -> list[str]:
    """All modules that go when these go.

    Args:
        ground: The library.
        modules: Full names of the modules that are to go.
        with_dependents: What imports them goes too; else it is a reason to refuse.

    Raises:
        ActionError: Others import them, by name.
    """
    users = ground.dependents(modules)
    if users and not with_dependents:
        use = "uses" if len(users) == 1 else "use"
        raise ActionError(
            f"{listed(users)} {use} {listed(modules)}: change that first, "
            "or take both with --with-dependents"
        )
    return ground.with_dependents(modules)


def without(ground: Ground, modules: Sequence[str]) -> dict[str, bytes | None]:
    """The files of a commit that removes these modules.

    Raises:
        ActionError: One of them is not committed.
    """
    for module in modules:
        ground.committed(path_of(module))
    return {path_of(module): None for module in modules}
