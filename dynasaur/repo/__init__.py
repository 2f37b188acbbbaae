"""git: what the registry keeps, committed without touching anybody's work.

What saves is imported when it is first asked for: who only reads has no use for it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dynasaur.repo.core import Repo
    from dynasaur.repo.past import Commit
    from dynasaur.repo.values import Change, Deliver, Delivery, Identity

__all__ = ["Change", "Commit", "Deliver", "Delivery", "Identity", "Repo"]

_HOMES = {"Repo": "core", "Commit": "past"}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = import_module(f"dynasaur.repo.{_HOMES.get(name, 'values')}")
    found = globals()[name] = getattr(home, name)
    return found
