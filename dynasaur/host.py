"""The host of a run, as an action's code sees it: `from dynasaur import host; host.NAME(...)`.

In the kernel of a run another module stands in this one's place, and each of its functions asks
the host, which has the keys, the network and the tools. Here, outside a run, the import works and
a call says what it lacks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_asked: list[str] = []
"""The functions that were called, in order: a trial tells by it that a call needs the host."""


class NoHostError(RuntimeError):
    """A function of the host was called where no run's host is there to answer."""


def __getattr__(name: str) -> Callable[..., Any]:
    """A function of the host: there is no telling here which ones a run has."""
    if name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def function(*_: Any, **__: Any) -> Any:
        _asked.append(name)
        raise NoHostError(
            f"{name}() asks the host of a dynasaur run, and there is none here: call it in "
            f"`dynasaur run` or `dynasaur call`; an example needs `# doctest: +SKIP`"
        )

    function.__name__ = function.__qualname__ = name
    return function
