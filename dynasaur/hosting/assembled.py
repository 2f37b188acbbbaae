"""The table of those who give host functions, and all of them as one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from dynasaur.agent.outside import Outside, Provided, Scene
from dynasaur.hosting.apis import apis
from dynasaur.hosting.means import Means
from dynasaur.hosting.search import search
from dynasaur.hosting.senses import senses
from dynasaur.hosting.tools import tools

Provider = Callable[[Scene, Means], Provided]
"""Gives host functions to the kernel of a scene; cheap, as `Outside` is."""

PROVIDERS: tuple[Provider, ...] = (search, senses, tools, apis)
"""Those who give some; no two give the same name."""


def outside(means: Means) -> Outside:
    """What gives a kernel all host functions beyond the library's."""

    def provide(scene: Scene) -> Provided:
        given = [provider(scene, means) for provider in PROVIDERS]
        functions = {name: one for each in given for name, one in each.functions.items()}
        closing = ExitStack()
        for each in given:
            closing.callback(each.close)
        return Provided(functions, closing.close)

    return provide
