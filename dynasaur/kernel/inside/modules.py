"""Actions as importable modules, from source text that the host sends."""

from __future__ import annotations

import importlib
import importlib.util
import linecache
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType
from typing import Any


class Actions(MetaPathFinder, InspectLoader):
    """Finds and loads the modules sent so far; the packages around them are synthetic and empty.

    Args:
        wrap: Makes of an action the function that is bound (it records calls).
    """

    def __init__(self, wrap: Callable[[Any, str], Any]) -> None:
        self._wrap = wrap
        self._texts: dict[str, str] = {}
        self._packages: set[str] = set()
        self._bound: dict[str, object] = {}
        self._there: set[str] = set()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of one of our modules or packages; where else it might be is no matter."""
        del path, target
        if fullname in self._texts:
            return importlib.util.spec_from_loader(
                fullname, self, origin=_filename(fullname), is_package=fullname in self._packages
            )
        if fullname in self._packages:
            return importlib.util.spec_from_loader(fullname, self, is_package=True)
        return None

    def get_source(self, fullname: str) -> str:
        """The module's source, verbatim."""
        return self._texts.get(fullname, "")

    def get_code(self, fullname: str) -> CodeType:
        """The module's code, under a file name that tracebacks can show."""
        filename = _filename(fullname)
        text = self._texts.get(fullname, "")
        linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
        return compile(text, filename, "exec", dont_inherit=True)

    def is_package(self, fullname: str) -> bool:
        """It has modules in it."""
        return fullname in self._packages

    def exec_module(self, module: ModuleType) -> None:
        """Run the module, then wrap its action so that calls by other actions are recorded too."""
        module.__file__ = _filename(module.__name__)
        super().exec_module(module)
        name = module.__name__.rpartition(".")[2]
        action = module.__dict__.get(name)
        if getattr(action, "__module__", None) == module.__name__:
            module.__dict__[name] = self._wrap(action, module.__name__)

    def add(self, texts: Mapping[str, str]) -> None:
        """Take new and changed texts; where one changed, all of ours are imported anew."""
        changed = {name for name, text in texts.items() if self._texts.get(name) != text}
        self._texts.update(texts)
        for name in texts:
            parts = name.split(".")
            self._packages.update(".".join(parts[:end]) for end in range(1, len(parts)))
        if any(name in sys.modules for name in changed):
            for name in self._texts:
                sys.modules.pop(name, None)
        importlib.invalidate_caches()

    def bind(self, names: Mapping[str, str], namespace: dict[str, Any]) -> list[str]:
        """Bind each name to the action of its module, unless the namespace has its own.

        Returns:
            The names bound by this call.
        """
        bound: list[str] = []
        for name, full in names.items():
            if name in namespace and namespace[name] is not self._bound.get(name, bound):
                continue
            action = getattr(importlib.import_module(full), full.rpartition(".")[2])
            if namespace.get(name, bound) is not action:
                namespace[name] = self._bound[name] = action
                bound.append(name)
        self._there.update(names)
        return bound

    def gone(self, namespace: Mapping[str, Any]) -> list[str]:
        """The names that were to be bound and that the namespace has not any more; told once."""
        gone = self._there - namespace.keys()
        self._there -= gone
        return sorted(gone)

    @property
    def texts(self) -> Mapping[str, str]:
        """The modules sent so far: name to source."""
        return self._texts

    def adopt(self, namespace: Mapping[str, Any]) -> None:
        """Take the actions that a namespace has already for bound by us."""
        loaded = {
            id(getattr(sys.modules[full], full.rpartition(".")[2], None))
            for full in self._texts
            if full in sys.modules
        }
        found = {name: value for name, value in namespace.items() if id(value) in loaded}
        self._bound.update((name, value) for name, value in found.items() if value is not None)


def _filename(module: str) -> str:
    return module.replace(".", "/") + ".py"
