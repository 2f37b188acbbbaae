"""What may be loaded of other libraries: as it was approved, and in the sandbox alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dynasaur.errors import ActionError
from dynasaur.pins import Lock, ModulePin, h1
from dynasaur.places import sandbox_only
from dynasaur.types import BASE, Module


class Permit:
    """Looks at modules before they are loaded.

    Args:
        package: The library's actions package, as it is mounted in the kernel.
        lock: Gives what the library pins of its sources.
        sandboxed: The code runs in a sandbox, or on a machine that keeps its own limits.
    """

    def __init__(self, package: str, lock: Callable[[], Lock], sandboxed: bool) -> None:
        self._vendor = f"{package}.vendor."
        self._lock = lock
        self._sandboxed = sandboxed

    def check(self, modules: Iterable[Module]) -> None:
        """Refuse what may not be loaded.

        A file that is what the lock pins was approved as it is; only of one that was edited is
        looked at what it can do now.

        Raises:
            ActionError: A module of another library would run outside of the sandbox, or was
                edited and can do more than was approved.
        """
        found = [one for one in modules if one.name.startswith(self._vendor) and one.text]
        if not self._sandboxed and (why := sandbox_only(found)):
            raise ActionError(why)
        pins = self._lock().modules if found else {}
        for module in found:
            id_ = module.name.removeprefix(self._vendor).replace(".", "/")
            pin = pins.get(id_)
            if pin is not None and id_.partition("/")[0] != BASE:
                _approved(module, pin)


def _approved(module: Module, pin: ModulePin) -> None:
    from dynasaur.capabilities import capabilities

    path = pin.id.partition("/")[2]
    if h1({f"{path}.py": module.text.encode()}) == pin.h1:
        return
    can = {str(one.kind) for one in capabilities(module.text) if one.confidence != "low"}
    if gained := sorted(can - {*pin.capabilities}):
        raise ActionError(
            f"{pin.id} was edited, and reaches for more than was approved: {', '.join(gained)}; "
            "`dynasaur source verify` tells what changed"
        )
