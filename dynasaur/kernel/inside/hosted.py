"""The module `dynasaur.host`, by which the code of actions asks the host, made in the kernel."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

PACKAGE = "dynasaur"
NAME = f"{PACKAGE}.host"


class NoHostError(RuntimeError):
    """What a call raises where there is no host: never here, but code may name it."""


class Hosted(ModuleType):
    """The module: each of its names is a function that asks the host, which says whether it has it.

    Args:
        stub: Makes the function of a name.
    """

    def __init__(self, stub: Callable[[str], Callable[..., Any]]) -> None:
        super().__init__(NAME, "Functions of the run's host.")
        # A module's state is what it is, not a copy of it: it is saved by its name.
        self.__dict__["_stub"] = stub
        self.__dict__["NoHostError"] = NoHostError

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(f"module {NAME!r} has no attribute {name!r}")
        function: Callable[..., Any] = self.__dict__["_stub"](name)
        function.__module__ = NAME
        self.__dict__[name] = function
        return function


class Finder(MetaPathFinder, Loader):
    """Finds one module that is made here.

    Args:
        name: Its full name.
        made: The module; None for an empty package.
    """

    def __init__(self, name: str, made: ModuleType | None = None) -> None:
        self._name = name
        self._made = made

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module's spec, where it is the one that is looked for."""
        del path, target
        if fullname != self._name:
            return None
        return ModuleSpec(fullname, self, is_package=self._made is None)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """The module as it was made; the usual empty one for a package."""
        del spec
        return self._made

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is left to be done."""


def install(stub: Callable[[str], Callable[..., Any]]) -> None:
    """Make `dynasaur.host` importable, whether or not the kernel's Python has the package.

    Args:
        stub: Makes the function of a name.
    """
    sys.meta_path.insert(0, Finder(NAME, Hosted(stub)))
    sys.meta_path.append(Finder(PACKAGE))
