"""What a file among the actions is by its place, how people name a module, and where it may run."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Sequence
from typing import Literal

from dynasaur.types import BARE, Module

FileKind = Literal["action", "helper", "package", "vendored", "name", "deep"]


def kind_of(parts: Sequence[str]) -> FileKind:
    """What a Python file is by its place in the package, its folders and its stem.

    `name`: a part of it is no identifier; `deep`: it lies below a category's folder.
    """
    hidden = False
    for part in parts:  # a loop, for this is asked of each file of a library
        if not part.isidentifier() or keyword.iskeyword(part):
            return "name"
        hidden = hidden or part[0] == "_"
    if parts[0] == "vendor":
        return "vendored"
    if parts[-1] == "__init__":
        return "package"
    if hidden:
        return "helper"
    return "action" if len(parts) <= 2 else "deep"


def title(module: str) -> str:
    """How people name a module: `tables/mean`, `base/tables/mean`."""
    _, *parts = module.split(".")
    return "/".join(parts[1:] if parts[:1] == ["vendor"] else parts)


def sandbox_only(modules: Iterable[Module]) -> str:
    """Why modules may not run outside of the sandbox; empty where all of them may.

    Another library's code runs nowhere else.
    """
    for module in modules:
        home, source = [*module.name.split("."), "", ""][1:3]
        if module.text and home == "vendor" and source not in {"", *BARE}:
            return (
                f"{title(module.name)} is another library's: it runs only in the sandbox, and "
                "--sandbox none takes that away"
            )
    return ""
