"""Runs' cells turned into saved modules, and those imported for real."""

from __future__ import annotations

import importlib
import itertools
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

from dynasaur.source import Candidate, candidates, render

_ROOTS = itertools.count()


def taken(*cells: str, known: Mapping[str, str] | None = None) -> dict[str, Candidate]:
    """The candidates of some cells, by name."""
    return {found.name: found for found in candidates(cells, (known or {}).get)}


def text_of(candidate: Candidate, modules: Mapping[str, str] | None = None) -> str:
    """The module of a candidate that would be saved in the category `things`."""
    return render(candidate, f"actions.things.{candidate.name}", modules or {})


def saved(folder: Path, cells: Sequence[str]) -> dict[str, ModuleType]:
    """Saves every candidate without a problem, and imports each module from its file."""
    root = f"library_{next(_ROOTS)}"
    package = folder / root / "things"
    package.mkdir(parents=True)
    (folder / root / "__init__.py").touch()
    (package / "__init__.py").touch()
    found = [candidate for candidate in candidates(cells, lambda _: None) if not candidate.problem]
    modules = {candidate.name: f"actions.things.{candidate.name}" for candidate in found}
    for candidate in found:
        (package / f"{candidate.name}.py").write_text(
            text_of(candidate, modules), encoding="utf-8", newline="\n"
        )
    sys.path.insert(0, str(folder))
    try:
        importlib.invalidate_caches()
        return {name: importlib.import_module(f"{root}.things.{name}") for name in modules}
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.split(".")[0] == root]:
            del sys.modules[name]
