"""Modules imported from their texts, in the process of a trial; sent there as source."""

from __future__ import annotations

import os
import sys
from types import CodeType, ModuleType
from typing import Any

ModuleSpec = type(sys.__spec__) if sys.__spec__ else type(os.__spec__)


class Texts:
    """Imports the given modules, and nothing else of their packages.

    Args:
        texts: By full name.
        around: The packages around them are imported, too: empty ones.
    """

    def __init__(self, texts: dict[str, str], *, around: bool = True) -> None:
        self.texts = texts
        parts = [name.split(".") for name in texts if around]
        self._packages = {".".join(p[:end]) for p in parts for end in range(1, len(p))}

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> Any:
        """The spec of one of the modules, or of a package around them."""
        del path, target
        if fullname not in self.texts and fullname not in self._packages:
            return None
        package = fullname in self._packages
        loader: Any = self
        return ModuleSpec(fullname, loader, origin=filename(fullname), is_package=package)

    def create_module(self, spec: object) -> None:
        """The usual one."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's text."""
        module.__file__ = filename(module.__name__)
        exec(self.get_code(module.__name__), module.__dict__)  # noqa: S102 - what this is for

    def get_code(self, fullname: str) -> CodeType:
        """The module's code."""
        return compile(self.get_source(fullname), filename(fullname), "exec", dont_inherit=True)

    def get_source(self, fullname: str) -> str:
        """The module's text: tracebacks and `inspect` ask for it."""
        return self.texts.get(fullname, "")


def filename(module: str) -> str:
    """The name that a module's code goes by."""
    return module.replace(".", "/") + ".py"
