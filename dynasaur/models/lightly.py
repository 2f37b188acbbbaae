"""Import the openai package without the hundreds of types that no request of ours names.

Half of the time that `import openai` takes goes into `openai.types`, whose packages import every
type of every endpoint, only to export it again. Here such a package learns from its own source
where each of its names comes from, and imports what is asked for, when it is asked for. The
objects are the same, and so is everything else of the package.
"""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import Any

TYPES = "openai.types"

_Origins = dict[str, tuple[str, str]]
"""By each name of a package: its module, relative, and its name there."""


def lighten() -> None:
    """See to it that openai's types are imported one by one; safe to call again."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    """Finds the packages of openai's types, and leaves all else to the others."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != TYPES and not fullname.startswith(f"{TYPES}."):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.submodule_search_locations is None:
            return spec
        if type(spec.loader) is SourceFileLoader:
            spec.loader = _Loader(spec.loader)
        return spec


class _Loader(Loader):
    """Loads a package that only exports what its modules hold; any other one as it is.

    Args:
        plain: The loader that would run its source.
    """

    def __init__(self, plain: SourceFileLoader) -> None:
        self._plain = plain

    def exec_module(self, module: ModuleType) -> None:
        origins = _origins(self._plain.get_data(self._plain.path))
        if origins is None:
            self._plain.exec_module(module)
            return

        def fetch(name: str) -> Any:
            if name not in origins:
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
            place, there = origins[name]
            value = getattr(importlib.import_module(f".{place}", module.__name__), there)
            module.__dict__[name] = value
            return value

        module.__dict__["__getattr__"] = fetch
        module.__dict__["__all__"] = [name for name in origins if not name.startswith("_")]
        module.__dict__["__dir__"] = lambda: sorted({*module.__dict__, *origins})


def _origins(source: bytes) -> _Origins | None:
    """Where a package's names come from; None where it does more than to import them."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return None
    origins: _Origins = {}
    for node in tree.body:
        if not isinstance(node, ast.ImportFrom):
            return None
        if node.level == 0 and node.module == "__future__":
            continue
        if node.level != 1 or not node.module or any(one.name == "*" for one in node.names):
            return None
        for one in node.names:
            origins[one.asname or one.name] = (node.module, one.name)
    # A module of the same name would be found in place of the object.
    return None if {place for place, _ in origins.values()} & origins.keys() else origins
